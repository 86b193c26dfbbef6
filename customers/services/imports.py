"""Import customers: upload, examine, try out, start. The file lies only sealed, from the first byte to the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.db import transaction

from approvals import services as approvals
from approvals.models import Proposal
from classification.models import Scenario
from classification.queries import catalogue
from customers import events
from customers.imports import mapping as mappings
from customers.imports.acting import portfolio_for
from customers.imports.mapping import SAMPLE_ROWS, Column
from customers.imports.names import NUMBER
from customers.imports.run import CHANGES_WITHOUT_SIGNATURE, CHECK, IMPORT
from customers.imports.source import look_into
from customers.proofs import SOURCE_PROOF
from documents.reading import STANDARD, Unreadable
from files import services as files
from files.models import SealedFile, SealedText
from jobs import services as jobs
from jobs.models import Job
from staff.permissions import may
from trail.actor import Actor
from trail.services import record

PURPOSE = "import.upload"
BULK_UPDATE = "customers.bulk_update"
LARGEST = STANDARD.size
"""Bytes of an upload; beyond that nothing is stored."""
SIGNATURE_WITHIN = timedelta(days=7)
LONGEST_RUN = timedelta(hours=6)
"""A file that is signed for at the last moment stays readable for so long."""
DEFAULT_SCENARIO = "handling"


class NotAllowed(PermissionError):
    """The person's roles do not carry imports."""


class NotReady(RuntimeError):
    """There is no finished dry run of this person with that id, or it was used already."""


class ProofMissing(ValueError):
    """The file did not come from the customers, and nothing proves where it came from."""

    code = "proof_missing"


class NothingToDo(RuntimeError):
    """No row of the file would be written."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file looks like before anything of it is imported. No value of it is in here."""

    file: UUID
    format: str
    encoding: str
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    sampled: int


@dataclass(frozen=True, slots=True)
class Started:
    """An import that runs (`job`), or that waits for the head's signature (`proposal`)."""

    job: Job | None = None
    proposal: Proposal | None = None


def upload(stream: BinaryIO, *, name: str, by: Actor, at: datetime) -> UUID:
    """Seal an uploaded file and return its id.

    :raises documents.reading.Unreadable: it is larger than any file that is read.
    """
    _insist(by)
    bounded = cast(BinaryIO, Bounded(stream))
    return files.put_file(bounded, name=name, purpose=PURPOSE, by=by, at=at).id


class Bounded:
    """A stream that refuses to give more than LARGEST bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        self._given += len(part)
        if self._given > LARGEST:
            raise Unreadable("too_big", limit=LARGEST)
        return part


def keep_proof(text: str, *, by: Actor, at: datetime) -> UUID:
    """Seal the line that proves where a file came from when not from the customers (S2-11), and return its id."""
    _insist(by)
    return files.put_text(text, about=SOURCE_PROOF, subject=None, by=by, at=at)


def examine(file: UUID, *, scenario: str = DEFAULT_SCENARIO, by: Actor, at: datetime) -> Examined:
    """Look into an own upload and propose where its columns go.

    :raises documents.reading.Unreadable: the file is refused.
    :raises HeaderMissing: its first row holds values instead of names.
    :raises files.services.NotReadable: not an own upload within its term.
    """
    _own(file, by, at)
    receipt = files.record_read(file, by=by, at=at)
    table, rows = look_into(file, receipt=receipt, at=at, rows=SAMPLE_ROWS)
    if mappings.looks_like_values(table.header):
        raise HeaderMissing
    known = catalogue(at)
    asked = {spec.code for spec in known.asked_in(_scenario(scenario).purposes)}
    columns = mappings.propose(table.header, [row.cells for row in rows], known, asked)
    return Examined(file, table.format, table.encoding, table.header, tuple(columns), len(rows))


class HeaderMissing(ValueError):
    """The first row holds values instead of column names."""

    code = "header_missing"


def start_check(
    examined: Examined,
    *,
    mapping: Mapping[int, str],
    portfolio: str,
    scenario: str = DEFAULT_SCENARIO,
    indirect: bool = False,
    proof: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Job:
    """Start the dry run of an own upload with a mapping (column index → target, empty = left out).

    :param indirect: the values were not told by the customers, so `proof` is needed: an own text of `keep_proof`.
    :raises ProofMissing: it is not there.
    :raises customers.imports.mapping.MappingRefused: naming every column that cannot go where it should.
    :raises customers.imports.acting.MayNoLonger: the portfolio is not within the person's reach.
    """
    _insist(by)
    _own(examined.file, by, at)
    portfolio_for(by, portfolio, at)
    known = catalogue(at)
    asked = {spec.code for spec in known.asked_in(_scenario(scenario).purposes)}
    mappings.check(mapping, examined.columns, known, asked)
    if indirect and not _is_proof(proof, by):
        raise ProofMissing
    chosen = {str(index): target for index, target in sorted(mapping.items()) if target}
    with transaction.atomic():
        job = jobs.start(
            CHECK,
            by=by,
            at=at,
            parameters={
                "file": str(examined.file),
                "mapping": chosen,
                "portfolio": portfolio,
                "scenario": scenario,
                "proof": str(proof) if indirect else "",
            },
        )
        _hand_to(examined.file, job, by, at)
    return job


def start_import(check: UUID, *, reason: str = "", by: Actor, at: datetime) -> Started:
    """Import what a finished dry run of the person's has tried out, with the same file and mapping.

    :param reason: why, for the head who signs; used when a signature is needed.
    :raises NotReady: there is no such dry run.
    :raises NothingToDo: it found nothing to write.
    """
    _insist(by)
    tried = Job.objects.filter(id=check, kind=CHECK, owner_id=by.id, finished_at__isnull=False).first()
    if tried is None:
        raise NotReady
    counts = tried.outcome
    if not counts["created"] and not counts["changed"]:
        raise NothingToDo
    if counts["changed"] <= CHANGES_WITHOUT_SIGNATURE:
        return Started(job=begin(tried, by=by, at=at))
    file = UUID(str(tried.parameters["file"]))
    with transaction.atomic():
        files.keep_until(file, until=at + SIGNATURE_WITHIN, by=by, at=at)
        proposal = approvals.propose(
            BULK_UPDATE, content=_content(tried, by), reason_text=reason, by=by, at=at
        )
    return Started(proposal=proposal)


def begin(tried: Job, *, by: Actor, at: datetime, signed: UUID | None = None) -> Job:
    """Start the import that a dry run prepared, as its owner; `by` is that owner.

    :raises NotReady: its file is with another job already.
    """
    file = UUID(str(tried.parameters["file"]))
    with transaction.atomic():
        job = jobs.start(
            IMPORT,
            by=by,
            at=at,
            parameters={
                **tried.parameters,
                "check": str(tried.id),
                "signed": str(signed) if signed else "",
            },
            total=int(tried.outcome["rows"]),
        )
        try:
            files.hand_on(file, job=tried.id, to=job.id, at=at)
        except files.NotReadable:
            raise NotReady from None
        if SealedFile.objects.filter(id=file, keep_until__lt=at + LONGEST_RUN).exists():
            files.keep_until(file, until=at + LONGEST_RUN, by=by, at=at)
        facts = {
            "job": str(job.id),
            "file": str(file),
            "portfolio": tried.parameters["portfolio"],
            "scenario": tried.parameters["scenario"],
            "fields": sorted(target for target in tried.parameters["mapping"].values() if target != NUMBER),
            "proof": tried.parameters.get("proof", ""),
        }
        record(events.IMPORT_STARTED, by=by, at=at, facts=facts, request=str(signed) if signed else "")
    return job


def _hand_to(file: UUID, job: Job, by: Actor, at: datetime) -> None:
    # A second dry run with another mapping takes the file from the first.
    before = SealedFile.objects.filter(id=file).values_list("job_id", flat=True).first()
    if before is None:
        files.assign_to_job(file, job=job.id, by=by, at=at)
    elif Job.objects.filter(id=before, kind=CHECK, owner_id=by.id).exists():
        files.hand_on(file, job=before, to=job.id, at=at)
    else:
        raise files.NotReadable


def _content(tried: Job, by: Actor) -> dict[str, object]:
    file = SealedFile.objects.get(id=tried.parameters["file"])
    counts = {name: tried.outcome[name] for name in ("rows", "created", "changed", "refused")}
    return {
        **tried.parameters,
        **counts,
        "check": str(tried.id),
        "sha256": bytes(file.sha256).hex(),
        "importer": str(by.id),
        "importer_number": by.number,
    }


def _scenario(code: str) -> Scenario:
    return Scenario.objects.get(code=code)


def _insist(by: Actor) -> None:
    if by.id is None or not may(by, "customer.import"):
        raise NotAllowed


def _is_proof(id: UUID | None, by: Actor) -> bool:
    return id is not None and SealedText.objects.filter(pk=id, about=SOURCE_PROOF, writer_id=by.id).exists()


def _own(file: UUID, by: Actor, at: datetime) -> None:
    _insist(by)
    uploads = SealedFile.objects.readable(at).filter(id=file, owner_id=by.id, purpose=PURPOSE)
    if not uploads.exists():
        raise files.NotReadable
