"""Consents whose evidence waits for a second person: the inbox of supervisors, heads and the officer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from access.consents import CONTACT_CHANGED_WITHIN
from access.queries.customer_consents import waits_for
from consent.models import LINK, ConsentRecord
from consent.queries.states import states, unconfirmed
from customers import queries as customers
from customers.models import Customer
from staff.permissions import may
from trail.actor import Actor

CAPTURED = "captured"
"""What `own` is called to whoever confirms: somebody else captured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One answer that waits, with its customer's number and why it waits."""

    record: ConsentRecord
    customer: UUID
    number: str
    doubts: tuple[str, ...]


def waiting(actor: Actor, at: datetime) -> QuerySet[ConsentRecord]:
    """Return the given consents that this person may confirm and that somebody's reading waits for, oldest first."""
    if actor.id is None or not may(actor, "consent.confirm"):
        return ConsentRecord.objects.none()
    reach = customers.visible_to(actor, at).filter(ref=OuterRef("subject"))
    # What `access.consents.doubts` says of each, as SQL; a test holds the two together.
    doubtful = (
        Q(captured_by_id__isnull=False)
        | Q(staff_browser=True)
        | Q(source=LINK) & ~Q(site="")
        | Q(link__address_since__gt=F("effective_at") - CONTACT_CHANGED_WITHIN)
    )
    own = Q(captured_by_id=actor.id) | Q(link__made_by_id=actor.id) & ~Q(site="")
    return unconfirmed(at).filter(doubtful).filter(Exists(reach)).exclude(own)


def described(records: Collection[ConsentRecord], at: datetime) -> list[Waiting]:
    """Return a page of them with their customers and doubts, in two queries."""
    found = {one.ref: one for one in Customer.objects.filter(ref__in={row.subject for row in records})}
    current = {one.record: one for one in states(list(found), at).values()}
    shown = []
    for row in records:
        customer, state = found[row.subject], current.get(row.ref)
        said = waits_for(state, row.captured_by_id)
        shown.append(
            Waiting(
                record=row,
                customer=customer.ref,
                number=customer.number,
                doubts=tuple(CAPTURED if code == "own" else code for code in said),
            )
        )
    return shown
