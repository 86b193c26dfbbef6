"""What consent says to the reads of one page: three queries, whatever the number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from access.consents import NOTHING, Says, says
from classification.purposes import PurposeSpec, purpose_at
from classification.queries import FieldSpec
from consent.queries.states import States, states
from customers.facts import may_be_under
from customers.models import Customer
from lawbook.queries import fact
from trail.actor import Actor

GUARDIAN_AGE = "guardian_age"
SENSITIVE_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Consents:
    """The purpose of the contact and the answers of these customers to it."""

    purpose: PurposeSpec | None
    states: States
    actor: Actor
    at: datetime
    guardian_age: int

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
            minor=may_be_under(customer, self.guardian_age, timezone.localdate(self.at).year),
            reader=self.actor.id,
            roles=self.actor.roles,
        )


def load(actor: Actor, customers: Sequence[Customer], purpose: str, at: datetime) -> Consents:
    """Fetch what consent says for one purpose; "" is no purpose at all and costs no query."""
    known = purpose_at(purpose, at) if purpose else None
    found = states([customer.ref for customer in customers], at, purposes=[known.code]) if known else {}
    # Whether a guardian is wanted matters only where somebody has answered at all.
    age = fact(GUARDIAN_AGE, at).value if found else 0
    return Consents(known, found, actor, at, age)


def may_be_minor(customer: Customer, at: datetime) -> bool:
    """Tell whether the customer may be so young that a guardian has to consent (PIPL 31)."""
    return may_be_under(customer, fact(GUARDIAN_AGE, at).value, timezone.localdate(at).year)
