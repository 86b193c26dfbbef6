"""Jobs as people see them: names and problems in words, rate and time left worked out, the page of the result."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.shown import JobShown
from jobs.models import Job, State

STATES = {
    State.QUEUED: "waiting",
    State.RUNNING: "running",
    State.INTERRUPTED: "running",
    State.FINISHED: "done",
    State.FAILED: "failed",
    State.STOPPED: "stopped",
}

NAMES: dict[str, str | Promise] = {}
RESULTS: dict[str, Callable[[Job], str]] = {}
SAYS: dict[str, Callable[[str, Mapping[str, object]], str]] = {}
WARNS: dict[str, Callable[[Job], str]] = {}
"""What is to be done about a job of a kind that goes on, or has finished, all the same."""
PROBLEMS: dict[str, str | Promise] = {
    "too_many_attempts": gettext_lazy(
        "It stopped five times without getting further. What was written stays."
    ),
}


def describe(
    kind: str,
    *,
    name: str | Promise,
    result: Callable[[Job], str],
    problems: dict[str, str | Promise] | None = None,
    says: Callable[[str, Mapping[str, object]], str] | None = None,
) -> None:
    """Say how jobs of a kind are called, where their result is shown, and what their error codes mean.

    Areas of the workbench call this when they are loaded.

    :param says: puts an error code of this kind with its parameters in words; `problems` serves codes without any.
    """
    NAMES[kind] = name
    RESULTS[kind] = result
    PROBLEMS.update(problems or {})
    if says:
        SAYS[kind] = says


def shown(job: Job, *, actor_id: UUID | None, at: datetime, progress_url: str = "") -> JobShown:
    """Return a job as a template receives it.

    :param progress_url: where its bar is asked for on the page that is its result; else on the owner's own page.
    """
    state = STATES[job.state(at)]
    rate, left = pace(job, at) if state == "running" else (None, None)
    return JobShown(
        id=str(job.pk),
        name=str(NAMES.get(job.kind, job.kind)),
        state=state,
        done=job.done,
        total=job.total,
        rate=rate,
        left=left,
        started_at=job.started_at or job.created_at,
        finished_at=job.finished_at,
        progress_url=progress_url or reverse("desk:job_progress", args=[job.pk]),
        result_url=RESULTS[job.kind](job)
        if state == "done" and job.kind in RESULTS and not progress_url
        else "",
        problem=problem(job) if state == "failed" else "",
        warning=WARNS[job.kind](job) if job.kind in WARNS and state != "failed" else "",
        attempts=job.attempts,
        can_stop=state in {"waiting", "running"} and actor_id is not None and job.owner_id == actor_id,
        owner=job.owner_number,
    )


def pace(job: Job, at: datetime) -> tuple[float | None, int | None]:
    """Return rows per second since the start, and the seconds left at that rate."""
    if job.started_at is None or not job.done:
        return None, None
    rate = job.done / max(0.001, ((job.heartbeat_at or at) - job.started_at).total_seconds())
    return rate, int((job.total - job.done) / rate) if job.total else None


def problem(job: Job) -> str:
    """Return what went wrong, in words."""
    if job.kind in SAYS and job.error_code not in PROBLEMS:
        return SAYS[job.kind](job.error_code, job.error_params)
    return str(PROBLEMS.get(job.error_code, _("It could not go on (%(code)s).") % {"code": job.error_code}))
