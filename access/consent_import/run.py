"""The two jobs: a dry run over the whole file, and the recording itself. Each may be killed at any instant.

A batch is one transaction: records, problems, its event and the job's cursor (the last line done) commit together.
Before each batch the person is looked at anew. A row that was recorded before is recognised by what it says, so the
same row twice, in one file or in two, makes no second record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from access.consent_import.rows import ColumnsMissing, Read, names_of, places, read
from access.services.consents import exposed
from consent import events
from consent.models import NoticeVersion
from consent.services import imported
from consent.services.imported import Brought
from consent.services.records import EARLIEST, asked_of
from customers.imports.acting import MayNoLonger, acting_person
from customers.imports.source import open_whole
from customers.models import Customer, ImportProblem
from customers.queries import importable_by
from customers.writing import without_detail
from documents.reading import Row, Unreadable, read_table
from files.models import SealedFile
from files.services import NotReadable, keep_until
from jobs.models import Job
from jobs.running import JobFailed, Turn
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor

CHECK, IMPORT = "access.consent_import_check", "access.consent_import"
BATCH_ROWS = 500
AFTER_THE_END = timedelta(hours=24)


@dataclass(slots=True)
class Counts:
    """What became of the rows so far; the job's cursor carries them."""

    rows: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0


def check(turn: Turn) -> Mapping[str, object]:
    """Try the whole file out: count and list what would be refused, record nothing."""
    return _work(turn, writes=False)


def run(turn: Turn) -> Mapping[str, object]:
    """Record what the file says."""
    return _work(turn, writes=True)


def _work(turn: Turn, *, writes: bool) -> Mapping[str, object]:
    counts = Counts(**{name: int(turn.job.cursor.get(name, 0)) for name in asdict(Counts())})
    if turn.job.cursor.get("ended"):
        return asdict(counts)
    try:
        _go_through(turn, counts, writes=writes)
    except (MayNoLonger, Unreadable) as refused:
        numbers = {k: v for k, v in getattr(refused, "params", {}).items() if isinstance(v, int)}
        raise _failed(turn, refused.code, **numbers) from None
    except NotReadable:
        raise _failed(turn, "file_gone") from None
    except ColumnsMissing as refused:
        raise _failed(turn, refused.code) from None
    return asdict(counts)


def _failed(turn: Turn, code: str, **params: object) -> JobFailed:
    _tell(turn, "job_failed", {"kind": turn.job.kind})
    return JobFailed(code, **params)


def _tell(turn: Turn, code: str, params: Mapping[str, object]) -> None:
    assert turn.job.owner_id is not None
    notify([turn.job.owner_id], code, params=params, link=f"/consents/import/{turn.job.id}/", at=turn.at)


def _go_through(turn: Turn, counts: Counts, *, writes: bool) -> None:
    job = turn.job
    held = open_whole(UUID(str(job.parameters["file"])), job=job.id, at=turn.at)
    version = NoticeVersion.objects.select_related("notice").get(pk=job.parameters["version"])
    with read_table(held) as table:
        where, purposes = places(table.header), names_of(asked_of(version))
        for rows in _batches(table.rows, after=int(job.cursor.get("line", 0))):
            if not rows:
                turn.progress(done=counts.rows, cursor=job.cursor)  # still alive: the lease goes on
                continue
            with without_detail(), transaction.atomic():
                said = [read(row, where, purposes) for row in rows]
                _batch(turn, version, said, table.header, where, counts, writes=writes)
    with transaction.atomic():
        _end(turn, counts, writes=writes)


def _batches(rows: Iterator[Row], *, after: int) -> Iterator[list[Row]]:
    """Yield the rows after a line in batches; an empty one for each batch that is done already."""
    while chunk := list(islice(rows, BATCH_ROWS)):
        yield [row for row in chunk if row.line > after]


def _batch(
    turn: Turn,
    version: NoticeVersion,
    rows: Sequence[Read],
    header: Sequence[str],
    where: Mapping[str, int],
    counts: Counts,
    *,
    writes: bool,
) -> None:
    job, at = turn.job, turn.at
    assert job.owner_id is not None
    actor = acting_person(job.owner_id, at)
    found = _within_reach(rows, actor, at, lock=writes)
    for row in rows:
        _against(row, found, at)
    good = {row.line: _brought(row, found) for row in rows if not row.problems}
    new = imported.unknown(list(good.values()), version)
    if writes and new:
        imported.bring_in(new, version=version, language=str(job.parameters["language"]), by=actor, at=at)
    counts.rows += len(rows)
    counts.taken += len(new)
    counts.known += len(good) - len(new)
    counts.refused += len(rows) - len(good)
    if writes:
        customers = {one.ref: one for one in found.values()}
        trail.record(
            events.IMPORTED,
            by=actor,
            at=at,
            facts={
                "file_sha256": _digest(job),
                "taken": len(new),
                "refused": len(rows) - len(good),
            },
            exposures=[exposed(customers[ref]) for ref in sorted({one.subject for one in new})],
        )
    ImportProblem.objects.bulk_create(
        ImportProblem(job=job.id, line=row.line, column=header[where[column]][:120], code=code)
        for row in rows
        for column, code in row.problems
    )
    cursor = {"line": rows[-1].line, **asdict(counts)}
    total = max(job.total or 0, counts.rows) if job.total is not None else None
    turn.progress(done=counts.rows, cursor=cursor, total=total)


def _within_reach(rows: Sequence[Read], actor: Actor, at: datetime, *, lock: bool) -> dict[str, Customer]:
    """Return the customers of these rows that the person may import for, held until the end where it writes."""
    wanted = {row.number for row in rows if row.number}
    reached = importable_by(actor, at).filter(number__in=wanted).order_by("pk")
    if lock:
        reached = reached.select_for_update(of=("self",))
    return {customer.number: customer for customer in reached}


def _against(row: Read, found: Mapping[str, Customer], at: datetime) -> None:
    """Note what only the world can say of a row."""
    if (
        row.number
        and row.number not in found
        and not any(column == "number" for column, _code in row.problems)
    ):
        # SECURITY: the same words wherever the customer is: an import must not tell who serves whom.
        row.problems.append(("number", "not_available"))
    if row.effective_at is not None and row.effective_at > at:
        row.problems.append(("date", "too_late"))
    elif row.effective_at is not None and row.effective_at < at - EARLIEST:
        row.problems.append(("date", "too_early"))


def _brought(row: Read, found: Mapping[str, Customer]) -> Brought:
    assert row.effective_at is not None
    return Brought(
        subject=found[row.number].ref,
        purpose=row.purpose,
        answer=row.answer,
        separate=row.separate,
        method=row.method,
        effective_at=row.effective_at,
        valid_until=row.valid_until,
    )


def _digest(job: Job) -> str:
    return bytes(SealedFile.objects.values_list("sha256", flat=True).get(id=job.parameters["file"])).hex()


def _end(turn: Turn, counts: Counts, *, writes: bool) -> None:
    job, at = turn.job, turn.at
    assert job.owner_id is not None
    actor = acting_person(job.owner_id, at)
    told = {"taken": counts.taken, "refused": counts.refused}
    _tell(turn, "consent_import_finished" if writes else "consent_import_checked", told)
    keep_until(UUID(str(job.parameters["file"])), until=at + AFTER_THE_END, by=actor, at=at)
    cursor = {"line": job.cursor.get("line", 0), **asdict(counts), "ended": True}
    turn.progress(done=counts.rows, cursor=cursor, total=counts.rows)
