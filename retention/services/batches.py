"""Propose what is to be destroyed, and check it: the run or an officer proposes, an officer checks, a head approves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
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
from retention.models import DestructionBatch, DestructionItem, DueEntry, DueListing
from retention.models.destruction import END_OF_SERVICE, PURPOSE_MET, TERM, WITHDRAWAL
from retention.proposals.destruction import PERMISSION, content_of
from retention.queries import terms
from retention.queries.batches import digest_of, spoken_for
from staff.permissions import may
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from staff.services.people import NotAllowed
from trail.actor import Actor
from trail.services import record

MOST = 100_000
"""Customers of one batch: a longer list is for the next one."""
NAMED = "named"
WHY = {
    terms.TERM: TERM,
    terms.WITHDRAWN: WITHDRAWAL,
    terms.RELATIONSHIP_ENDED: END_OF_SERVICE,
    terms.NO_PURPOSE: PURPOSE_MET,
}
"""The trigger of a batch, by why a line of the due list is over."""


class NothingToDestroy(Exception):
    """None of these is there, or all of them are named by another batch or kept by a hold."""


def propose(due: Iterable[Due], *, trigger: str, by: Actor, at: datetime) -> DestructionBatch:
    """Write down what is to be destroyed together; nothing is destroyed before it is checked and approved.

    What a floor or a hold turns into storage only, or another open batch names already, is left out.

    :param trigger: `REQUEST` for a customer's own request for erasure: whoever decides on those calls this.

    :raises NothingToDestroy: nothing remains.
    """
    found = _together(one for one in due if one.storage_only_until is None and not one.basis)
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


def propose_listed(*, by: Actor, at: datetime) -> list[DestructionBatch]:
    """Propose what the newest due list says is over, a batch for each reason, and tell those who check."""
    entries = DueEntry.objects.filter(listing=DueListing.objects.first(), storage_only_until=None, basis="")
    by_trigger: dict[str, list[Due]] = defaultdict(list)
    for one in entries.order_by("until", "pk"):
        by_trigger[WHY[one.reason_code]].append(
            Due(
                customer_ref=one.customer,
                fields=tuple(one.fields),
                rule=one.rule,
                reason_code=one.reason_code,
                until=one.until,
            )
        )
    made = []
    with transaction.atomic():
        for trigger, due in by_trigger.items():
            with suppress(NothingToDestroy):
                made.append(propose(due, trigger=trigger, by=by, at=at))
        if made:
            customers = sum(batch.customers for batch in made)
            notify(
                holders_of(OFFICER, at),
                "destruction_waits",
                params={"number": customers},
                link="/retention/batches/",
                at=at,
            )
    return made


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


def _together(due: Iterable[Due]) -> dict[UUID, Due]:
    """Return one line per customer: everything where a line says so, else the fields of all its lines."""
    found: dict[UUID, Due] = {}
    for one in due:
        other = found.get(one.customer_ref)
        if other is None or (other.fields and not one.fields):
            found[one.customer_ref] = one
        elif other.fields:
            found[one.customer_ref] = replace(other, fields=tuple(sorted({*other.fields, *one.fields})))
    return found


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
