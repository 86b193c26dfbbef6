"""Count portfolios for analysts, and show and hand out what may be told of them (S0-29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from access import events
from access.aggregates.run import AGGREGATES
from access.queries.aggregates import Told, told
from customers.models import Portfolio
from jobs import services as jobs
from jobs.models import Job
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor
from trail.receipts import Receipt
from trail.services import record

_ONE_START = 0x61676772
"""The advisory lock under which counts start, so that there is one at a time."""


def start(*, by: Actor, at: datetime) -> Job:
    """Start counting every portfolio, or return the job that is at it. It is part of the night: no event of its own."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_START])
        running = Job.objects.open().filter(kind=AGGREGATES).first()
        return running or jobs.start(AGGREGATES, by=by, at=at, parameters={}, total=Portfolio.objects.count())


def look(portfolios: Sequence[str], dimensions: Sequence[str], *, by: Actor, at: datetime) -> Told:
    """Return the figures of portfolios that are given to this analyst, after recording the look.

    :param dimensions: up to three, `portfolio` among them or not.
    :raises NotAllowed: the person is no analyst.
    :raises access.queries.aggregates.NotTold: there are no such portfolios or dimensions for them.
    """
    found = _found(portfolios, dimensions, by, at)
    record(events.AGGREGATES_READ, by=by, at=at, facts=_facts(found))
    return found


def download(
    portfolios: Sequence[str], dimensions: Sequence[str], *, by: Actor, at: datetime
) -> tuple[Told, Receipt]:
    """Return the figures for a workbook, after recording that they leave; raises as `look` does."""
    found = _found(portfolios, dimensions, by, at)
    return found, record(events.AGGREGATES_DOWNLOADED, by=by, at=at, facts=_facts(found))


def _found(portfolios: Sequence[str], dimensions: Sequence[str], by: Actor, at: datetime) -> Told:
    if by.id is None or not may(by, "aggregates.read"):
        raise NotAllowed("aggregates.read")
    return told(portfolios, dimensions, person=by.id, at=at)


def _facts(found: Told) -> dict[str, object]:
    return {
        "portfolios": [one.code for one in found.portfolios],
        "dimensions": list(found.dimensions),
        "groups": len(found.figures),
    }
