"""Put, read and expire sealed files; write and read sealed texts.

A chunk is sealed for its number, and the last one for being the last, so that chunks cannot be swapped, left
out or cut off. A text is sealed for its own id. Nothing here ever lies in a temporary file.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID, uuid4

from django.db import transaction

from files import events
from files.models import FileChunk, SealedFile, SealedText
from trail import services as trail
from trail.actor import Actor
from trail.receipts import Receipt
from trail.vocabulary import EventKind
from vault import shredding
from vault.keyring import Keys, destroy_keys, keys_for, make_keys
from vault.opening import EVIDENCE, FILES, TEXTS, CannotOpen, OpenFile, open_file, open_text
from vault.place import Place
from vault.sealing import seal, seal_bytes

CHUNK_BYTES = 1024 * 1024
LEVEL = 3
KEEP = timedelta(hours=24)
KEEP_AT_MOST = timedelta(days=7)
"""A file waits for a signature no longer than this."""
NAME = "name"


class NotReadable(LookupError):
    """There is no such file within its term, or not for this reader. It never says which."""


def put_file(
    stream: BinaryIO,
    *,
    name: str,
    purpose: str,
    by: Actor,
    at: datetime,
    subject: UUID | None = None,
    keep_until: datetime | None = None,
    domain: str = FILES,
) -> SealedFile:
    """Seal a stream chunk by chunk; memory stays at a few chunks, whatever its length.

    :param purpose: a code such as "import.upload".
    :param keep_until: the end of its term, by default a day after `at`, at most a week; evidence is kept longer.
    :param domain: `FILES`, or `EVIDENCE` for what has to outlive its customer's data.
    :raises ValueError: when the term is longer than that.
    """
    id = uuid4()
    keys = make_keys([id], domain, at=at)
    file = SealedFile(
        id=id,
        name=seal(name, Place(id, domain, NAME, LEVEL), keys),
        purpose=purpose,
        domain=domain,
        owner_id=by.id,
        subject=subject,
        created_at=at,
        keep_until=_term(keep_until or at + KEEP, at, domain),
        sha256=b"",
    )
    with transaction.atomic():
        file.save(force_insert=True)
        _write_chunks(file, stream, keys)
        file.save(update_fields=["size", "chunks", "sha256"])
        facts = {"file": str(id), "file_purpose": purpose, "bytes": file.size}
        trail.record(events.PUT, by=by, at=at, facts=facts)
    return file


def assign_to_job(id: UUID, *, job: UUID, by: Actor, at: datetime) -> None:
    """Let one job, and no other, read a file of its own starter; part of the act that starts the job.

    :raises NotReadable: when it is not theirs, past its term, or another job has it.
    """
    if not SealedFile.objects.readable(at).filter(id=id, owner_id=by.id, job_id=None).update(job_id=job):
        raise NotReadable


def hand_on(id: UUID, *, job: UUID, to: UUID, at: datetime) -> None:
    """Give a file from the job that has it to the next of the same act: from a dry run to the import itself.

    Part of the act that starts the next job, which records it.

    :raises NotReadable: when that job does not have it, or its term is over.
    """
    if not SealedFile.objects.readable(at).filter(id=id, job_id=job).update(job_id=to):
        raise NotReadable


def keep_until(id: UUID, *, until: datetime, by: Actor, at: datetime) -> None:
    """Set the end of a file's term, at most a week ahead: later for a signature, a day after its job ended.

    :raises NotReadable: when the term is over already.
    :raises ValueError: when the new term is too long.
    """
    with transaction.atomic():
        file = SealedFile.objects.readable(at).select_for_update().filter(id=id).first()
        if file is None:
            raise NotReadable
        file.keep_until = _term(until, at, file.domain)
        file.save(update_fields=["keep_until"])
        facts = {"file": str(id), "file_purpose": file.purpose, "until": until.isoformat()}
        trail.record(events.KEPT, by=by, at=at, facts=facts)


def record_read(id: UUID, *, by: Actor, at: datetime) -> Receipt:
    """Record that a person reads a file and return the receipt that opens it; the caller decided they may.

    :raises NotReadable: when there is no such file within its term.
    """
    file = SealedFile.objects.readable(at).filter(id=id).first()
    if file is None:
        raise NotReadable
    facts = {"file": str(id), "file_purpose": file.purpose}
    return trail.record(events.READ, by=by, at=at, facts=facts, opens=[id])


def read_file(
    id: UUID, *, at: datetime, receipt: Receipt | None = None, job: UUID | None = None
) -> Iterator[bytes]:
    """Return a file's content chunk by chunk, for a person (receipt) or for the file's own job.

    :raises NotReadable: past its term, even before its key is destroyed, or for another job.
    :raises trail.receipts.ReceiptRefused: when the receipt does not open this file.
    :raises vault.opening.CannotOpen: when a chunk is damaged, missing or out of place.
    """
    file, door = _open(id, at, receipt, job)
    return _read_chunks(file, door)


def file_name(id: UUID, *, at: datetime, receipt: Receipt | None = None, job: UUID | None = None) -> str:
    """Return a file's name; refuses as `read_file` does."""
    file, door = _open(id, at, receipt, job)
    return door.text(file.name, NAME, LEVEL)


def expire(*, by: Actor, at: datetime) -> list[UUID]:
    """Destroy keys and chunks of files past their term; return their ids. Only the worker may destroy keys.

    The key goes first: a crash in between leaves chunks that nobody can open, and the next run takes them.
    """
    gone = []
    for file in SealedFile.objects.over(at):
        destroy_keys([file.id], file.domain)
        with transaction.atomic():
            if SealedFile.objects.over(at).filter(id=file.id).update(destroyed_at=at):
                FileChunk.objects.filter(file=file).delete()
                facts = {"file": str(file.id), "file_purpose": file.purpose}
                trail.record(events.EXPIRED, by=by, at=at, facts=facts)
                gone.append(file.id)
    return gone


def destroy(id: UUID, *, by: Actor, at: datetime, why: EventKind = events.DESTROYED) -> bool:
    """Destroy key and chunks of one file before its term; return whether they were there. Only the worker may.

    As in `expire`, the key goes first.

    :param why: the event that says why: it lies elsewhere now, or its customer was erased.
    """
    file = SealedFile.objects.get(pk=id)
    destroy_keys([id], file.domain)
    with transaction.atomic():
        if SealedFile.objects.filter(id=id, destroyed_at=None).update(destroyed_at=at):
            FileChunk.objects.filter(file=file).delete()
            facts = {"file": str(id), "file_purpose": file.purpose}
            trail.record(why, by=by, at=at, facts=facts)
            return True
    return False


def destroy_text_keys(subjects: Iterable[UUID]) -> int:
    """Destroy the keys of all texts about erased customers; part of the act that erases them. Return how many.

    The rows stay as what events point to, and say that nobody can read them any more.
    """
    return destroy_keys(subjects, TEXTS)


def text_keys_left(subjects: Iterable[UUID]) -> int:
    """Count the keys that texts about these customers still have."""
    return shredding.remaining(subjects, TEXTS)


def put_text(
    text: str,
    *,
    about: str,
    subject: UUID | None,
    by: Actor,
    at: datetime,
    readers: Iterable[UUID] = (),
    concerns: Iterable[UUID] = (),
) -> UUID:
    """Seal a typed reason or note and return its id; part of the act that it explains, without an event.

    :param about: what it belongs to, a code such as "reveal.reason".
    :param subject: the customer it is about, whose erasure takes it along; None for other texts.
    :param readers: persons who may read it besides those who always may.
    :param concerns: customers it concerns without being theirs: it outlives them until its own floor is over.
    """
    id = uuid4()
    owner = subject or id
    keys = make_keys([owner], TEXTS, at=at)
    SealedText.objects.create(
        id=id,
        subject=subject,
        about=about,
        writer_id=by.id,
        department=by.department,
        readers=list(readers),
        concerns=sorted(set(concerns)),
        sealed=seal(text, Place(owner, TEXTS, str(id), LEVEL), keys),
        created_at=at,
    )
    return id


def read_text(id: UUID, *, receipt: Receipt) -> str:
    """Return one sealed text; refuses as `read_texts` does."""
    return read_texts([id], receipt=receipt)[id]


def read_texts(ids: Iterable[UUID], *, receipt: Receipt) -> dict[UUID, str]:
    """Return sealed texts by id, in two queries.

    :raises NotReadable: when one of them is not there.
    :raises trail.receipts.ReceiptRefused: when the receipt does not open one of them.
    :raises vault.opening.CannotOpen: when one does not open, because its customer was erased, say.
    """
    wanted = set(ids)
    texts = SealedText.objects.in_bulk(wanted)
    if len(texts) < len(wanted):
        raise NotReadable
    keys = keys_for({text.subject or text.id for text in texts.values()}, TEXTS)
    return {
        id: open_text(text.sealed, id, Place(text.subject or id, TEXTS, str(id), LEVEL), keys, receipt)
        for id, text in texts.items()
    }


def _term(until: datetime, at: datetime, domain: str) -> datetime:
    if domain != EVIDENCE and until > at + KEEP_AT_MOST:
        raise ValueError("A sealed file is kept for a week at most.")
    return until


def chunk_field(number: int, *, last: bool) -> str:
    """Return what a chunk is sealed for: its number, and being the last one."""
    return f"last {number}" if last else f"chunk {number}"


def _write_chunks(file: SealedFile, stream: BinaryIO, keys: Keys) -> None:
    digest = sha256()
    data = _read_full(stream)
    while True:
        following = _read_full(stream)
        field = chunk_field(file.chunks, last=not following)
        sealed = seal_bytes(data, Place(file.id, file.domain, field, LEVEL), keys)
        FileChunk.objects.create(file=file, number=file.chunks, sealed=sealed)
        digest.update(data)
        file.size += len(data)
        file.chunks += 1
        if not following:
            break
        data = following
    file.sha256 = digest.digest()


def _read_full(stream: BinaryIO) -> bytes:
    """Read a whole chunk: a raw stream may give less at a time."""
    parts = []
    missing = CHUNK_BYTES
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _open(id: UUID, at: datetime, receipt: Receipt | None, job: UUID | None) -> tuple[SealedFile, OpenFile]:
    file = SealedFile.objects.readable(at).filter(id=id).first()
    proof = job if receipt is None else receipt
    if file is None or proof is None or (receipt is None and file.job_id != job):
        raise NotReadable
    return file, open_file(id, keys_for([id], file.domain), receipt_or_job=proof)


def _read_chunks(file: SealedFile, door: OpenFile) -> Iterator[bytes]:
    if not file.chunks:
        raise CannotOpen
    numbers = range(file.chunks)
    for number in numbers:
        sealed = FileChunk.objects.filter(file=file, number=number).values_list("sealed", flat=True).first()
        field = chunk_field(number, last=number == numbers[-1])
        yield door.part(bytes(sealed or b""), field, LEVEL)
