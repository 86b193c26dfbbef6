"""Show what a field held before: decided as the card decides, and in the trail before anybody reads it (S0-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import events
from access.cards import Card, CardValue
from access.policy import CLEAR, MASKED
from access.queries import cards
from access.queries.past import OldValue, past
from classification.queries import UnknownField, catalogue
from customers import queries as customers
from customers.contacts import current
from trail import services as trail
from trail.actor import Actor
from trail.exposed import OPENED, Exposed


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One field of one customer over time, as one person may see it."""

    card: Card
    value: CardValue
    origin: Mapping[str, str]
    """Of the value that is held now; nothing where it is hidden or there is none."""
    before: tuple[OldValue, ...]


def field_history(ref: UUID, field: str, *, by: Actor, at: datetime) -> History:
    """Give the values of a field over time, after recording that they are shown.

    :raises Customer.DoesNotExist: out of reach or nonexistent.
    :raises classification.queries.UnknownField: the catalogue has no such field below L4.
    :raises trail.services.TrailUnavailable: nothing may be shown.
    """
    customer = customers.visible_to(by, at).select_related("portfolio").get(ref=ref)
    known = catalogue(at)
    spec = known.get(field)
    if spec.level >= cards.OF_L4:
        raise UnknownField(field)
    contact = current(by.id, customer.ref, at) if by.id else None
    in_contact = contact is not None
    with transaction.atomic():
        (card,) = cards.cards(by, [customer], at, fields=[field], catalogue=known, in_contact=in_contact)
        value = card[field]
        before = past(by, customer, cards.as_held(customer, spec), value, at, in_contact=in_contact)
        trail.record(
            events.HISTORY_READ,
            by=by,
            at=at,
            facts={"field": field, "rows": len(before)},
            exposures=[_exposed(card, value, before)],
            purpose=contact.purpose if contact else "",
            contact=contact.id if contact else None,
        )
    origin = cards.held_origin(customer, spec) if value.held else {}
    return History(card=card, value=value, origin=origin, before=tuple(before))


def _exposed(card: Card, value: CardValue, before: list[OldValue]) -> Exposed:
    """Say for the trail what is shown: the field, clear where any line of it is."""
    views = {one.view for one in before} | ({value.view} if value.held else set())
    clear = [one.level for one in before if one.view == CLEAR]
    level = max([*clear, *([value.level] if value.held and value.view == CLEAR else [])], default=0)
    return Exposed(
        customer=card.ref,
        act=OPENED,
        clear=(value.code,) if CLEAR in views else (),
        masked=(value.code,) if MASKED in views else (),
        level=level if CLEAR in views else 0,
        portfolio=card.portfolio,
        region=card.region,
    )
