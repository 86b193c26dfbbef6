"""Data keys: made before values, bound to the generation, destroyed by the worker alone."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections, transaction

from tests.database import APP, WORKER, log_in_as
from vault import keyring
from vault.keyring import DataKeyInUse, Keys, destroy_keys, keys_for, make_keys
from vault.models import DataKey, Deployment, Generation
from vault.opening import CannotOpen
from vault.place import Place
from vault.providers import provider
from vault.queries import key_register
from vault.sealing import CannotSeal, seal
from vault.transform import mask

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def worker(transactional_db):
    """Be the worker, whose role may delete keys."""
    log_in_as(WORKER)
    yield
    log_in_as(APP)


def test_makes_only_the_missing_keys(at):
    one, other = uuid4(), uuid4()
    first = make_keys([one], "L3", at=at)
    sealed = seal("v", Place(one, "L3", "f", 3), first)
    both = make_keys([one, other, one], "L3", at=at)

    assert one in both
    assert other in both
    assert mask("note", sealed, Place(one, "L3", "f", 3), both)
    assert DataKey.objects.filter(subject__in=[one, other]).count() == 2


def test_keeps_domains_apart(at):
    subject = uuid4()
    make_keys([subject], "L3", at=at)

    assert subject not in keys_for([subject], "texts")


def test_reads_many_keys_in_one_query(at, django_assert_num_queries):
    subjects = [uuid4() for _ in range(50)]
    make_keys(subjects, "L3", at=at)
    keyring.deployment_id()  # asked once in the life of a process
    with django_assert_num_queries(1, using="keyring"):
        keys = keys_for(subjects, "L3")
        for subject in subjects:
            seal("v", Place(subject, "L3", "f", 3), keys)


def test_seals_under_the_newest_version_and_opens_the_older(at):
    subject = uuid4()
    place = Place(subject, "L3", "f", 3)
    old = seal("v", place, make_keys([subject], "L3", at=at))
    version, wrapped = provider().wrap(bytes(32), keyring.about(subject, "L3", 2))
    DataKey.objects.create(
        subject=subject, domain="L3", version=2, wrapped=wrapped, kek_version=version, created_at=at
    )
    keys = keys_for([subject], "L3")

    assert seal("v", place, keys).startswith("AQEAAAAC")
    assert mask("note", old, place, keys)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_refuses_to_make_keys_inside_a_transaction_of_the_keyring(at):
    with transaction.atomic(using="keyring"), pytest.raises(RuntimeError):
        make_keys([uuid4()], "L3", at=at)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_gives_everyone_the_same_keys_when_many_make_them_at_once(at):
    subjects = [uuid4() for _ in range(200)]

    def make(turn: int) -> Keys:
        try:
            return make_keys(subjects[turn:] + subjects[:turn], "L3", at=at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        one, *others = threads.map(make, range(0, 200, 25))
    for subject in subjects:
        place = Place(subject, "L3", "f", 3)
        sealed = seal("v", place, one)
        assert all(mask("note", sealed, place, other) for other in others)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_keeps_keys_when_the_values_transaction_is_rolled_back(at):
    subject = uuid4()
    with transaction.atomic():
        make_keys([subject], "L3", at=at)
        transaction.set_rollback(True)

    assert subject in keys_for([subject], "L3")


def test_refuses_a_wrapped_key_moved_to_another_subject(at):
    subject, other = uuid4(), uuid4()
    make_keys([subject, other], "L3", at=at)
    taken = DataKey.objects.get(subject=subject)
    DataKey.objects.filter(subject=other).update(wrapped=taken.wrapped)
    with pytest.raises(CannotOpen):
        seal("v", Place(other, "L3", "f", 3), keys_for([other], "L3"))


def test_never_prints_pickles_or_compares_keys(keys, place):
    seal("v", place, keys)

    assert repr(keys) == "Keys(domain='L3', •••)"
    assert "•••" in repr(DataKeyInUse(bytes(32), b"", 1))
    assert "•••" in repr(provider())
    with pytest.raises(TypeError):
        pickle.dumps(keys)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from vault_datakey",
        "truncate vault_datakey",
        "update vault_deployment set id = gen_random_uuid()",
        "delete from vault_deployment",
        "insert into vault_generation values (2)",
        "delete from vault_generation",
    ],
)
def test_lets_the_web_role_delete_nothing(statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connections["keyring"].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_destroys_keys_for_those_who_hold_them_too(worker, at, monkeypatch):
    subject, kept = uuid4(), uuid4()
    place = Place(subject, "L3", "f", 3)
    held = make_keys([subject, kept], "L3", at=at)
    sealed = seal("v", place, held)
    safe = seal("v", place._replace(subject=kept), held)
    generation = Generation.objects.get().number

    assert destroy_keys([subject], "L3") == 1
    assert Generation.objects.get().number == generation + 1
    assert subject not in keys_for([subject], "L3")
    monkeypatch.setattr(held, "_checked", 0.0)  # five seconds later
    with pytest.raises(CannotOpen):
        mask("note", sealed, place, held)
    with pytest.raises(CannotSeal):
        seal("v", place, held)
    assert mask("note", safe, place._replace(subject=kept), held)


def test_names_one_deployment():
    assert Deployment.objects.count() == 1
    assert keyring.deployment_id() == Deployment.objects.get().id


def test_counts_keys_in_the_register(at):
    before = key_register()
    make_keys([uuid4(), uuid4()], "L3", at=at)
    after = key_register()

    assert after.keks[-1].version == after.current
    assert after.keks[-1].held
    assert after.keks[-1].data_keys == before.keks[-1].data_keys + 2
    assert after.keks[-1].wraps == before.keks[-1].wraps + 2
    assert [line.domain for line in after.domains] == ["L3"]
    assert after.epochs == (1,)
