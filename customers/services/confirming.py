"""Confirm with the customer that held values are still right (PIPL 46, S2-14): a date in the origin, no value."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from classification.queries import catalogue
from customers import events
from customers.digests import written_exposure
from customers.reach import editable_by
from customers.restrictions import not_to_edit, restricted
from customers.services.placing import NotFound
from customers.services.records import NotAllowed
from customers.writing import without_detail
from staff.permissions import may
from trail.actor import Actor
from trail.services import record


def confirm(
    ref: UUID, fields: Collection[str], *, by: Actor, at: datetime, contact: UUID | None = None
) -> tuple[str, ...]:
    """Note that the customer confirmed these fields as they are held; return those that were: held and not stored only.

    :raises NotAllowed: without the permission to edit.
    :raises NotFound: the customer is not within the writer's reach.
    """
    if not may(by, "customer.edit"):
        raise NotAllowed("customer.edit")
    with without_detail(), transaction.atomic():
        customer = editable_by(by, at).filter(ref=ref).select_for_update(of=("self",)).first()
        if customer is None:
            raise NotFound
        held = {code for code in fields if code in customer.origins}
        closed = not_to_edit(restricted([customer.pk], at), customer.pk, held, catalogue(at))
        confirmed = tuple(sorted(held - {one.field for one in closed}))
        if not confirmed:
            return ()
        for code in confirmed:
            customer.origins[code] |= {"verified_at": at.isoformat(), "verified_by": by.number}
        customer.version += 1
        customer.updated_at = at
        customer.save(update_fields=["origins", "version", "updated_at"])
        record(
            events.CONFIRMED,
            by=by,
            at=at,
            facts={"fields": list(confirmed), "version": customer.version},
            exposures=[written_exposure(customer)],
            contact=contact,
        )
    return confirmed
