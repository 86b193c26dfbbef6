"""Deposits: handed over by pages that cannot read them back, taken in by the worker, refused when hostile."""

import os
import tracemalloc
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from files import deposits, tasks
from files.models import MAX_DEPOSIT_BYTES, Deposit
from trail.actor import Actor
from trail.models import Event
from vault.deposit import open_deposit, seal_deposit
from vault.envelope import CannotOpen

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n15400000018\n%%EOF"
WORKER = Actor.system("files.take_in")


@pytest.fixture
def taken(monkeypatch):
    """Everything that was handed to the taker of these tests."""
    seen = []

    def take(deposit, content, media_type, *, by, at):
        seen.append((deposit.reference, content, media_type))
        if content.endswith(b"not for us"):
            raise deposits.NotAccepted("type")
        if content.endswith(b"a bug"):
            raise RuntimeError(content)

    monkeypatch.setattr(deposits, "_takers", {"tests.evidence": take})
    return seen


def leave(content: bytes = PDF, purpose: str = "tests.evidence") -> Deposit:
    return deposits.deposit(content, purpose=purpose, reference=uuid4(), at=timezone.now())


def test_lies_sealed_to_the_worker(settings):
    left = leave()
    held = bytes(Deposit.objects.get(id=left.id).sealed)

    assert b"15400000018" not in held
    assert bytes(left.sha256) == sha256(held).digest()
    assert "15400000018" not in repr(left) + str(left)
    assert open_deposit(held, settings.DEPOSIT_KEY_FILE) == PDF


@pytest.mark.parametrize(
    ("content", "name"),
    [(PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\n\0", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg")],
)
def test_takes_in_what_may_be_deposited(content, name, taken):
    left = leave(content)
    start = Event.objects.latest("id").id if Event.objects.exists() else 0
    at = timezone.now()

    assert deposits.take_in(left.id, by=WORKER, at=at)
    assert taken == [(left.reference, content, name)]
    left.refresh_from_db()
    assert (left.taken_at, left.refused, bytes(left.sealed)) == (at, "", b"")
    event = Event.objects.get(id__gt=start)
    assert (event.kind, event.facts) == (
        "files.deposit_taken",
        {"deposit": str(left.id), "file_purpose": "tests.evidence", "bytes": len(content)},
    )


def test_takes_in_once(taken):
    left = leave()
    assert deposits.take_in(left.id, by=WORKER, at=timezone.now())
    assert not deposits.take_in(left.id, by=WORKER, at=timezone.now())
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "type"),
        (b"MZ\x90\0", "type"),
        (b"PK\x03\x04", "type"),
        (b"GIF89a%PDF-", "type"),
        (b" %PDF-1.7", "type"),
        (b"%PDF-" + bytes(MAX_DEPOSIT_BYTES), "size"),
    ],
)
def test_refuses_what_may_not_be_deposited_before_and_after_sealing(content, code, taken, settings):
    with pytest.raises(deposits.NotAccepted) as refusal:
        leave(content)
    assert refusal.value.code == code
    assert not Deposit.objects.exists()
    if code == "size":
        return  # no row takes so much, whoever writes it
    sealed = seal_deposit(content, settings.DEPOSIT_RECIPIENT_FILE)
    left = raw(sealed)
    assert deposits.take_in(left.id, by=WORKER, at=timezone.now())
    left.refresh_from_db()
    assert (left.refused, bytes(left.sealed), taken) == (code, b"", [])
    assert Event.objects.latest("id").facts["why"] == code


def raw(sealed: bytes, purpose: str = "tests.evidence") -> Deposit:
    """Write a row past the checks of `deposit`, as whoever took over the public process could."""
    return Deposit.objects.create(
        purpose=purpose,
        reference=uuid4(),
        sealed=sealed,
        sha256=sha256(sealed).digest(),
        size=1,
        created_at=timezone.now(),
    )


def test_refuses_what_does_not_open_and_what_nobody_asked_for(taken, tmp_path, settings):
    from vault.keyfiles import make_missing

    other = {"DEPOSIT_KEY_FILE": tmp_path / "k", "DEPOSIT_RECIPIENT_FILE": tmp_path / "r"}
    make_missing(other)
    foreign = raw(seal_deposit(PDF, other["DEPOSIT_RECIPIENT_FILE"]))
    good = seal_deposit(PDF, settings.DEPOSIT_RECIPIENT_FILE)
    changed = raw(good[:-1] + bytes([good[-1] ^ 1]))
    cut = raw(good[:100])
    unasked = leave(purpose="tests.other")
    for left, code in ((foreign, "damaged"), (changed, "damaged"), (cut, "damaged"), (unasked, "nobodys")):
        assert deposits.take_in(left.id, by=WORKER, at=timezone.now())
        left.refresh_from_db()
        assert left.refused == code
    assert taken == []


def test_refuses_when_the_taker_does(taken):
    left = leave(PDF + b"not for us")
    deposits.take_in(left.id, by=WORKER, at=timezone.now())
    left.refresh_from_db()
    assert (left.refused, bytes(left.sealed)) == ("type", b"")


def test_takes_in_the_others_when_one_fails_and_logs_no_content(taken, caplog):
    failing, good = leave(PDF + b"a bug"), leave()
    tasks.take_in()
    failing.refresh_from_db()
    good.refresh_from_db()
    assert failing.taken_at is None
    assert good.taken_at is not None
    assert "RuntimeError" in caplog.text
    assert "15400000018" not in caplog.text


@pytest.mark.parametrize(
    "sealed", [PDF, b"", b"age-encryption.org/v2\n", b"age-encryption.org/v1\n" + bytes(10_600_000)]
)
def test_takes_no_row_in_the_clear_and_none_too_large(sealed):
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(sealed)


@pytest.mark.parametrize("change", ["delete from files_deposit", "update files_deposit set purpose = 'x'"])
def test_the_application_neither_removes_nor_rewrites_a_deposit(change):
    leave()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(change)


def test_keeps_to_its_memory_with_the_largest_file(taken):
    left = leave(b"%PDF-" + bytes(MAX_DEPOSIT_BYTES - 5))
    tracemalloc.start()
    deposits.take_in(left.id, by=WORKER, at=timezone.now())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100 * 1024 * 1024


def test_has_one_taker_for_a_purpose(taken):
    with pytest.raises(ValueError, match="taker already"):
        deposits.taker("tests.evidence", lambda *args, **kwargs: None)


def test_opens_with_the_workers_key_only(settings, tmp_path):
    sealed = seal_deposit(PDF, settings.DEPOSIT_RECIPIENT_FILE)
    from vault.keyfiles import make_missing

    other = {"DEPOSIT_KEY_FILE": tmp_path / "k", "DEPOSIT_RECIPIENT_FILE": tmp_path / "r"}
    make_missing(other)
    with pytest.raises(CannotOpen):
        open_deposit(sealed, other["DEPOSIT_KEY_FILE"])


@pytest.mark.django_db(transaction=True)
def test_the_public_role_leaves_and_cannot_take_back(settings):
    name = connection.settings_dict["NAME"]
    sealed = seal_deposit(PDF, settings.DEPOSIT_RECIPIENT_FILE)
    with psycopg.connect(os.environ["PUBLIC_DATABASE_URL"], dbname=name, autocommit=True) as login:
        login.execute(
            "insert into files_deposit (id, purpose, reference, sealed, sha256, size, created_at, refused)"
            " values (gen_random_uuid(), 'tests.evidence', gen_random_uuid(), %s, %s, 1, now(), '')",
            [sealed, sha256(sealed).digest()],
        )
        for statement in ("select sealed from files_deposit", "update files_deposit set sealed = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                login.execute(statement)
    assert Deposit.objects.waiting().count() == 1
