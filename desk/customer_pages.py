"""Customers as templates receive them: rows of lists, sections of the page. Decided already, no model instances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.cards import Card, CardValue
from customers import finding
from customers.models import tiers
from customers.queries import visible_to
from staff.permissions import may
from trail.actor import Actor

LIST_FIELDS = ("full_name", "member_level", "mobile", "resident_id")
"""What a list shows of each customer: enough to tell one from another on the phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One customer in a list."""

    ref: UUID
    number: str
    tier: str
    tier_code: str
    portfolio: str
    values: tuple[CardValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The values of one category; those that are not held are named apart."""

    name: object
    values: tuple[CardValue, ...]
    empty: tuple[CardValue, ...]

    @property
    def masked(self) -> bool:
        """Whether something of it may be asked for in the clear."""
        return any(value.view == "masked" for value in self.values)


def rows_of(cards: Sequence[Card]) -> list[Row]:
    """Return list rows of cards."""
    named = dict(tiers())
    return [
        Row(
            ref=card.ref,
            number=card.number,
            tier=str(named.get(card.tier, card.tier)),
            tier_code=card.tier,
            portfolio=card.portfolio_name,
            values=tuple(value for code in LIST_FIELDS if (value := card.get(code)) is not None),
        )
        for card in cards
    ]


def sections_of(card: Card) -> list[Section]:
    """Return the page's sections: what is clear first, then what is sensitive, both in form order."""
    groups = [
        (_("Public and internal"), [value for value in card.values if not value.sealed]),
        (_("Sensitive"), [value for value in card.values if value.sealed]),
    ]
    return [
        Section(
            name=name,
            values=tuple(value for value in values if value.held or value.view == "hidden"),
            empty=tuple(value for value in values if not value.held and value.view != "hidden"),
        )
        for name, values in groups
        if values
    ]


def numbers_found(actor: Actor, at: datetime, refs: Iterable[UUID]) -> dict[UUID, str]:
    """Return the numbers of those customers that the reader may find: the others stay a reference."""
    wanted = set(refs)
    if may(actor, "trail.who_saw"):
        return finding.numbers_of(wanted)
    return dict(visible_to(actor, at).filter(ref__in=wanted).values_list("ref", "number"))
