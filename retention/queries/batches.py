"""Destruction batches and where each stands, told by what there is: proposal, job, orders, record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from json import dumps
from uuid import UUID

from approvals.models import Proposal
from approvals.rules import APPLIED, WAITING, state
from jobs.models import Job
from retention.destroying import DESTROY
from retention.due import Due
from retention.models import DestructionBatch, DestructionItem, DestructionRecord

LAPSES = timedelta(days=30)
"""A batch that nobody carried further for so long is over; what it named falls due again."""


class Stage(StrEnum):
    """Where a batch stands."""

    TO_CHECK = "to_check"
    TO_APPROVE = "to_approve"
    RUNNING = "running"
    FAILED = "failed"
    APART = "apart"
    DONE = "done"
    KEPT = "kept"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch with what is known of it."""

    batch: DestructionBatch
    stage: Stage
    proposal: Proposal | None = None
    job: Job | None = None


def digest_of(items: Iterable[Due]) -> str:
    """Return the digest of a list: SHA-256 over one line of canonical JSON per customer, in their order."""
    whole = sha256(b"custinfo destruction list 1")
    for one in sorted(items, key=lambda due: due.customer_ref):
        line = [str(one.customer_ref), sorted(one.fields), one.rule, one.reason_code, one.until.isoformat()]
        whole.update(dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
    return whole.hexdigest()


def listed(batch: DestructionBatch) -> list[Due]:
    """Return the list of a batch as it lies in the database."""
    return [
        Due(
            customer_ref=item.customer,
            fields=tuple(item.fields),
            rule=item.rule,
            reason_code=item.reason_code,
            until=item.until,
        )
        for item in DestructionItem.objects.filter(batch=batch).order_by("pk")
    ]


def spoken_for(refs: Iterable[UUID], at: datetime) -> set[UUID]:
    """Return which of these customers a batch names already that is not over."""
    open_batches = [
        one.batch.pk
        for one in standing_of(list(DestructionBatch.objects.filter(record=None)), at)
        if one.stage not in (Stage.LAPSED, Stage.FAILED)
    ]
    rows = DestructionItem.objects.filter(batch__in=open_batches, customer__in=list(refs))
    return set(rows.values_list("customer", flat=True))


def standing(batch: DestructionBatch, at: datetime) -> Standing:
    """Return where one batch stands."""
    return standing_of([batch], at)[0]


def standing_of(batches: Sequence[DestructionBatch], at: datetime) -> list[Standing]:
    """Return where batches stand, in a constant number of queries."""
    ids = [str(batch.pk) for batch in batches]
    proposals: dict[str, Proposal] = {}
    rows = Proposal.objects.filter(kind=DESTROY, content__batch__in=ids).prefetch_related("signatures")
    for proposal in rows.order_by("proposed_at"):
        proposals[proposal.content["batch"]] = proposal
    jobs = {
        str(job.parameters["batch"]): job
        for job in Job.objects.filter(kind=DESTROY, parameters__batch__in=ids).order_by("created_at")
    }
    destroyed = {
        batch: bool(customers or parts)
        for batch, customers, parts in DestructionRecord.objects.filter(batch__in=batches).values_list(
            "batch_id", "content__customers", "content__parts"
        )
    }
    return [
        _standing(one, proposals.get(str(one.pk)), jobs.get(str(one.pk)), destroyed.get(one.pk), at)
        for one in batches
    ]


def _standing(
    batch: DestructionBatch, proposal: Proposal | None, job: Job | None, destroyed: bool | None, at: datetime
) -> Standing:
    if destroyed is not None:
        stage = Stage.DONE if destroyed else Stage.KEPT
    elif job is not None:
        stopped = job.error_code or job.cancelled_at
        stage = Stage.FAILED if stopped else Stage.APART if job.finished_at else Stage.RUNNING
    elif proposal is not None and state(proposal, at) in (WAITING, APPLIED):
        stage = Stage.TO_APPROVE
    else:
        stage = Stage.TO_CHECK if batch.proposed_at > at - LAPSES else Stage.LAPSED
    return Standing(batch, stage, proposal, job)
