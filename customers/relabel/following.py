"""Start the job that moves values: when a label was signed, and daily for what was written while it changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from classification.holders import Holder
from classification.queries import catalogue
from customers.relabel.concerned import concerned, holding, misplaced, suspicious
from customers.relabel.run import ACTOR, RELABEL
from jobs import services as jobs
from jobs.models import Job


def count(field: str) -> int:
    """Return how many customers have a value in a field."""
    return holding(field).count()


def follow(field: str, *, proposal: UUID, at: datetime) -> Job | None:
    """Start moving the values of a field, inside the transaction of its last signature.

    The job belongs to nobody, so that nobody stops it and it outlives whoever signed.
    """
    if not concerned(catalogue(at).get(field)).exists():
        return None
    parameters = {"field": field, "proposal": str(proposal)}
    return jobs.start(RELABEL, by=ACTOR, at=at, parameters=parameters)


def sweep(*, at: datetime) -> list[Job]:
    """Start moving values that were written by a form of the old label while the new one was signed."""
    waiting = set(Job.objects.open().filter(kind=RELABEL).values_list("parameters__field", flat=True))
    return [
        jobs.start(RELABEL, by=ACTOR, at=at, parameters={"field": spec.code, "proposal": ""})
        for spec in suspicious(catalogue(at).fields)
        if spec.code not in waiting and misplaced(spec).exists()
    ]


HOLDER = Holder(count=count, follow=follow)
