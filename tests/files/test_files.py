"""Sealed files: put, read by their own job or against a receipt, and gone after their term."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO, RawIOBase
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from files import services, tasks
from files.models import FileChunk, SealedFile
from tests.database import APP, WORKER, log_in_as
from trail import services as trail
from trail.actor import Actor
from trail.models import Event
from trail.receipts import ReceiptRefused
from vault.keyring import keys_for
from vault.opening import CannotOpen

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CLEAR = b"15400000018," * 200_000  # 2.4 MB: three chunks
SYSTEM = Actor.system("files.expire")


@pytest.fixture
def file(ann, at) -> SealedFile:
    return services.put_file(BytesIO(CLEAR), name="客户.csv", purpose="import.upload", by=ann, at=at)


@pytest.fixture
def job(file, ann, at):
    job = uuid4()
    services.assign_to_job(file.id, job=job, by=ann, at=at)
    return job


def read(file: SealedFile, at, **proof) -> bytes:
    return b"".join(services.read_file(file.id, at=at, **proof))


@pytest.mark.parametrize(
    "size", [0, 1, services.CHUNK_BYTES - 1, services.CHUNK_BYTES, services.CHUNK_BYTES + 1]
)
def test_reads_what_was_put(size, ann, at):
    content = bytes(size)
    file = services.put_file(BytesIO(content), name="n", purpose="p", by=ann, at=at)
    receipt = services.record_read(file.id, by=ann, at=at)

    assert read(file, at, receipt=receipt) == content
    assert (file.size, bytes(file.sha256)) == (size, sha256(content).digest())


def test_reads_streams_that_give_little_at_a_time(ann, at):
    class Dripping(RawIOBase):
        left = 5000

        def read(self, size: int = -1) -> bytes:
            given = min(self.left, 7)
            self.left -= given
            return b"x" * given

    file = services.put_file(Dripping(), name="n", purpose="p", by=ann, at=at)  # type: ignore[arg-type]

    assert (file.size, file.chunks) == (5000, 1)


def test_lies_sealed_name_and_all(file):
    held = b"".join(bytes(chunk) for chunk in FileChunk.objects.values_list("sealed", flat=True))

    assert file.chunks == 3
    assert b"15400000018" not in held
    assert "客户" not in file.name
    assert "客户" not in str(file) + repr(file)
    event = Event.objects.filter(kind="files.put").latest("id")
    assert event.facts == {"file": str(file.id), "file_purpose": "import.upload", "bytes": len(CLEAR)}


def test_tells_its_name_to_those_who_may_read_it(file, job, at):
    assert services.file_name(file.id, at=at, job=job) == "客户.csv"


def test_opens_for_its_own_job_only(file, job, at):
    assert read(file, at, job=job) == CLEAR
    for proof in ({"job": uuid4()}, {}):
        with pytest.raises(services.NotReadable):
            read(file, at, **proof)


def test_belongs_to_one_job_of_the_one_who_put_it(file, job, ann, at):
    with pytest.raises(services.NotReadable):
        services.assign_to_job(file.id, job=uuid4(), by=ann, at=at)
    other = services.put_file(BytesIO(b""), name="n", purpose="p", by=ann, at=at)
    with pytest.raises(services.NotReadable):
        services.assign_to_job(other.id, job=uuid4(), by=SYSTEM, at=at)


def test_opens_against_its_own_receipt_only(file, ann, at):
    other = services.put_file(BytesIO(b"other"), name="n", purpose="p", by=ann, at=at)
    with pytest.raises(ReceiptRefused):
        read(file, at, receipt=services.record_read(other.id, by=ann, at=at))


def test_wants_the_read_on_record_first(file, ann, at):
    with transaction.atomic():
        receipt = services.record_read(file.id, by=ann, at=at)
        with pytest.raises(ReceiptRefused):
            read(file, at, receipt=receipt)
    assert read(file, at, receipt=receipt) == CLEAR


def test_refuses_after_its_term_though_nothing_was_destroyed(file, job, ann, at):
    after = file.keep_until
    receipt = services.record_read(file.id, by=ann, at=at)
    for proof in ({"job": job}, {"receipt": receipt}):
        with pytest.raises(services.NotReadable):
            read(file, after, **proof)
    with pytest.raises(services.NotReadable):
        services.record_read(file.id, by=ann, at=after)
    with pytest.raises(services.NotReadable):
        services.keep_until(file.id, until=after + timedelta(hours=1), by=ann, at=after)
    assert read(file, after - timedelta(seconds=1), job=job) == CLEAR


def test_is_kept_a_day_and_longer_only_within_a_week(file, ann, at):
    week = at + services.KEEP_AT_MOST
    assert file.keep_until == at + timedelta(hours=24)
    services.keep_until(file.id, until=week, by=ann, at=at)
    assert SealedFile.objects.get(id=file.id).keep_until == week
    with pytest.raises(ValueError, match="week"):
        services.keep_until(file.id, until=week + timedelta(seconds=1), by=ann, at=at)


@pytest.mark.parametrize("damage", ["swapped", "cut", "left out", "bit"])
def test_refuses_damaged_content(damage, file, job, at):
    first, second, last = FileChunk.objects.filter(file=file).order_by("number")
    if damage == "swapped":
        first.sealed, second.sealed = second.sealed, first.sealed
        first.save()
        second.save()
    elif damage == "cut":
        last.delete()
        SealedFile.objects.filter(id=file.id).update(chunks=2)
    elif damage == "left out":
        second.delete()
    else:
        sealed = bytearray(second.sealed)
        sealed[500_000] ^= 1
        FileChunk.objects.filter(id=second.id).update(sealed=bytes(sealed))
    with pytest.raises(CannotOpen):
        read(file, at, job=job)


def test_refuses_a_file_that_claims_to_have_no_chunks(file, job, at):
    SealedFile.objects.filter(id=file.id).update(chunks=0)
    with pytest.raises(CannotOpen):
        read(file, at, job=job)


def test_takes_no_clear_text_by_raw_sql(file):
    for statement in (
        "update files_sealedfile set name = 'customers.csv'",
        r"update files_filechunk set sealed = '15400000018'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture
def as_worker(transactional_db):
    log_in_as(WORKER)
    yield
    log_in_as(APP)


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_destroys_key_and_chunks_at_the_end_of_the_term(as_worker, ann, at):
    file = services.put_file(BytesIO(b"clear"), name="n", purpose="p", by=ann, at=at)
    kept = services.put_file(
        BytesIO(b"kept"), name="n", purpose="p", by=ann, at=at, keep_until=at + timedelta(days=2)
    )

    assert services.expire(by=SYSTEM, at=file.keep_until - timedelta(seconds=1)) == []
    assert services.expire(by=SYSTEM, at=file.keep_until) == [file.id]
    assert services.expire(by=SYSTEM, at=file.keep_until) == []
    assert file.id not in keys_for([file.id], "files")
    assert kept.id in keys_for([kept.id], "files")
    assert [chunk.file_id for chunk in FileChunk.objects.all()] == [kept.id]
    assert SealedFile.objects.get(id=file.id).destroyed_at == file.keep_until
    event = Event.objects.filter(kind="files.expired").latest("id")
    assert event.facts == {"file": str(file.id), "file_purpose": "p"}


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_takes_up_again_what_a_crash_left_half_destroyed(as_worker, ann, at):
    from vault.keyring import destroy_keys

    file = services.put_file(BytesIO(b"clear"), name="n", purpose="p", by=ann, at=at)
    destroy_keys([file.id], "files")

    assert services.expire(by=SYSTEM, at=file.keep_until) == [file.id]
    assert not FileChunk.objects.filter(file=file).exists()


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_expires_by_the_databases_clock(as_worker, ann):
    past = trail.clock() - timedelta(seconds=1)
    file = services.put_file(BytesIO(b""), name="n", purpose="p", by=ann, at=past, keep_until=past)
    tasks.expire()

    assert SealedFile.objects.get(id=file.id).destroyed_at is not None
