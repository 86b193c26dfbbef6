"""The jobs that look through a period: the audit of a period, and the hourly look for alerts. Safe to be killed.

A step is one detector (or the alarms): what it found and the cursor commit together, so whoever goes on finds nothing
twice and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from audit import detecting, events
from audit.models import Audit, Finding
from audit.periods import day_of
from audit.queries import findings
from audit.queries.audits import AUDIT_JOB
from audit.services.alarms import sweep
from audit.services.opening import from_hit, open_all
from jobs import services as jobs
from jobs.models import Job
from jobs.running import Turn
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail import services as trail
from trail.actor import Actor

ALERTS_JOB = "audit.alerts"
ALARMS = "alarms"
CAUGHT_UP = timedelta(days=7)
"""How far an hourly look goes back when there was none for long."""


def examine(turn: Turn) -> Mapping[str, object]:
    """Examine the period of an audit; then tell who signs it."""
    audit = Audit.objects.get(pk=UUID(str(turn.job.parameters["audit"])))
    new = _look(turn, audit.since, min(audit.until, turn.at))
    with transaction.atomic():
        if not turn.job.cursor.get("ended"):
            _end(turn, audit, new)
    return {"audit": str(audit.pk), "new": new}


def look_hourly(turn: Turn) -> Mapping[str, object]:
    """Look through today, and yesterday's end, for what somebody should see before the month is over."""
    since, until = (_time(turn.job.parameters[name]) for name in ("since", "until"))
    new = _look(turn, since, until)
    with transaction.atomic():
        if not turn.job.cursor.get("ended"):
            if new:
                officers = holders_of(OFFICER, turn.at)
                notify(officers, "findings_found", params={"number": new}, link="/findings/", at=turn.at)
            _progress(turn, _done(turn.job), new, ended=True)
    return {"new": new}


def start_hourly(*, by: Actor, at: datetime) -> Job | None:
    """Start the hourly look unless one is under way. It begins with the day on which the last one ended."""
    with transaction.atomic():
        looks = Job.objects.filter(kind=ALERTS_JOB)
        if looks.open().exists():
            return None
        last = looks.filter(finished_at__isnull=False).order_by("-created_at").first()
        before = _time(last.parameters["until"]) if last else at - timedelta(days=1)
        since = day_of(max(before, at - CAUGHT_UP))
        given = {"since": since.isoformat(), "until": at.isoformat()}
        return jobs.start(ALERTS_JOB, by=by, at=at, parameters=given)


def _look(turn: Turn, since: datetime, until: datetime) -> int:
    """Take the steps that are not done; return how many findings this job has opened so far."""
    steps = [ALARMS, *(one.code for one in detecting.every())]
    done, new = _done(turn.job), int(turn.job.cursor.get("new", 0))
    missing = [step for step in steps if step not in done]
    # The detectors share one pass over the trail; what they found lies in memory until its step commits.
    asked = [step for step in missing if step != ALARMS]
    limits = detecting.thresholds(turn.at)
    hits = detecting.detect(since=since, until=until, at=turn.at, only=asked) if asked else []
    for step in missing:
        by, at = Actor.system(turn.job.kind), turn.at
        done.append(step)
        with transaction.atomic():
            if step == ALARMS:
                new += _sweep_all(by, at, since, until)
            else:
                seen = [from_hit(hit, limits[step]) for hit in hits if hit.detector == step]
                new += len(open_all(seen, by=by, at=at))
            _progress(turn, done, new, total=len(steps))
    return new


def _sweep_all(by: Actor, at: datetime, since: datetime, until: datetime) -> int:
    found: list[Finding] = []
    while batch := sweep(by=by, at=at, since=since, until=until):
        found += batch
    return len(found)


def _progress(
    turn: Turn, done: Sequence[str], new: int, *, total: int | None = None, ended: bool = False
) -> None:
    cursor = {"done": list(done), "new": new, "ended": ended}
    turn.progress(done=len(done), cursor=cursor, total=total)


def _end(turn: Turn, audit: Audit, new: int) -> None:
    at = turn.at
    count = findings.of_audit(audit, at).count()
    facts = {"audit": str(audit.pk), "job": str(turn.job.pk), "findings": count, "new": new}
    trail.record(events.AUDIT_FINISHED, by=Actor.system(AUDIT_JOB), at=at, facts=facts)
    told = set(holders_of(OFFICER, at)) | ({turn.job.owner_id} if turn.job.owner_id else set())
    notify(told, "audit_examined", params={"number": count}, link=f"/audits/{audit.pk}/", at=at)
    _progress(turn, _done(turn.job), new, ended=True)


def _done(job: Job) -> list[str]:
    return [str(step) for step in job.cursor.get("done", [])]


def _time(text: object) -> datetime:
    found = parse_datetime(str(text))
    assert found is not None
    return found
