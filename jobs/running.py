"""Work on a job batch by batch, safe to be killed at any instant.

@shared_task(name="customers.tasks.run_import")
def run_import(id: str) -> None:
    running.run(UUID(id), imports.work)

def work(turn: Turn) -> dict[str, object]:
    for batch in batches_after(turn.job.cursor):
        with transaction.atomic():
            write(batch, at=turn.at)
            turn.progress(done=..., cursor={"line": ...})
    return {"rows": ...}
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from traceback import extract_tb
from typing import Self
from uuid import UUID

from django.db import connections

from jobs import services
from jobs.models import ATTEMPTS, Job
from trail.actor import Actor
from trail.services import clock
from vault.away import KeysAway

log = logging.getLogger(__name__)


class JobFailed(Exception):
    """Raised by work that cannot go on: the job fails with this code and is not tried again."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class Cursor:
    """How far a job has come, in fields that all have defaults; it lies in the job and commits with each batch."""

    @classmethod
    def of(cls, job: Job) -> Self:
        """Read what a job has reached; fields that it does not know keep their defaults."""
        return cls(**{one.name: job.cursor[one.name] for one in fields(cls) if one.name in job.cursor})


class Turn:
    """One worker's turn at a job: the job, and `at`, read from the database's clock once per batch."""

    def __init__(self, job: Job, at: datetime) -> None:
        self.job = job
        self.at = at

    def progress(self, *, done: int, cursor: Mapping[str, object], total: int | None = None) -> None:
        """Report a batch, inside its transaction; then `at` is the time of the next.

        :raises jobs.services.JobLost: when the job was stopped or another worker has it: let it through.
        """
        now = clock()
        services.progress(self.job, done=done, cursor=cursor, at=now, total=total)
        self.at = now

    def wait_until(self, moment: datetime) -> None:
        """Keep the job while time passes: half a minute, in which others end what they began before."""
        while self.at < moment:
            time.sleep(min(1.0, (moment - self.at).total_seconds()))
            self.progress(done=self.job.done, cursor=self.job.cursor)


def run(id: UUID, work: Callable[[Turn], Mapping[str, object]]) -> None:
    """Claim a job, work on it, close it. The Celery task of a kind of job calls this and nothing else.

    An unexpected error lets the job go: it is tried again, at most ATTEMPTS times without progress. While the site
    is sealed, or its keyholder is away, a job waits for as long as that takes.
    """
    at = clock()
    job = services.claim(id, at=at)
    if job is None:
        return
    turn = Turn(job, at)
    try:
        outcome = work(turn)
        services.finish(job, outcome=outcome, at=clock())
    except services.JobLost:
        log.info("job %s is no longer ours", job.id)
    except JobFailed as failed:
        services.fail(job, failed.code, failed.params, by=Actor.system(job.kind), at=clock())
    except KeysAway as away:
        log.warning("job %s waits: %s", job.id, away)
        services.wait(job, at=clock())
    except Exception as error:  # noqa: BLE001  whatever it is, the job must not hang
        # SECURITY: the type and the place only: messages of errors may carry values.
        place = extract_tb(error.__traceback__)[-1]
        log.error("job %s: %s at %s:%s", job.id, type(error).__name__, place.filename, place.lineno)
        _after_error(job)


def _after_error(job: Job) -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
    if job.attempts >= ATTEMPTS:
        services.fail(job, services.TOO_MANY_ATTEMPTS, by=Actor.system(job.kind), at=clock())
    else:
        services.let_go(job, at=clock())
