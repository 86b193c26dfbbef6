"""The two jobs: a dry run over the whole file, and the import itself. Each may be killed at any instant.

A batch is one transaction: customers, index rows, problems, its event and the job's cursor (the last line done)
commit together. Whoever goes on after a crash reads the file from its start again, so that it knows the numbers
of the lines that are done, and works on from the next. Before each batch the job decides anew whether its person
may still import there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from classification.models import Scenario
from classification.queries import catalogue
from customers import events
from customers.discovery.columns import note_left_out
from customers.imports.acting import MayNoLonger, acting_person, portfolio_for
from customers.imports.ahead import ahead
from customers.imports.batch import Decided, Seen, decide, write
from customers.imports.mapping import SAMPLE_ROWS
from customers.imports.rows import Checked, Plan, checked, remembered
from customers.imports.source import open_whole
from customers.models import ImportProblem
from customers.writing import without_detail
from documents.reading import Row, Unreadable, read_table
from files.services import NotReadable, keep_until
from jobs.models import Job
from jobs.running import JobFailed, Turn
from staff.services.notifications import notify
from trail.services import record

CHECK, IMPORT = "customers.import_check", "customers.import"
BATCH_ROWS = 1000
CHANGES_WITHOUT_SIGNATURE = 100
"""More existing customers than this are changed only with the head's signature."""
AFTER_THE_END = timedelta(hours=24)


@dataclass(slots=True)
class Counts:
    """What became of the rows so far; the job's cursor carries them."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    warned: int = 0

    def add(self, decided: Decided) -> None:
        """Count one batch."""
        self.created += len(decided.new)
        self.changed += len(decided.changed)
        self.unchanged += decided.unchanged
        self.refused += len(decided.refused)
        self.warned += len(decided.warned)
        self.rows += len(decided.new) + len(decided.changed) + decided.unchanged + len(decided.refused)


def check(turn: Turn) -> Mapping[str, object]:
    """Try the whole file out: count and list what would be refused, write no customer."""
    return _work(turn, writes=False)


def run(turn: Turn) -> Mapping[str, object]:
    """Import the file."""
    return _work(turn, writes=True)


def _work(turn: Turn, *, writes: bool) -> Mapping[str, object]:
    job = turn.job
    counts = Counts(**{name: int(job.cursor.get(name, 0)) for name in asdict(Counts())})
    if job.cursor.get("ended"):
        return asdict(counts)
    try:
        _go_through(turn, counts, writes=writes)
    except MayNoLonger as refused:
        raise _failed(turn, refused.code) from None
    except NotReadable:
        raise _failed(turn, "file_gone") from None
    except Unreadable as refused:
        raise _failed(turn, refused.code, **_plain(refused.params)) from None
    except JobFailed as failed:
        raise _failed(turn, failed.code, **failed.params) from None
    return asdict(counts)


def _failed(turn: Turn, code: str, **params: object) -> JobFailed:
    """Tell the person that the work cannot go on, and return what closes the job."""
    _tell(turn, "job_failed", {"kind": turn.job.kind})
    return JobFailed(code, **params)


def _tell(turn: Turn, code: str, params: Mapping[str, object]) -> None:
    assert turn.job.owner_id is not None
    notify([turn.job.owner_id], code, params=params, link=f"/imports/{turn.job.id}/", at=turn.at)


def _go_through(turn: Turn, counts: Counts, *, writes: bool) -> None:
    job = turn.job
    held = open_whole(UUID(str(job.parameters["file"])), job=job.id, at=turn.at)
    with read_table(held, sheet="") as table:
        plan = plan_for(job, table.header, turn.at)
        seen = Seen()
        lines = iter(table.rows) if writes else _with_columns_noted(turn, plan, iter(table.rows))
        for rows in _batches(lines, plan, seen, after=int(job.cursor.get("line", 0))):
            if not rows:
                turn.progress(done=counts.rows, cursor=job.cursor)  # still alive: the lease goes on
                continue
            with without_detail(), transaction.atomic():
                _batch(turn, plan, rows, counts, writes=writes)
    with transaction.atomic():
        _end(turn, counts, writes=writes)


def _with_columns_noted(turn: Turn, plan: Plan, rows: Iterator[Row]) -> Iterator[Row]:
    """Note what the first rows say of columns that go nowhere, and return all rows."""
    first = list(islice(rows, SAMPLE_ROWS))
    cells = [row.cells for row in first]
    note_left_out(turn.job.id, plan.header, cells, plan.mapping.keys(), turn.at)
    return chain(first, rows)


def plan_for(job: Job, header: tuple[str, ...], at: datetime) -> Plan:
    """Return how this job reads its rows."""
    scenario = Scenario.objects.get(code=job.parameters["scenario"])
    known = catalogue(at)
    return Plan(
        mapping={int(index): target for index, target in job.parameters["mapping"].items()},
        header=header,
        known=known,
        asked=known.asked_in(scenario.purposes),
        insists=scenario.insists,
        today=timezone.localdate(at),
    )


def _batches(rows: Iterator[Row], plan: Plan, seen: Seen, *, after: int) -> Iterator[list[Checked]]:
    """Yield the rows after a line in batches; an empty one for each batch that is done already."""
    first = list(islice(rows, BATCH_ROWS))
    chunks = chain([first], iter(lambda: list(islice(rows, BATCH_ROWS)), [])) if first else ()
    helpers = None if len(first) == BATCH_ROWS else 0  # a small file is checked sooner than a fork is made
    for done, batch in ahead(chunks, partial(_checked, plan, after), helpers=helpers):
        for row in (*done, *batch):
            seen.note(row)
        yield batch


def _checked(plan: Plan, after: int, chunk: list[Row]) -> tuple[list[Checked], list[Checked]]:
    """Return what is to be remembered of rows up to a line, and the rows after it, checked."""
    done = remembered([row for row in chunk if row.line <= after], plan)
    return list(done), list(checked([row for row in chunk if row.line > after], plan))


def _batch(turn: Turn, plan: Plan, rows: list[Checked], counts: Counts, *, writes: bool) -> None:
    job, at = turn.job, turn.at
    assert job.owner_id is not None
    actor = acting_person(job.owner_id, at)
    portfolio = portfolio_for(actor, str(job.parameters["portfolio"]), at)
    decided = decide(rows, plan, actor=actor, at=at, lock=writes)
    counts.add(decided)
    if writes:
        if counts.changed > CHANGES_WITHOUT_SIGNATURE and not job.parameters.get("signed"):
            # The world has moved since the dry run: what now changes too much waits for a signature.
            raise JobFailed("needs_signature", limit=CHANGES_WITHOUT_SIGNATURE)
        exposures = write(
            decided,
            plan,
            portfolio=portfolio,
            scenario=str(job.parameters["scenario"]),
            proof=UUID(str(job.parameters["proof"])) if job.parameters.get("proof") else None,
            by=actor,
            at=at,
        )
        if exposures:
            record(
                events.IMPORT_WROTE,
                by=actor,
                at=at,
                facts={
                    "job": str(job.id),
                    "created": len(decided.new),
                    "changed": len(decided.changed),
                    "fields": plan.fields,
                },
                exposures=exposures,
                request=str(job.parameters.get("signed") or ""),
            )
    _note_problems(job, plan, decided)
    cursor = {"line": rows[-1].line, **asdict(counts)}
    total = max(job.total or 0, counts.rows) if job.total is not None else None
    turn.progress(done=counts.rows, cursor=cursor, total=total)


def _note_problems(job: Job, plan: Plan, decided: Decided) -> None:
    ImportProblem.objects.bulk_create(
        ImportProblem(
            job=job.id,
            line=row.line,
            column=plan.column_of(problem.field)[:120],
            code=problem.code,
            params=dict(problem.params),
        )
        for row in sorted((*decided.refused, *decided.warned), key=lambda row: row.line)
        for problem in (*row.problems, *row.warnings)
    )


def _end(turn: Turn, counts: Counts, *, writes: bool) -> None:
    job, at = turn.job, turn.at
    assert job.owner_id is not None
    actor = acting_person(job.owner_id, at)
    if writes:
        facts = {name: value for name, value in asdict(counts).items() if name not in ("rows", "warned")}
        facts |= {"job": str(job.id), "outcome": "refusals" if counts.refused else "complete"}
        record(events.IMPORT_FINISHED, by=actor, at=at, facts=facts)
    else:
        facts = {
            "job": str(job.id),
            "portfolio": job.parameters["portfolio"],
            "rows": counts.rows,
            "refused": counts.refused,
        }
        record(events.IMPORT_CHECKED, by=actor, at=at, facts=facts)
    told = {"created": counts.created, "changed": counts.changed, "refused": counts.refused}
    _tell(turn, "import_finished" if writes else "import_checked", told)
    # Unreadable a day after the job ended; a signed proposal may still need a file that was only tried out.
    keep_until(UUID(str(job.parameters["file"])), until=at + AFTER_THE_END, by=actor, at=at)
    cursor = {"line": job.cursor.get("line", 0), **asdict(counts), "ended": True}
    turn.progress(done=counts.rows, cursor=cursor, total=counts.rows)


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if isinstance(value, int)}
