"""What consent says to the reads of one page: two queries, whatever the number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from access.consents import NOTHING, Says, says
from classification.purposes import PurposeSpec, purposes
from classification.queries import FieldSpec
from consent.queries.states import States, states
from customers.models import Customer
from trail.actor import Actor

ADULT_YEARS = 15
"""Only the year of birth is held open, so whoever turns 14 this year may still be 13 (PIPL 31)."""
SENSITIVE_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Consents:
    """The purpose of the contact and the answers of these customers to it."""

    purpose: PurposeSpec | None
    states: States
    actor: Actor
    year: int

    @property
    def for_business(self) -> bool:
        """Whether the purpose serves the company's own business: it rests on consent and no service needs it."""
        return self.purpose is not None and self.purpose.asks_consent and not self.purpose.serves

    def says(self, customer: Customer, spec: FieldSpec) -> Says:
        """Return what consent says to reading this field of this customer."""
        if spec.level < SENSITIVE_LEVEL:
            return NOTHING
        purpose = self.purpose
        return says(
            purpose,
            self.states.get((customer.ref, purpose.code)) if purpose else None,
            field=spec.code,
            sensitive=spec.sensitive,
            minor=may_be_minor(customer, self.year),
            reader=self.actor.id,
            roles=self.actor.roles,
            origins=customer.origins,
        )


def load(actor: Actor, customers: Sequence[Customer], purpose: str, at: datetime) -> Consents:
    """Fetch what consent says for one purpose; "" is no purpose at all and costs no query."""
    known = purposes(at).get(purpose) if purpose else None
    found = states([customer.ref for customer in customers], at, purposes=[known.code]) if known else {}
    return Consents(known, found, actor, timezone.localdate(at).year)


def may_be_minor(customer: Customer, year: int) -> bool:
    """Tell whether the customer may be under 14, from the year of birth that is held open."""
    born = customer.open.get("birth_year", "")
    return isinstance(born, str) and born.isdigit() and year - int(born) < ADULT_YEARS
