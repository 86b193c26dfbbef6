"""What consent says to the reads of one page: one round trip, whatever the number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from access.consents import NOTHING, Says, says
from classification.purposes import PurposeSpec, purpose_asked
from classification.queries import FieldSpec
from consent.queries.states import States, states_asked
from customers.facts import may_be_under
from customers.models import Customer
from lawbook.queries import Fact, fact, fact_asked
from trail.actor import Actor
from trail.questions import Question, ask_together

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
    """Fetch what consent says for one purpose in one round trip; "" is no purpose at all and costs none."""
    if not purpose:
        return nothing(actor, at)
    return found(actor, at, *ask_together(*asked(customers, purpose, at)))


def asked(customers: Sequence[Customer], purpose: str, at: datetime) -> tuple[Question[Any], ...]:
    """Ask for what `found` takes: the purpose, the customers' answers to it, from when a child is none."""
    return (
        purpose_asked(purpose, at),
        states_asked([customer.ref for customer in customers], at, purposes=[purpose]),
        fact_asked(GUARDIAN_AGE, at),
    )


def nothing(actor: Actor, at: datetime) -> Consents:
    """Return what consent says where there is no purpose."""
    return Consents(None, {}, actor, at, 0)


def found(
    actor: Actor, at: datetime, purpose: PurposeSpec | None, said: States, guardian_age: Fact
) -> Consents:
    """Put the answers together; a purpose that is not in force has none."""
    return Consents(purpose, said if purpose else {}, actor, at, guardian_age.value)


def may_be_minor(customer: Customer, at: datetime) -> bool:
    """Tell whether the customer may be so young that a guardian has to consent (PIPL 31)."""
    return may_be_under(customer, fact(GUARDIAN_AGE, at).value, timezone.localdate(at).year)
