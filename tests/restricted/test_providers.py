"""L4's master key kept by a file, a keyholder or a device: its life, its loss, and an older one, for all three."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from restricted import backups, keks, restoring
from restricted.models import DataKey, KekFact, Opening
from restricted.sealing import away
from restricted.services import keys, upkeep
from restricted.services.openings import OpeningRefused, open_value
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REASON, REPORT, House, promoted
from tests.restricted.keepers import appointed
from tests.restricted.keeping import KINDS, Kept, WithKeyholder, kept_by
from tests.restricted.test_keys import Two
from trail.actor import Actor
from vault.away import KeysAway, OlderKey, ProviderLost
from vault.keks import KekRefused
from vault.keyfiles import BadKeyFile
from vault.models import COMPROMISED, CREATED, DESTROYED, MINIMUM, PROMOTED
from vault.providers import restricted_provider

pytestmark = [
    pytest.mark.django_db(databases=["default", "keyring", "restricted"]),
    # The library says so of a search that was under way when the device went.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. 'pkcs11\._pkcs11:pytest.PytestUnraisableExceptionWarning"
    ),
]
BY = Actor.system("restricted.jobs")


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, settings, tmp_path: Path) -> Iterator[Kept]:
    with kept_by(request.param, settings, tmp_path) as found:
        if request.param == "pkcs11":
            settings.RESTRICTED, said = True, StringIO()
            call_command("make_keys", stdout=said)
            settings.RESTRICTED = False
            assert "made KEK 1 on the device" in said.getvalue()
            assert restricted_provider().epochs() == []  # L4 is never indexed
        yield found


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def two(house: House) -> Two:
    return Two(house)


def held() -> set[int]:
    return set(restricted_provider().versions())


def opens(house: House, value, later: int = 0) -> str:
    code = house.code(house.officer, later=later)
    return open_value(value.pk, code=code, reason=REASON, by=house.officer, at=house.at).content.decode()


def refused(house: House, value) -> str:
    with pytest.raises(OpeningRefused) as problem:
        opens(house, value)
    return problem.value.code


def test_a_key_is_made_promoted_taken_over_and_the_old_one_destroyed(
    kept: Kept, house: House, two: Two
) -> None:
    value = house.value("authorisation_original")
    start = last_event()
    assert (two.do(CREATED, 2), keks.current(), held()) == (1, 1, {1, 2})
    assert two.do(PROMOTED, 2) == 1
    assert (keks.current(), keks.life().under_older) == (2, 1)
    assert upkeep.rewrap_keys(by=BY, at=two.at) == 1
    assert keks.life().under_older == 0
    assert [two.do(MINIMUM, 2), two.do(DESTROYED, 1)] == [1, 1]
    assert held() == {2}
    one_act = ["restricted.key_act_proposed", "restricted.key_act_answered", "restricted.key_act_done"]
    assert kinds_since(start) == [*one_act, *one_act, "restricted.rewrapped", *one_act, *one_act]
    assert opens(house, value) == REPORT
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {2}


def test_a_key_made_by_a_process_that_was_killed_is_taken_over(kept: Kept, two: Two, monkeypatch) -> None:
    two.agree(CREATED, 2)
    with monkeypatch.context() as patch:
        patch.setattr(KekFact.objects, "create", lambda **row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            upkeep.carry_out_acts(by=BY, at=two.at)
    assert (held(), keks.current(), KekFact.objects.count()) == ({1, 2}, 1, 0)
    assert upkeep.carry_out_acts(by=BY, at=two.at) == 1
    assert held() == {1, 2}


def test_a_lost_key_shows_nothing_uses_up_no_code_and_is_back_without_a_restart(
    kept: Kept, house: House, two: Two
) -> None:
    value = house.value("authorisation_original")
    two.agree(CREATED, 2)
    kept.lose()
    assert isinstance(away(), ProviderLost)
    start = last_event()
    assert refused(house, value) == "sealed"
    assert (kinds_since(start), Opening.objects.count()) == (["restricted.refused"], 0)
    with pytest.raises((ProviderLost, BadKeyFile)):
        house.value()
    # The register is read, what needs no key is proposed, what needs one waits.
    assert [one.held for one in keks.life().keks] == [False]
    with pytest.raises(KekRefused, match="kek_away"):
        keys.propose(PROMOTED, 1, code=two.code(two.first), by=two.first, at=two.at)
    two.propose(COMPROMISED, 1)
    assert [why for fact, _, why in keks.possible(keks.life(), away=True) if fact == CREATED] == ["kek_away"]

    kept.bring_back()
    wait_for_the_next_question()
    assert away() is None
    assert upkeep.carry_out_acts(by=BY, at=two.at) == 1
    assert opens(house, value) == REPORT


def wait_for_the_next_question() -> None:
    """A device that was away is logged into anew at the question after the one that finds it gone."""
    away()


def test_an_older_key_opens_nothing_and_values_open_once_the_newest_is_there(
    kept: Kept, house: House
) -> None:
    value = house.value("authorisation_original")
    promoted(2)  # on another host: this one has the key from before
    assert isinstance(away(), OlderKey)
    assert refused(house, value) == "sealed"
    restricted_provider().create_kek()
    assert away() is None
    assert opens(house, value) == REPORT
    assert upkeep.rewrap_keys(by=BY, at=house.at) == 1


def test_backups_go_on_without_the_key_and_are_tried_under_it(
    kept: Kept, house: House, settings, tmp_path: Path
) -> None:
    house.value()
    who = appointed(settings, tmp_path)
    kept.lose()
    assert upkeep.back_up(by=BY, at=house.at).keys.keys == 1
    assert backups.wrong() == []
    with pytest.raises(CommandError, match=r"master key of L4 is not there|cannot be read"):
        call_command("restricted_restore", "--drill", *who.words)
    kept.bring_back()
    wait_for_the_next_question()
    assert restoring._keys_that_do_not_open() == 0


class TestUnseal:
    def test_whoever_has_the_key_opens_a_sealed_host_but_not_where_custodians_do(
        self, kept: Kept, house: House
    ) -> None:
        from restricted.services import sealing

        sealing.seal(code=house.code(house.officer), by=house.officer, at=house.at)
        assert isinstance(away(), KeysAway)
        if isinstance(kept, WithKeyholder):
            with pytest.raises(CommandError, match="bring_share"):
                call_command("restricted_unseal")
            return
        kept.lose()
        with pytest.raises(CommandError, match="The key is not there"):
            call_command("restricted_unseal")
        kept.bring_back()
        wait_for_the_next_question()
        call_command("restricted_unseal", stdout=StringIO())
        assert away() is None
