"""Propose what is to be destroyed, and check it: the run or an officer proposes, an officer checks, a head approves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from approvals import services as approvals
from approvals.models import Proposal
from customers.models import Customer
from customers.queries import visible_to
from retention import events
from retention.destroying import DESTROY
from retention.due import Due
from retention.models import DestructionBatch, DestructionItem
from retention.proposals.destruction import PERMISSION, content_of
from retention.queries.batches import digest_of, spoken_for
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor
from trail.services import record

MOST = 100_000
"""Customers of one batch: a longer list is for the next one."""
NAMED = "named"


class NothingToDestroy(Exception):
    """None of these is there, or all of them are named by another batch or kept by a hold."""


def propose(due: Iterable[Due], *, trigger: str, by: Actor, at: datetime) -> DestructionBatch:
    """Write down what is to be destroyed together; nothing is destroyed before it is checked and approved.

    What a floor or a hold turns into storage only, or another open batch names already, is left out.

    :raises NothingToDestroy: nothing remains.
    """
    found = {one.customer_ref: one for one in due if one.storage_only_until is None}
    for taken in spoken_for(found, at):
        del found[taken]
    items = [found[ref] for ref in sorted(found)][:MOST]
    if not items:
        raise NothingToDestroy
    with transaction.atomic():
        batch = DestructionBatch.objects.create(
            trigger=trigger,
            customers=len(items),
            digest=digest_of(items),
            proposed_by_id=by.id,
            proposed_by_number=by.number if by.id else "",
            proposed_at=at,
        )
        DestructionItem.objects.bulk_create((_item(batch, one) for one in items), batch_size=2000)
        facts = {"batch": str(batch.pk), "why": trigger, "customers": len(items), "digest": batch.digest}
        record(events.BATCH_PROPOSED, by=by, at=at, facts=facts)
    return batch


def name_customers(
    numbers: Collection[str], fields: Collection[str], *, trigger: str, by: Actor, at: datetime
) -> DestructionBatch:
    """Propose to destroy customers by number: everything, or these fields of each.

    :raises Customer.DoesNotExist: one of them is out of reach or nonexistent; nothing was written.
    :raises NothingToDestroy: all of them are named by another batch.
    """
    _insist(by)
    wanted = set(numbers)
    rows = dict(visible_to(by, at).filter(number__in=wanted).values_list("number", "ref"))
    if not wanted or rows.keys() != wanted:
        raise Customer.DoesNotExist
    due = [
        Due(customer_ref=ref, fields=tuple(sorted(fields)), rule=NAMED, reason_code=trigger, until=at)
        for ref in rows.values()
    ]
    return propose(due, trigger=trigger, by=by, at=at)


def check(id: UUID, *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Lay a batch that one has looked through before a head, who approves it; bound to the hash of its list.

    :raises NotAllowed: by may not check.
    :raises approvals.registry.CannotApply: the batch is over, or its list is not what it was.
    """
    _insist(by)
    batch = DestructionBatch.objects.get(pk=id)
    return approvals.propose(DESTROY, content=content_of(batch), reason_text=reason, by=by, at=at)


def _item(batch: DestructionBatch, one: Due) -> DestructionItem:
    return DestructionItem(
        batch=batch,
        customer=one.customer_ref,
        fields=sorted(one.fields),
        rule=one.rule,
        reason_code=one.reason_code,
        until=one.until,
    )


def _insist(by: Actor) -> None:
    if not may(by, PERMISSION):
        raise NotAllowed(PERMISSION)
