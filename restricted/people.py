"""Who acts here: a person of the main data, as what they were enrolled here."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from restricted.models import Request
from staff import acting, queries
from staff.acting import Facts
from staff.models import Department, Person
from staff.queries import Standing
from staff.roles import CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from trail.actor import Actor

READS = frozenset({SUPERVISOR, HEAD, OFFICER})
"""Who has business with L4 values (architecture.md §6)."""
SEALS = frozenset({CUSTODIAN, SECURITY, OFFICER})
KEEPS_KEYS = frozenset({CUSTODIAN})
ADMITTED = READS | SEALS
ASKS = frozenset({SUPERVISOR, HEAD})


class NotTheirs(Exception):
    """This act or page is for other roles."""


def insist(by: Actor, roles: frozenset[str]) -> None:
    """
    :raises NotTheirs: nobody of these roles acts.
    """
    if not by.roles & roles:
        raise NotTheirs


def by_number(number: str) -> Person | None:
    """Return the person with this staff number; of several, the one who has not left."""
    found = Person.objects.filter(number__iexact=number.strip())
    return found.order_by("left_at").first() if number.strip() else None


def actor(standing: Standing, enrolled: Collection[str], *, ip: str | None, facts: Facts) -> Actor:
    """Return who acts. SECURITY: a role counts when it was given both there and here, so that a row of the main
    data can take a role away but give none."""
    return replace(
        acting.actor_of(standing, ip=ip, facts=facts),
        roles=standing.roles & frozenset(enrolled) & ADMITTED,
    )


def heads_for(request: Request, at: datetime) -> frozenset[UUID]:
    """Return who signs as the applicant's department head; never the applicant."""
    department = Department.objects.filter(code=request.department).first()
    if department is None:
        return frozenset()
    never = {request.applicant}
    return queries.signers_for_department(department.pk, at, never=never) - never
