"""Bring a batch to its destruction as officer and head do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from approvals import services as approvals
from approvals.models import Proposal
from jobs import running
from jobs.models import Job
from retention.destroying import DESTROY, run
from retention.due import Due
from retention.models import DestructionBatch, DestructionRecord
from retention.services import batches
from tests.customers.conftest import House
from trail.actor import Actor
from trail.services import clock

RUN = Actor.system("retention.due")


def due(ref: UUID, *fields: str) -> Due:
    return Due(
        customer_ref=ref, fields=fields, rule="relationship", reason_code="relationship_ended", until=clock()
    )


def proposed(refs: Iterable[UUID], *fields: str) -> DestructionBatch:
    return batches.propose([due(ref, *fields) for ref in refs], trigger="term", by=RUN, at=clock())


def checked(batch: DestructionBatch, house: House) -> Proposal:
    at = clock()
    return batches.check(batch.pk, reason="looked through", by=fresh(house.officer), at=at)


def fresh(actor: Actor) -> Actor:
    return replace(actor, second_factor_at=clock())


def approved(batch: DestructionBatch, house: House) -> Job:
    proposal = checked(batch, house)
    approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=fresh(house.head), at=clock())
    return Job.objects.get(kind=DESTROY, parameters__batch=str(batch.pk))


def destroyed(batch: DestructionBatch, house: House) -> DestructionRecord:
    job = approved(batch, house)
    running.run(job.pk, run.run)
    job.refresh_from_db()
    assert job.error_code == ""
    return DestructionRecord.objects.get(batch=batch)
