"""Jobs as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobs.models import Job, State


@dataclass(frozen=True, slots=True)
class JobShown:
    """What a person may see of a job: no parameters, no cursor."""

    id: UUID
    kind: str
    state: State
    done: int
    total: int | None
    created_at: datetime
    finished_at: datetime | None
    outcome: dict[str, object]
    error_code: str
    error_params: dict[str, object]

    @property
    def percent(self) -> int | None:
        """Return how far the job is, or None while the whole is unknown."""
        return None if not self.total else self.done * 100 // self.total


def own_job(id: UUID, *, owner: UUID, at: datetime) -> JobShown | None:
    """Return a job of a person, or None when it is not theirs or not there."""
    job = Job.objects.filter(id=id, owner_id=owner).first()
    return None if job is None else _shown(job, at)


def own_jobs(*, owner: UUID, at: datetime, limit: int = 25) -> list[JobShown]:
    """Return a person's latest jobs."""
    return [_shown(job, at) for job in Job.objects.filter(owner_id=owner)[:limit]]


def _shown(job: Job, at: datetime) -> JobShown:
    return JobShown(
        id=job.id,
        kind=job.kind,
        state=job.state(at),
        done=job.done,
        total=job.total,
        created_at=job.created_at,
        finished_at=job.finished_at,
        outcome=job.outcome,
        error_code=job.error_code,
        error_params=job.error_params,
    )
