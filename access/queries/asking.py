"""The one question of the house: may this actor read this field of this customer now? (law 6)

Cards, point checks, exports and explanations all ask here, so that there is one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from access.policy import UNRESTRICTED, Decision, Question, Restricted, Rule, could_be, decide, told
from access.queries import consents as of_customers
from access.queries import grants as of_requests
from access.queries import rules as reading_rules
from access.queries.consents import Consents
from access.queries.grants import Grants
from classification.queries import FieldSpec
from customers import restrictions
from customers.models import Customer
from trail.actor import Actor
from trail.questions import ask_together

Answer = tuple[Decision, Decision]
"""What is so now, and what a contact and a reason would bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One person, some customers, one purpose: everything that decides their reads, fetched once."""

    actor: Actor
    rules: Sequence[Rule]
    consents: Consents
    grants: Grants
    restricted: restrictions.Restricted
    in_contact: bool
    with_reason: bool
    _remembered: dict[Question, Answer] = field(default_factory=dict, repr=False)

    def decided(self, customer: Customer, spec: FieldSpec, reached: frozenset[str]) -> Answer:
        """Decide; the same question is worked out once, because a page asks the same few hundreds of times."""
        said = self.consents.says(customer, spec)
        held = self.grants.held(customer, spec, said)
        stored = self._restriction(customer, spec)
        asked = Question(
            roles=self.actor.roles,
            reached_as=reached,
            level=spec.level,
            category=spec.category,
            tier=customer.tier,
            zone=self.actor.zone,
            has_contact=self.in_contact,
            has_reason=self.in_contact and self.with_reason,
            consent=said.saying,
            for_business=self.consents.for_business,
            grant=held.state,
            lacking=self.actor.lacking,
            restricted=stored.basis,
        )
        if asked not in self._remembered:
            self._remembered[asked] = (decide(asked, self.rules), could_be(asked, self.rules))
        now, could = self._remembered[asked]
        return told(now, said, held, stored), told(could, said, held, stored)

    def _restriction(self, customer: Customer, spec: FieldSpec) -> Restricted:
        """Say on what basis a value is only stored; a derived one with the value that it comes from."""
        for code in filter(None, (spec.code, spec.base[0])):
            if row := restrictions.restriction_of(self.restricted, customer.pk, code):
                return Restricted(basis=row.basis, kept_until=row.kept_until)
        return UNRESTRICTED


def load(
    actor: Actor,
    customers: Sequence[Customer],
    at: datetime,
    *,
    rules: Sequence[Rule] | None = None,
    in_contact: bool = False,
    with_reason: bool = False,
    purpose: str = "",
) -> Asking:
    """Fetch rules, restrictions, consents and usage requests for one purpose, all in one round trip.

    :param purpose: "" is none at all, and has neither consents nor grants.
    """
    named = actor.id is not None and bool(purpose)
    stored, known, *said = ask_together(
        restrictions.restricted_asked([one.pk for one in customers], at),
        reading_rules.asked(at),
        *(of_customers.asked(customers, purpose, at) if purpose else ()),
        *((of_requests.asked(actor, customers, at),) if named else ()),
    )
    scopes = said.pop() if named else ()
    consents = of_customers.found(actor, at, *said) if purpose else of_customers.nothing(actor, at)
    return Asking(
        actor=actor,
        rules=rules if rules is not None else known,
        consents=consents,
        # A purpose that is not in force has no grants.
        grants=Grants(scopes if consents.purpose else (), actor, consents, at),
        restricted=stored,
        in_contact=in_contact,
        with_reason=with_reason,
    )
