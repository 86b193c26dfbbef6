"""Columns that an import leaves out though they look like values of L3 (漏标): counted while it is tried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from customers.discovery.tallies import Tally, kinds_of
from customers.models import LeftOutColumn
from jobs.models import Job
from kinds.folding import fold
from kinds.inside import hits, scan

OPEN = 2
"""Values of the levels up to this may lie in a file unlabelled."""
RECENT = timedelta(days=92)
"""How long an import counts as recent."""


def note_left_out(
    job: UUID, header: Sequence[str], rows: Sequence[Sequence[str]], taken: Collection[int], at: datetime
) -> None:
    """Keep which columns of a file's first rows look like L3 and go nowhere; doing it again changes nothing."""
    LeftOutColumn.objects.bulk_create(_left_out(job, header, rows, taken, at), ignore_conflicts=True)


def _left_out(
    job: UUID, header: Sequence[str], rows: Sequence[Sequence[str]], taken: Collection[int], at: datetime
) -> Iterator[LeftOutColumn]:
    for index, name in enumerate(header):
        if index in taken:
            continue
        tally = Tally()
        for row in rows:
            if value := row[index].strip():
                tally.add(kinds_of(hits(value), above=OPEN))
        for kind in tally.doubtful():
            yield LeftOutColumn(
                job=job,
                index=index,
                header=_name(name, index),
                kind=kind,
                values=tally.values,
                hits=tally.hits[kind],
                passed=tally.passing(kind),
                at=at,
            )


def _name(header: str, index: int) -> str:
    # SECURITY: a first row may hold values after all; what looks like one is stored nowhere.
    name = fold(header)[:120]
    return f"#{index + 1}" if not name or scan(name) else name


@dataclass(slots=True)
class Column:
    """What recent imports left out under one name and kind, added up."""

    values: int = 0
    hits: int = 0
    passed: int | None = None


def left_out_lately(imported: str, at: datetime) -> dict[tuple[str, str], Column]:
    """Return the columns that recent imports left out, by name and kind; a file only tried out was no import.

    :param imported: the kind of job that imports what another tried out.
    """
    rows = list(LeftOutColumn.objects.filter(at__gt=at - RECENT, at__lte=at))
    checks = [str(row.job) for row in rows]
    known = set(
        Job.objects.filter(kind=imported, parameters__check__in=checks).values_list(
            "parameters__check", flat=True
        )
    )
    found: dict[tuple[str, str], Column] = defaultdict(Column)
    for row in rows:
        if str(row.job) in known:
            one = found[row.header, row.kind]
            one.values += row.values
            one.hits += row.hits
            if row.passed is not None:
                one.passed = (one.passed or 0) + row.passed
    return dict(found)
