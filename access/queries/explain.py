"""Explain: what a person may see of a customer, and why, with every rule that was tried. No values anywhere."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from access import clauses, words
from access.policy import Decision, Tried
from access.queries.asking import load
from access.queries.cards import as_held
from access.queries.reach import reached_as
from classification.queries import catalogue
from customers import queries as customers
from customers.models import Customer
from staff import queries as staff
from staff.acting import actor_of
from staff.models import Person
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLine:
    """One rule as it was tried, in words."""

    rule: str
    version: int
    clause: str
    clause_words: str
    outcome: str
    fits: bool
    deciding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldExplained:
    """One field with its decision."""

    code: str
    label: str
    level: int
    decision: Decision

    @property
    def view(self) -> str:
        """The view, in words."""
        return str(words.VIEWS[self.decision.view])

    @property
    def why(self) -> str:
        """The reason, in words."""
        return words.why(self.decision)

    @property
    def next_step(self) -> str:
        """What would change the answer."""
        return words.next_step(self.decision)

    @property
    def rule(self) -> str:
        """The deciding rule."""
        return words.rule(self.decision)

    @property
    def clause(self) -> str:
        """The clause of the deciding rule."""
        return words.clause(self.decision)

    @property
    def tried(self) -> tuple[TriedLine, ...]:
        """Every rule tried; those that speak about this level first."""
        ordered = sorted(self.decision.tried, key=lambda one: (not one.deciding, not one.fits, one.mismatch))
        return tuple(_line(one) for one in ordered)

    @property
    def close(self) -> tuple[TriedLine, ...]:
        """The rules of this level and of the person's roles: those worth reading."""
        near = [one for one in self.decision.tried if one.mismatch not in ("role", "level")]
        return tuple(_line(one) for one in near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one person may see of one customer, field by field."""

    person: Actor
    customer: UUID
    number: str
    tier: str
    portfolio: str
    reached_as: frozenset[str]
    fields: tuple[FieldExplained, ...]


class UnknownPerson(LookupError):
    """No account has this staff number now."""


def explain(
    person_number: str,
    customer_number: str,
    at: datetime,
    *,
    in_contact: bool = False,
    with_reason: bool = False,
    zone: str = "",
    purpose: str = "",
) -> Explanation:
    """Work out every decision for a person and a customer by number.

    :raises UnknownPerson: no account has this staff number.
    :raises Customer.DoesNotExist: no customer has this number.
    """
    person = replace(_person(person_number, at), zone=zone)
    customer = (
        Customer.objects.select_related("portfolio")
        .only("ref", "number", "tier", "open", "sealed", "portfolio__code", "portfolio__name")
        .get(number=customer_number)
    )
    visible = customers.visible_to(person, at).filter(pk=customer.pk).exists()
    reached = reached_as(person, [customer], at)[customer.ref] if visible else frozenset()
    asking = load(person, [customer], at, in_contact=in_contact, with_reason=with_reason, purpose=purpose)
    return Explanation(
        person=person,
        customer=customer.ref,
        number=customer.number,
        tier=customer.tier,
        portfolio=customer.portfolio.name,
        reached_as=reached,
        fields=tuple(
            FieldExplained(
                code=spec.code,
                label=spec.label,
                level=spec.level,
                decision=asking.decided(customer, spec, reached)[0],
            )
            for spec in (as_held(customer, one) for one in catalogue(at).fields)
        ),
    )


def _person(number: str, at: datetime) -> Actor:
    account = Person.objects.filter(number__iexact=number, left_at__isnull=True).values_list("pk", flat=True)
    standing = next((staff.standing(pk, at) for pk in account), None)
    if standing is None:
        raise UnknownPerson
    return actor_of(standing, ip=None)


def _line(one: Tried) -> TriedLine:
    return TriedLine(
        rule=one.rule.code,
        version=one.rule.version,
        clause=one.rule.clause,
        clause_words=clauses.words(one.rule.clause),
        outcome=words.outcome(one),
        fits=one.fits,
        deciding=one.deciding,
    )
