"""Acts on the restricted host's master key: two custodians, a code each, and no value that stops opening."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from restricted import keks, people
from restricted.factors import FactorRefused
from restricted.models import DataKey, KekFact, KeyAct
from restricted.services import keys, upkeep
from tests.restricted.house import House
from trail.actor import Actor
from vault.keks import KekRefused
from vault.models import COMPROMISED, CREATED, DESTROYED, MINIMUM, PROMOTED, RETIRED

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])
BY = Actor.system("restricted.jobs")


@pytest.fixture(autouse=True)
def kek_file(settings, tmp_path: Path) -> Path:
    """A key file of this test's own: acts change it."""
    path = tmp_path / "restricted-kek.json"
    shutil.copy2(settings.RESTRICTED_KEK_FILE, path)
    settings.RESTRICTED_KEK_FILE = path
    return path


class Two:
    """Two custodians, each with a code for every act."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.first, self.second = house.custodians()
        self.at = house.at

    def code(self, who: Actor) -> str:
        self.at += timedelta(seconds=30)
        return self.house.code(who, at=self.at)

    def propose(self, fact: str, version: int) -> KeyAct:
        code = self.code(self.first)
        return keys.propose(fact, version, code=code, by=self.first, at=self.at)

    def agree(self, fact: str, version: int) -> KeyAct:
        act = self.propose(fact, version)
        code = self.code(self.second)
        keys.answer(act.pk, accepted=True, code=code, by=self.second, at=self.at)
        return act

    def do(self, fact: str, version: int) -> int:
        self.agree(fact, version)
        return upkeep.carry_out_acts(by=BY, at=self.at)


@pytest.fixture
def two(house: House) -> Two:
    return Two(house)


def test_a_key_dies_only_when_nothing_lies_under_it(house: House, two: Two) -> None:
    house.value()
    two.do(CREATED, 2)
    two.do(PROMOTED, 2)
    for fact, version, why in (
        (MINIMUM, 2, "kek_in_use"),
        (DESTROYED, 1, "kek_in_use"),
        (DESTROYED, 2, "kek_current"),
        (RETIRED, 2, "kek_current"),
    ):
        with pytest.raises(KekRefused) as problem:
            two.propose(fact, version)
        assert problem.value.code == why
    upkeep.rewrap_keys(by=BY, at=two.at)
    with pytest.raises(KekRefused) as problem:
        two.propose(DESTROYED, 1)
    assert problem.value.code == "kek_unwraps"


def test_the_database_takes_no_data_key_below_the_minimum(house: House, two: Two) -> None:
    house.value()
    two.do(CREATED, 2)
    two.do(PROMOTED, 2)
    upkeep.rewrap_keys(by=BY, at=two.at)
    two.do(MINIMUM, 2)
    with pytest.raises(IntegrityError), transaction.atomic(using="restricted"):
        DataKey.objects.update(kek_version=1)


def test_whoever_proposes_does_not_approve(two: Two) -> None:
    act = two.propose(CREATED, 2)
    with pytest.raises(people.NotTheirs):
        keys.answer(act.pk, accepted=True, code=two.code(two.first), by=two.first, at=two.at)
    assert upkeep.carry_out_acts(by=BY, at=two.at) == 0
    assert KekFact.objects.count() == 0


def test_others_than_custodians_act_on_no_key(house: House, two: Two) -> None:
    act = two.propose(CREATED, 2)
    for who in (house.asker, house.head, house.officer):
        with pytest.raises(people.NotTheirs):
            keys.propose(CREATED, 2, code=house.code(who), by=who, at=house.at)
        with pytest.raises(people.NotTheirs):
            keys.answer(act.pk, accepted=True, code=house.code(who), by=who, at=house.at)


def test_each_wants_a_code_of_this_act(two: Two) -> None:
    with pytest.raises(FactorRefused):
        keys.propose(CREATED, 2, code="000000", by=two.first, at=two.at)
    act = two.propose(CREATED, 2)
    with pytest.raises(FactorRefused):
        keys.answer(act.pk, accepted=True, code="000000", by=two.second, at=two.at)
    assert keks.state(act, two.at) == keks.WAITING


def test_refused_and_old_proposals_are_never_carried_out(two: Two) -> None:
    act = two.propose(CREATED, 2)
    keys.answer(act.pk, accepted=False, code=two.code(two.second), by=two.second, at=two.at)
    late = two.agree(CREATED, 2)
    over = two.at + keks.TERM
    assert upkeep.carry_out_acts(by=BY, at=over) == 0
    found = {one.pk: keks.state(one, over) for one in keks.acts_since(two.house.at)}
    assert found == {act.pk: keks.REFUSED, late.pk: keks.OVER}


def test_an_answer_counts_for_its_content_only(two: Two) -> None:
    act = KeyAct.objects.get(pk=two.agree(CREATED, 2).pk)
    assert keks.state(act, two.at) == keks.APPROVED
    act.version = 3
    assert keks.state(act, two.at) == keks.WAITING


def test_a_compromised_key_that_waits_is_not_promoted(two: Two) -> None:
    two.do(CREATED, 2)
    two.do(COMPROMISED, 2)
    with pytest.raises(KekRefused) as problem:
        two.propose(PROMOTED, 2)
    assert problem.value.code == "kek_not_waiting"


@pytest.mark.parametrize("table", ["keyact", "keyanswer", "kekfact", "sealorder", "unsealing"])
def test_what_was_decided_is_never_rewritten(table: str) -> None:
    with connections["restricted"].cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(current_user, %s, 'update, delete, truncate')",
            [f"restricted_{table}"],
        )
        assert cursor.fetchone() == (False,)
