"""Who an import acts as: the person who started it, decided anew for every batch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from customers.models import Portfolio
from customers.reach import portfolios_imported_by
from staff.permissions import may
from staff.queries import WORKING, standing
from trail.actor import Actor


class MayNoLonger(PermissionError):
    """The person may not import there now: left, frozen, without the role, or without the portfolio."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def acting_person(person: UUID, at: datetime) -> Actor:
    """Return the person as an actor of a background job.

    :raises MayNoLonger: not working now, or no longer allowed to import.
    """
    found = standing(person, at)
    if found is None or found.state != WORKING:
        raise MayNoLonger("owner_gone")
    actor = Actor(
        id=found.person.pk,
        number=found.person.number,
        name=found.person.name,
        roles=found.roles,
        department=found.department,
        mode="system",
        lacking=found.lacking,
    )
    if not may(actor, "customer.import"):
        raise MayNoLonger("owner_may_not")
    return actor


def portfolio_for(actor: Actor, code: str, at: datetime) -> Portfolio:
    """Return the portfolio that new customers go into.

    :raises MayNoLonger: it is not within the reach of this person's imports.
    """
    portfolio = portfolios_imported_by(actor, at).filter(code=code).first()
    if portfolio is None:
        raise MayNoLonger("portfolio_not_available")
    return portfolio
