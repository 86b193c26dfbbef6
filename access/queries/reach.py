"""Through which of a person's roles a customer is reached, and which supervisors reach it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from customers import queries as customers
from customers.models import Customer
from staff import queries as staff
from staff.models import Person
from staff.roles import SUPERVISOR
from trail.actor import Actor

Reach = dict[UUID, frozenset[str]]


def reached_as(actor: Actor, fetched: Sequence[Customer], at: datetime) -> Reach:
    """Give for each customer the roles of the actor that reach it.

    One query per role for people with several, none for people with one: whoever comes here was fetched from
    `visible_to`, so that the only role is the one that reached.

    SECURITY: without this an agent who is also an officer would read clear values of every portfolio.
    """
    if len(actor.roles) == 1:
        return {customer.ref: actor.roles for customer in fetched}
    found: dict[UUID, set[str]] = defaultdict(set)
    ids = [customer.pk for customer in fetched]
    for role in sorted(actor.roles):
        alone = replace(actor, roles=frozenset({role}))
        for ref in customers.visible_to(alone, at).filter(pk__in=ids).values_list("ref", flat=True):
            found[ref].add(role)
    return {customer.ref: frozenset(found[customer.ref]) for customer in fetched}


def supervisors_of(customer: Customer, at: datetime) -> set[UUID]:
    """Return the supervisors who reach a customer through its portfolio's department."""
    above = staff.departments_above(customer.portfolio.department_id)
    found = Person.objects.filter(pk__in=staff.holders_of(SUPERVISOR, at), department_id__in=above)
    return set(found.values_list("pk", flat=True))
