"""Rights of people: giving is proposed here and signed elsewhere, taking away works at once (law 8).

The signer's own pages call `approvals.services.approve`; the last signature carries the act out
(`access.proposals`). After a signed enrolment the link goes out by `send_enrolment`, or each of the two people
fetches their half (`staff.services.enrolments.fetch_link`, `fetch_code`).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.proposals.reach import exposed
from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from customers import events
from customers.models import CustomerPersonPermission, Portfolio, PortfolioPersonPermission
from customers.queries import visible_to
from staff.models import Freeze, Person
from staff.models.rights import frozen_at
from staff.permissions import may
from staff.services.people import NotAllowed, NothingToTake
from trail import services as trail
from trail.actor import Actor


def propose_person(
    *,
    number: str,
    name: str,
    department: str,
    roles: Iterable[str] = (),
    portfolios: Iterable[str] = (),
    email: str = "",
    valid_until: datetime | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose a new person with everything they start with; one signature sets them up completely."""
    content = {
        "number": number.strip(),
        "name": name.strip(),
        "email": email.strip(),
        "department": department,
        "valid_until": valid_until.isoformat() if valid_until else "",
        "roles": sorted(set(roles)),
        "portfolios": sorted(set(portfolios)),
    }
    return approvals.propose("person.new", content=content, reason_text=reason, by=by, at=at)


def propose_role(
    *, person: UUID, role: str, until: datetime | None = None, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose a role for a person, with an end where it has one."""
    content = {"person": str(person), "role": role, "until": until.isoformat() if until else ""}
    return approvals.propose("role.give", content=content, reason_text=reason, by=by, at=at)


def propose_headship(*, person: UUID, department: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a person leads a department."""
    content = {"person": str(person), "department": department}
    return approvals.propose("headship.give", content=content, reason_text=reason, by=by, at=at)


def propose_move(*, person: UUID, department: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a person moves to another department."""
    content = {"person": str(person), "department": department}
    return approvals.propose("person.move", content=content, reason_text=reason, by=by, at=at)


def propose_portfolio(*, person: UUID, portfolio: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a person serves a portfolio."""
    content = {"person": str(person), "portfolio": portfolio}
    return approvals.propose("portfolio.give", content=content, reason_text=reason, by=by, at=at)


def propose_customer(*, person: UUID, customer: UUID, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose, as a supervisor, that a person serves one customer."""
    content = {"person": str(person), "customer": str(customer), "proposer": str(by.id)}
    return approvals.propose("customer.give", content=content, reason_text=reason, by=by, at=at)


def propose_password_reset(*, person: UUID, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose a new password for a person; they set it themselves."""
    return approvals.propose(
        "password.reset", content={"person": str(person)}, reason_text=reason, by=by, at=at
    )


def propose_factor_reset(*, person: UUID, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose a new second factor for a person; they set it themselves."""
    return approvals.propose(
        "factor.reset", content={"person": str(person)}, reason_text=reason, by=by, at=at
    )


def propose_unfreeze(*, person: UUID, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose to end a person's freeze.

    :raises CannotApply: the person is not frozen.
    """
    row = Freeze.objects.filter(frozen_at(at), person_id=person).first()
    if row is None:
        raise CannotApply("not_frozen")
    content = {"person": str(person), "freeze": row.pk}
    return approvals.propose("freeze.undo", content=content, reason_text=reason, by=by, at=at)


def take_portfolio(*, person: UUID, portfolio: str, by: Actor, at: datetime) -> None:
    """End a person's portfolio from now on.

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person does not serve it.
    """
    _insist(by, "people.take_away")
    with transaction.atomic():
        book = Portfolio.objects.filter(code=portfolio).first()
        held = PortfolioPersonPermission.objects.filter(user_id=person, content_object=book)
        if book is None or not held.delete()[0]:
            raise NothingToTake
        facts = {"portfolio": portfolio, "person": str(person)}
        trail.record(events.PORTFOLIO_TAKEN, by=by, at=at, facts=facts)


def take_customer(*, person: UUID, customer: UUID, by: Actor, at: datetime) -> None:
    """End a person's single customer from now on, as a supervisor who reaches that customer.

    :raises NotAllowed: without `customer.move`.
    :raises NothingToTake: out of reach, or not given.
    """
    _insist(by, "customer.move")
    with transaction.atomic():
        given = visible_to(by, at).select_related("portfolio").filter(ref=customer).first()
        held = CustomerPersonPermission.objects.filter(user_id=person, content_object=given)
        if given is None or not held.delete()[0]:
            raise NothingToTake
        facts = {"person": str(person)}
        trail.record(events.TAKEN, by=by, at=at, facts=facts, exposures=[exposed(given)])


def end_reach(person: Person, *, by: Actor, at: datetime) -> None:
    """End every portfolio and single customer of a person, as part of an act that takes away."""
    for book in PortfolioPersonPermission.objects.filter(user=person).select_related("content_object"):
        facts = {"portfolio": book.content_object.code, "person": str(person.pk)}
        trail.record(events.PORTFOLIO_TAKEN, by=by, at=at, facts=facts)
        book.delete()
    singles = CustomerPersonPermission.objects.filter(user=person)
    for one in singles.select_related("content_object__portfolio"):
        facts = {"person": str(person.pk)}
        trail.record(events.TAKEN, by=by, at=at, facts=facts, exposures=[exposed(one.content_object)])
        one.delete()


def _insist(by: Actor, permission: str) -> None:
    if not may(by, permission):
        raise NotAllowed(permission)
