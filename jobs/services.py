"""Start, claim, move on, finish, fail and stop jobs.

A worker holds a job by a lease: a random token and an end. Whoever writes compares the token, so a worker
that was thought dead and wakes up again changes nothing. `progress` belongs in the transaction of its batch.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from kombu.exceptions import OperationalError

from jobs import registry
from jobs.events import FAILED, STOPPED
from jobs.models import ATTEMPTS, Job, Jobs
from jobs.parameters import plain
from trail import services as trail
from trail.actor import Actor

log = logging.getLogger(__name__)

TOO_MANY_ATTEMPTS = "too_many_attempts"
LET_GO = {"lease": None, "lease_until": None}


class JobLost(Exception):
    """The job was stopped, or another worker has it: roll back and leave it."""


class WentBack(ValueError):
    """Progress never goes back."""


def start(
    kind: str, *, by: Actor, at: datetime, parameters: Mapping[str, object], total: int | None = None
) -> Job:
    """Write a job down; a worker hears of it once the transaction has committed.

    It has no event of its own: it is part of the act that starts it.

    :raises jobs.registry.UnknownKind: when nobody works on this kind.
    :raises jobs.parameters.NotPlain: when a parameter is not an id, a number or a code.
    """
    registry.get(kind)
    job = Job.objects.create(
        kind=kind,
        owner_id=by.id,
        owner_number=by.number,
        created_at=at,
        nudged_at=at,
        parameters=plain(parameters),
        total=total,
    )
    transaction.on_commit(lambda: nudge(job))
    return job


def nudge(job: Job) -> None:
    """Tell the workers of a job. A lost message is no harm: the rescue task repeats it."""
    try:
        current_app.send_task(registry.get(job.kind).task, args=[str(job.id)])
    except OperationalError:
        log.warning("nudge of job %s was not delivered; the rescue task repeats it", job.id)


def claim(id: UUID, *, at: datetime) -> Job | None:
    """Take a free job for this worker and return it, or None when there is nothing to do."""
    job = Job.objects.free(at).filter(id=id, attempts__lt=ATTEMPTS).first()
    if job is None:
        return None
    lease = uuid4()
    taken = (
        Job.objects.free(at)
        .filter(id=id, attempts=job.attempts)
        .update(
            lease=lease,
            lease_until=at + registry.get(job.kind).lease,
            heartbeat_at=at,
            started_at=Coalesce("started_at", at),
            attempts=F("attempts") + 1,
        )
    )
    return Job.objects.get(id=id, lease=lease) if taken else None


def progress(
    job: Job, *, done: int, cursor: Mapping[str, object], at: datetime, total: int | None = None
) -> None:
    """Say how far a job has come and keep it for another lease; call it in the transaction of the batch.

    Progress also starts the count of attempts anew.

    :raises JobLost: when the job is no longer this worker's; the batch must not commit.
    :raises WentBack: when `done` is less than before.
    """
    if done < job.done:
        raise WentBack
    changes = {
        "done": done,
        "total": job.total if total is None else total,
        "cursor": plain(cursor),
        "heartbeat_at": at,
        "lease_until": at + registry.get(job.kind).lease,
        "attempts": 1 if done > job.done else job.attempts,
    }
    if not _held(job).filter(done__lte=done).update(**changes):
        raise JobLost
    for name, value in changes.items():
        setattr(job, name, value)


def finish(job: Job, *, outcome: Mapping[str, object], at: datetime) -> None:
    """Close a job with its outcome (counts and ids).

    :raises JobLost: when the job is no longer this worker's.
    """
    changes = {"outcome": plain(outcome), "finished_at": at, "heartbeat_at": at}
    if not _held(job).update(**changes, **LET_GO):
        raise JobLost
    for name, value in changes.items():
        setattr(job, name, value)


def fail(job: Job, code: str, params: Mapping[str, object] | None = None, *, by: Actor, at: datetime) -> None:
    """Close a job with the code of what went wrong; words are made at display.

    :raises JobLost: when the job is no longer this worker's.
    """
    with transaction.atomic():
        if not _held(job).update(error_code=code, error_params=plain(params or {}), **LET_GO):
            raise JobLost
        trail.record(FAILED, by=by, at=at, facts={"job": str(job.id), "job_kind": job.kind, "error": code})
    job.error_code = code


def let_go(job: Job, *, at: datetime) -> None:
    """Give a job back after an error, so that another attempt need not wait for the lease to run out."""
    _held(job).update(heartbeat_at=at, **LET_GO)


def wait(job: Job, *, at: datetime) -> None:
    """Give a job back that cannot go on for now through no fault of its own: this attempt does not count."""
    _held(job).update(heartbeat_at=at, attempts=F("attempts") - 1, **LET_GO)


def stop(id: UUID, *, by: Actor, at: datetime) -> bool:
    """Stop a job; a worker in it leaves at its next batch. Return whether there was anything to stop."""
    with transaction.atomic():
        job = Job.objects.open().select_for_update().filter(id=id).first()
        if job is None:
            return False
        _stop([job.id], at)
        trail.record(STOPPED, by=by, at=at, facts={"job": str(job.id), "job_kind": job.kind})
    return True


def stop_all(person: UUID, *, by: Actor, at: datetime) -> list[UUID]:
    """Stop every job of a person, as part of an act (a freeze) whose event names the ids returned."""
    with transaction.atomic():
        theirs = Job.objects.open().filter(owner_id=person).select_for_update()
        stopped = list(theirs.values_list("id", flat=True))
        _stop(stopped, at)
    return stopped


def rescue(*, by: Actor, at: datetime) -> list[UUID]:
    """Nudge jobs that no worker holds, and fail those out of attempts; return the ids of those nudged."""
    nudged = []
    for job in Job.objects.unattended(at):
        if job.attempts >= ATTEMPTS:
            _give_up(job, by, at)
        elif Job.objects.free(at).filter(id=job.id, nudged_at=job.nudged_at).update(nudged_at=at):
            nudge(job)
            nudged.append(job.id)
    return nudged


def _give_up(job: Job, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        if (
            Job.objects.free(at)
            .filter(id=job.id, attempts=job.attempts)
            .update(error_code=TOO_MANY_ATTEMPTS, **LET_GO)
        ):
            facts = {"job": str(job.id), "job_kind": job.kind, "error": TOO_MANY_ATTEMPTS}
            trail.record(FAILED, by=by, at=at, facts=facts)


def _held(job: Job) -> Jobs:
    return Job.objects.open().filter(id=job.id, lease=job.lease, lease__isnull=False)


def _stop(ids: Iterable[UUID], at: datetime) -> None:
    Job.objects.filter(id__in=ids).update(cancelled_at=at, **LET_GO)
