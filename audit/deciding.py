"""Who decides about findings and cases: the data security officer, and never anybody about themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from staff.models import Person
from staff.permissions import may
from staff.queries import holders_of, signers_for_person
from staff.roles import OFFICER
from trail.actor import Actor

DECIDE, SIGN = "findings.decide", "audit.sign"


def may_decide(by: Actor, people: Collection[UUID], at: datetime) -> bool:
    """Return whether `by` decides about these people: another officer, or who signs for an officer it is about."""
    # SECURITY: nobody decides about themselves (law 9).
    if by.id is None or by.id in people:
        return False
    return may(by, DECIDE) or answers_for(by, people, at)


def answers_for(by: Actor, people: Collection[UUID], at: datetime) -> bool:
    """Return whether all of these people are officers for whom `by` signs."""
    if not people or not set(people) <= holders_of(OFFICER, at):
        return False
    found = Person.objects.filter(pk__in=people)
    return all(by.id in signers_for_person(person, at) for person in found)


def deciders(person: UUID | None, at: datetime) -> set[UUID]:
    """Return who is told of a finding: the officers, and of an officer also who signs for them."""
    officers = holders_of(OFFICER, at)
    told = set(officers) - {person}
    if person in officers:
        told |= signers_for_person(Person.objects.get(pk=person), at)
    return told - {person}
