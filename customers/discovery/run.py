"""The job that looks through every open value, batch by batch; it may be killed at any instant.

A batch is one transaction: its doubts, their sightings and the cursor (last primary key, counts so far) commit
together, so whoever goes on counts nothing twice. Fields and columns are judged at the end, from the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from classification.queries import Catalogue, catalogue
from customers import events
from customers.discovery.columns import left_out_lately
from customers.discovery.sightings import Seen, note
from customers.discovery.tallies import Tally
from customers.discovery.texts import Text, look_through
from customers.imports.run import IMPORT
from customers.models import COLUMN, FIELD, NOTE, Customer
from customers.writing import without_detail
from jobs.running import Turn
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail.actor import Actor
from trail.services import record

DISCOVERY = "customers.discovery"
PAGE = "/discovery/"
BATCH_ROWS = 1000
LISTED_PER_FIELD = 1000
"""New single texts that a run lists of one field; the rest is counted and comes with the next runs."""


@dataclass(slots=True)
class Progress:
    """How far a run has come; the job's cursor carries it."""

    after: int = 0
    customers: int = 0
    new: int = 0
    seen: int = 0
    unlisted: int = 0
    listed: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> Progress:
        """Return where a cursor says that the run is."""
        held = {name: int(cursor.get(name, 0)) for name in ("after", "customers", "new", "seen", "unlisted")}
        tallies = {code: Tally.of(plain) for code, plain in cursor.get("tallies", {}).items()}
        return cls(**held, listed=dict(cursor.get("listed", {})), tallies=tallies)

    def cursor(self, *, ended: bool = False) -> dict[str, object]:
        """Return it as a job may keep it."""
        return {
            **self.counts,
            "after": self.after,
            "listed": self.listed,
            "tallies": {code: tally.plain() for code, tally in self.tallies.items()},
            "ended": ended,
        }

    @property
    def counts(self) -> dict[str, int]:
        """The outcome."""
        return {
            "customers": self.customers,
            "values": sum(tally.values for tally in self.tallies.values()),
            "new": self.new,
            "seen": self.seen,
            "unlisted": self.unlisted,
        }

    def add(self, tallies: Mapping[str, Tally]) -> None:
        """Add the counts of a batch."""
        for code, tally in tallies.items():
            held = self.tallies.setdefault(code, Tally())
            held.values += tally.values
            held.hits.update(tally.hits)
            held.passed.update(tally.passed)


def look(turn: Turn) -> Mapping[str, object]:
    """Look through every open value and through the columns that recent imports left out."""
    progress = Progress.of(turn.job.cursor)
    if turn.job.cursor.get("ended"):
        return progress.counts
    known = catalogue(turn.at)
    total = turn.job.total or Customer.objects.count()
    while rows := _rows(progress.after):
        with without_detail(), transaction.atomic():
            _batch(turn, progress, rows, known)
            total = max(total, progress.customers)
            turn.progress(done=progress.customers, cursor=progress.cursor(), total=total)
    with transaction.atomic():
        _end(turn, progress)
    return progress.counts


def _rows(after: int) -> list[tuple[int, dict[str, Any]]]:
    rows = Customer.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "open")[:BATCH_ROWS])


def _batch(turn: Turn, progress: Progress, rows: list[tuple[int, dict[str, Any]]], known: Catalogue) -> None:
    found = look_through(rows, known)
    progress.add(found.tallies)
    wanted = {(text.field, text.customer, text.kind): _seen(text) for text in found.texts}
    _note(turn, progress, list(wanted.values()))
    progress.after = rows[-1][0]
    progress.customers += len(rows)


def _seen(text: Text) -> Seen:
    return Seen(NOTE, text.kind, 1, text.hits, text.passed, field=text.field, customer=text.customer)


def _note(turn: Turn, progress: Progress, wanted: list[Seen]) -> None:
    noted = note(
        wanted, run=turn.job.id, at=turn.job.created_at, listed=progress.listed, most=LISTED_PER_FIELD
    )
    progress.new += noted.new
    progress.seen += noted.seen
    progress.unlisted += noted.unlisted


def _end(turn: Turn, progress: Progress) -> None:
    """Judge fields and columns, and tell the officers when something new was found."""
    job, at = turn.job, turn.at
    _note(turn, progress, [*_fields(progress), *_columns(at)])
    facts = {"job": str(job.id), **progress.counts}
    record(events.DISCOVERY_FINISHED, by=Actor.system(DISCOVERY), at=at, facts=facts)
    officers = holders_of(OFFICER, at) if progress.new else set()
    notify(officers, "doubts_found", params={"number": progress.new}, link=PAGE, at=at)
    if job.owner_id is not None and job.owner_id not in officers:
        notify([job.owner_id], "job_finished", params={"kind": DISCOVERY}, link=PAGE, at=at)
    turn.progress(done=progress.customers, cursor=progress.cursor(ended=True), total=progress.customers)


def _fields(progress: Progress) -> list[Seen]:
    return [
        Seen(FIELD, kind, tally.values, tally.hits[kind], tally.passing(kind), field=code)
        for code, tally in progress.tallies.items()
        for kind in tally.doubtful()
    ]


def _columns(at: datetime) -> list[Seen]:
    return [
        Seen(COLUMN, kind, one.values, one.hits, one.passed, column=name)
        for (name, kind), one in left_out_lately(IMPORT, at).items()
    ]
