"""The life of a KEK: made, promoted, taken over from, raised above, destroyed; each step once, and none too early."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.db.models import F

from tests.vault.keys import destroyed, kek_file, promoted, worker
from trail.services import clock
from vault import keks, keyring
from vault.kek_file import add_kek
from vault.keks import ACTIVE, DECRYPT_ONLY, GONE, WAITING, KekRefused, life
from vault.keyfiles import read_kek_file
from vault.keyring import keys_for, make_keys
from vault.models import DataKey, Generation, KekFact, KekUse
from vault.opening import CannotOpen
from vault.place import Place
from vault.providers import provider
from vault.rewrapping import left, rewrap
from vault.sealing import seal
from vault.transform import mask

pytestmark = [
    pytest.mark.django_db(databases=["default", "keyring"]),
    pytest.mark.usefixtures("worker", "kek_file"),
]
__all__ = ["kek_file", "worker"]


def states() -> dict[int, str]:
    return {one.version: one.state for one in life().keks}


def refused(act, version: int, code: str) -> None:
    with pytest.raises(KekRefused) as found:
        act(version, proposal=uuid4(), at=clock())
    assert found.value.code == code


def test_makes_a_kek_that_wraps_nothing_before_its_promotion():
    keks.create(2, proposal=uuid4(), at=clock())
    assert states() == {1: ACTIVE, 2: WAITING}
    make_keys([uuid4()], "L3", at=clock())
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {1}
    keks.promote(2, proposal=uuid4(), at=clock())
    assert states() == {1: DECRYPT_ONLY, 2: ACTIVE}
    make_keys([uuid4()], "L3", at=clock())
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {1, 2}


def test_refuses_steps_that_come_too_early():
    subject = uuid4()
    make_keys([subject], "L3", at=clock())
    refused(keks.promote, 2, "kek_unknown")
    refused(keks.create, 3, "kek_changed")
    refused(keks.destroy, 1, "kek_current")
    refused(keks.retire, 1, "kek_current")
    keks.create(2, proposal=uuid4(), at=clock())
    refused(keks.create, 3, "kek_waiting")
    refused(keks.raise_minimum, 2, "kek_not_current")
    keks.promote(2, proposal=uuid4(), at=clock())
    refused(keks.promote, 1, "kek_not_waiting")
    refused(keks.raise_minimum, 2, "kek_in_use")
    refused(keks.destroy, 1, "kek_in_use")
    assert rewrap(at=clock()) == 1
    refused(keks.destroy, 1, "kek_unwraps")
    keks.raise_minimum(2, proposal=uuid4(), at=clock())
    keks.destroy(1, proposal=uuid4(), at=clock())
    refused(keks.destroy, 1, "kek_destroyed")
    assert states() == {1: GONE, 2: ACTIVE}


def test_a_retired_or_compromised_kek_is_said_to_be_so():
    keks.create(2, proposal=uuid4(), at=clock())
    keks.compromise(2, proposal=uuid4(), at=clock())
    assert (states()[2], life().keks[-1].compromised) == (WAITING, True)
    refused(keks.promote, 2, "kek_not_waiting")
    keks.retire(2, proposal=uuid4(), at=clock())
    refused(keks.promote, 2, "kek_not_waiting")
    refused(keks.retire, 2, "kek_so_already")
    promoted(3)
    assert states() == {1: DECRYPT_ONLY, 2: DECRYPT_ONLY, 3: ACTIVE}


def test_each_act_is_done_once_for_its_proposal(kek_file):
    made, at = uuid4(), clock()
    for _ in range(2):
        keks.create(2, proposal=made, at=at)
    assert sorted(read_kek_file(kek_file).kek.keys) == [1, 2]
    before = Generation.objects.get().number
    wanted = uuid4()
    for _ in range(2):
        keks.promote(2, proposal=wanted, at=at)
    assert Generation.objects.get().number == before + 1
    assert KekFact.objects.count() == 2


def test_takes_the_kek_that_a_killed_act_left(kek_file):
    provider().create_kek()
    keks.create(2, proposal=uuid4(), at=clock())
    assert sorted(read_kek_file(kek_file).kek.keys) == [1, 2]


def test_a_process_notices_a_kek_that_another_one_made(kek_file):
    assert life().keks[-1].held
    add_kek(kek_file)  # as the worker does, behind this process
    KekFact.objects.create(version=2, fact="created", at=clock(), proposal=uuid4())
    Generation.objects.update(number=F("number") + 1)
    assert [one.held for one in life().keks] == [True, True]


def test_wraps_all_anew_and_values_still_open():
    subjects = [uuid4() for _ in range(5)]
    place = Place(subjects[0], "L3", "f", 3)
    held = make_keys(subjects, "L3", at=clock())
    sealed = seal("v", place, held)
    promoted()
    assert left() == 5
    assert [rewrap(at=clock(), keys=3) for _ in range(3)] == [3, 2, 0]
    assert (left(), KekUse.objects.get(kek_version=2).wraps) == (0, 5)
    assert mask("note", sealed, place, keys_for(subjects, "L3"))


def test_an_older_copy_of_the_keyring_opens_nothing_once_the_kek_is_destroyed(kek_file):
    subject = uuid4()
    place = Place(subject, "L3", "f", 3)
    sealed = seal("v", place, make_keys([subject], "L3", at=clock()))
    copy = DataKey.objects.values("wrapped", "kek_version").get(subject=subject)
    promoted()
    destroyed(1)
    assert mask("note", sealed, place, keys_for([subject], "L3"))
    assert sorted(read_kek_file(kek_file).kek.keys) == [2]
    with pytest.raises(CannotOpen):
        provider().unwrap(bytes(copy["wrapped"]), keyring.about(subject, "L3", 1), 1)
    with pytest.raises(IntegrityError), transaction.atomic(using="keyring"):
        DataKey.objects.filter(subject=subject).update(**copy)


def test_what_lies_below_the_minimum_opens_no_more():
    """The database refuses it; were it there all the same, `Keys` would not open it."""
    subject = uuid4()
    place = Place(subject, "L3", "f", 3)
    keys = make_keys([subject], "L3", at=clock())
    sealed = seal("v", place, keys)
    older = keys_for([subject], "L3")
    older._minimum = 2
    with pytest.raises(CannotOpen):
        older._unwrapped(older._wrapped[subject, 1], subject, 1)
    assert mask("note", sealed, place, keys)


def test_keys_in_hand_follow_a_kek_that_was_destroyed_meanwhile():
    subject = uuid4()
    place = Place(subject, "L3", "f", 3)
    sealed = seal("v", place, make_keys([subject], "L3", at=clock()))
    in_hand = keys_for([subject], "L3")
    promoted()
    destroyed(1)
    assert mask("note", sealed, place, in_hand)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("update vault_kekfact set version = 3", "permission denied"),
        ("delete from vault_kekfact", "permission denied"),
        ("truncate vault_kekfact", "permission denied"),
    ],
)
def test_lets_nobody_rewrite_a_fact(statement, message):
    keks.create(2, proposal=uuid4(), at=clock())
    with (
        pytest.raises(ProgrammingError, match=message),
        transaction.atomic(using="keyring"),
        connections["keyring"].cursor() as cursor,
    ):
        cursor.execute(statement)
