"""Rotations of what customers' values lie under: data keys, suite, index epoch. One at a time, whoever starts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from customers.rekey.scope import Scope
from jobs import services as jobs
from jobs.models import Job, Jobs
from jobs.running import JobFailed
from trail.actor import Actor

REKEY, RESEAL, REINDEX = "customers.rekey", "customers.reseal", "customers.reindex"
KINDS = (REKEY, RESEAL, REINDEX)
_ONE_START = 0x726F74617465
"""The advisory lock under which rotations start."""


class AlreadyRotating(RuntimeError):
    """Another rotation has not ended: this one was not started. `job` is the one that goes on."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.kind)
        self.job = job


def start(kind: str, *, parameters: Mapping[str, object], by: Actor, at: datetime) -> Job:
    """Start a rotation, as part of the act of those who signed it.

    :param parameters: {"scope": "all" | "portfolio" | "customer", "id": code or ref}, {"suite": 2} or {"epoch": 2}.
    :raises AlreadyRotating: one is under way; the one that came first goes on.
    :raises customers.rekey.scope.NoSuchScope: there is no such customer or portfolio.
    """
    if kind == REKEY:
        Scope.of(parameters).customers()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_START])
        if other := rotations().first():
            raise AlreadyRotating(other)
        # It belongs to nobody, so that nobody stops it and it outlives whoever signed.
        return jobs.start(kind, by=Actor.system(kind), at=at, parameters=parameters)


def insist_alone(job: Job) -> None:
    """Let only the rotation that was written down first go on.

    :raises JobFailed: another one was.
    """
    first = rotations().first()
    if first is not None and first.pk != job.pk:
        raise JobFailed("already_rotating", job=str(first.pk))


def signed_by(job: Job) -> str:
    """Return the proposal that the custodians signed; nothing where nobody had to."""
    return str(job.parameters.get("proposal") or "")


def rotations() -> Jobs:
    """Return the rotations that have not ended, the oldest first."""
    return Job.objects.open().filter(kind__in=KINDS).order_by("created_at", "pk")
