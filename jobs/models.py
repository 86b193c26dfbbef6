"""Background jobs: this row is the truth, the Celery message only a nudge."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

ATTEMPTS = 5
"""Attempts without progress before a job counts as failed."""

NUDGE_AGAIN = timedelta(seconds=30)
"""How long an unheard nudge is waited for."""


class State(StrEnum):
    """What a job is doing; computed from its dates, never stored."""

    QUEUED = "queued"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"


class Jobs(models.QuerySet["Job"]):
    """Jobs by what dates tell of them."""

    def open(self) -> "Jobs":
        """Return jobs that are neither finished, failed nor stopped."""
        return self.filter(finished_at=None, cancelled_at=None, error_code="")

    def free(self, at: datetime) -> "Jobs":
        """Return open jobs that no worker holds at a time."""
        return self.open().filter(Q(lease_until=None) | Q(lease_until__lte=at))

    def unattended(self, at: datetime) -> "Jobs":
        """Return free jobs to nudge: worked on since their last nudge, or unheard of for NUDGE_AGAIN."""
        lost = Q(nudged_at__lte=at - NUDGE_AGAIN) | Q(heartbeat_at__gte=F("nudged_at"))
        return self.free(at).filter(lost)


class Job(models.Model):
    """One piece of background work: what, for whom, how far, held by which worker until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    owner_id = models.UUIDField(null=True, db_index=True)
    owner_number = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    nudged_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    cursor = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict)
    cancelled_at = models.DateTimeField(null=True)

    objects = Jobs.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("-created_at",)
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(finished_at=None, cancelled_at=None, error_code=""),
                name="open_jobs_by_lease",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(attempts__lte=ATTEMPTS), name="attempts_of_a_job_are_limited"),
            models.CheckConstraint(
                condition=Q(total=None) | Q(done__lte=F("total")), name="a_job_does_no_more_than_there_is"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(finished_at=None, error_code=""),
                name="a_stopped_job_neither_finished_nor_failed",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(error_code=""), name="a_finished_job_did_not_fail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def state(self, at: datetime) -> State:
        """Return what the job is doing at a time."""
        if self.finished_at:
            return State.FINISHED
        if self.error_code:
            return State.FAILED
        if self.cancelled_at:
            return State.STOPPED
        if self.lease_until is None:
            return State.QUEUED if self.started_at is None else State.INTERRUPTED
        return State.RUNNING if self.lease_until > at else State.INTERRUPTED
