"""The weekly job that verifies every value, part by part; killed at any instant, it goes on at the same part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from customers import events
from customers.models import Customer
from customers.verification.looking import TAMPERED, Found, Looked, look, parts_for
from jobs import services as jobs
from jobs.models import Job, Jobs
from jobs.running import Turn
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail.actor import Actor
from trail.services import record

VERIFY = "customers.verify_values"
PAGE = "/trail/keeping/"
EVERY = timedelta(days=6, hours=12)
"""How long after the last run the next is due: asked daily, at about the same time, it comes once a week."""
_TOLD_AT_ONCE = 500
_ONE_START = 0x7665726966
"""The advisory lock under which runs start, so that there is one at a time."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last finished run came to."""

    at: datetime
    customers: int
    tampered: int
    untold: int


def verify(turn: Turn) -> Mapping[str, object]:
    """Compare every customer with the trail, and raise an alarm for those that were changed past it."""
    counts = dict(turn.job.cursor.get("counts") or Looked(0, ()).counts)
    parts = turn.job.total or parts_now()
    for part in range(int(turn.job.cursor.get("next", 0)), parts):
        with transaction.atomic():
            looked = look(part, parts)
            counts = {name: counts[name] + number for name, number in looked.counts.items()}
            raise_alarm(looked.found, job=str(turn.job.id), by=Actor.system(VERIFY), at=turn.at)
            if part == parts - 1:
                conclude(counts, job=str(turn.job.id), by=Actor.system(VERIFY), at=turn.at)
            turn.progress(done=part + 1, cursor={"next": part + 1, "counts": counts}, total=parts)
    return counts


def start_due(*, by: Actor, at: datetime) -> Job | None:
    """Start a run unless one was started within the week; the scheduled task asks daily."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_START])
        if runs().filter(created_at__gt=at - EVERY).exists():
            return None
        return jobs.start(VERIFY, by=by, at=at, parameters={}, total=parts_now())


def parts_now() -> int:
    """Return into how many parts the house divides now; a run that has begun keeps the number that it began with.

    The trail tells of the erased as well, of whom no row is left: they were counted by the last run.
    """
    last = last_run()
    return parts_for(max(Customer.objects.count(), last.customers if last else 0))


def raise_alarm(found: Sequence[Found], *, job: str, by: Actor, at: datetime) -> None:
    """Record which customers were tampered with, as part of the run's transaction; nothing for the untold."""
    tampered = [one for one in found if one.code in TAMPERED]
    for some in _slices(tampered):
        facts: dict[str, object] = {
            "job": job,
            "what": sorted({one.code for one in some}),
            "customers": [str(one.customer) for one in some],
            "fields": sorted({code for one in some for code in one.fields}),
            "events": [one.event for one in some],
        }
        record(events.VALUES_TAMPERED, by=by, at=at, facts=facts)


def conclude(counts: Mapping[str, int], *, job: str, by: Actor, at: datetime) -> None:
    """Record the counts of a whole run, and tell the officers when something was tampered with."""
    record(events.VALUES_VERIFIED, by=by, at=at, facts={"job": job, **counts})
    if number := sum(counts[code] for code in TAMPERED):
        officers = holders_of(OFFICER, at)
        notify(officers, "values_tampered", params={"number": number}, link=PAGE, at=at)


def runs() -> Jobs:
    """Return the runs, newest first."""
    return Job.objects.filter(kind=VERIFY).order_by("-created_at")


def last_run() -> LastRun | None:
    """Return what the last finished run came to; None before the first."""
    job = runs().filter(finished_at__isnull=False).first()
    if job is None or job.finished_at is None:
        return None
    counts = job.outcome
    tampered = sum(int(counts[code]) for code in TAMPERED)
    return LastRun(job.finished_at, int(counts["customers"]), tampered, int(counts["untold"]))


def _slices(found: Sequence[Found]) -> Iterator[Sequence[Found]]:
    for start in range(0, len(found), _TOLD_AT_ONCE):
        yield found[start : start + _TOLD_AT_ONCE]
