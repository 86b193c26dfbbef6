"""Rights of people: giving is proposed here and signed elsewhere, taking away works at once (law 8).

The signer's own pages call `approvals.services.approve`; the last signature carries the act out
(`access.proposals`). After a signed enrolment the link goes out by `send_enrolment`, or each of the two people
fetches their half (`staff.services.enrolments.fetch_link`, `fetch_code`).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.services import review_decisions
from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from customers.models import CustomerPersonPermission, PortfolioPersonPermission
from customers.queries import visible_to
from customers.services import placing
from staff.events import MOVED
from staff.models import Department, Freeze, Headship, Person
from staff.models.rights import frozen_at, live
from staff.permissions import may
from staff.services import people
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


def propose_change(
    *, person: UUID, email: str, valid_until: datetime | None, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose another mail address (it receives enrolment links) or another end of an account."""
    until = valid_until.isoformat() if valid_until else ""
    content = {"person": str(person), "email": email.strip(), "valid_until": until}
    return approvals.propose("person.change", content=content, reason_text=reason, by=by, at=at)


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


def propose_customer_move(
    *, customer: UUID, portfolio: str, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose, as a supervisor, that a customer moves to another portfolio."""
    content = _placing(customer, by, at) | {"portfolio": portfolio}
    return approvals.propose("customer.move", content=content, reason_text=reason, by=by, at=at)


def propose_customer_tier(*, customer: UUID, tier: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose, as a supervisor, another tier for a customer."""
    content = _placing(customer, by, at) | {"tier": tier}
    return approvals.propose("customer.tier", content=content, reason_text=reason, by=by, at=at)


def _placing(customer: UUID, by: Actor, at: datetime) -> dict[str, str]:
    """Return where a customer stands today; the signature is of that, too."""
    found = visible_to(by, at).select_related("portfolio").filter(ref=customer).first()
    if found is None:
        raise CannotApply("unknown_customer")
    today = {"portfolio": found.portfolio.code, "tier": found.tier}
    former = {"from_portfolio": found.portfolio.code, "from_tier": found.tier}
    return {"customer": str(customer), "proposer": str(by.id), **former, **today}


def take_portfolio(*, person: UUID, portfolio: str, by: Actor, at: datetime) -> None:
    """End a person's portfolio from now on.

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person does not serve it.
    """
    _insist(by, "people.take_away")
    held = PortfolioPersonPermission.objects.filter(user_id=person, content_object__code=portfolio)
    if not held.exists():
        raise NothingToTake
    placing.take_portfolio(portfolio=portfolio, person=person, by=by, at=at)


def take_customer(*, person: UUID, customer: UUID, by: Actor, at: datetime) -> None:
    """End a person's single customer from now on, as a supervisor who reaches that customer.

    :raises NotAllowed: without `customer.move`.
    :raises NothingToTake: out of reach, or not given.
    """
    _insist(by, "customer.move")
    held = CustomerPersonPermission.objects.filter(user_id=person, content_object__ref=customer)
    if not visible_to(by, at).filter(ref=customer).exists() or not held.exists():
        raise NothingToTake
    placing.unassign(ref=customer, person=person, by=by, at=at)


def end_reach(person: Person, *, by: Actor, at: datetime) -> None:
    """End every portfolio and single customer of a person, as part of an act that takes away."""
    books = PortfolioPersonPermission.objects.filter(user=person)
    for code in list(books.values_list("content_object__code", flat=True)):
        placing.take_portfolio(portfolio=code, person=person.pk, by=by, at=at)
    singles = CustomerPersonPermission.objects.filter(user=person)
    for ref in list(singles.values_list("content_object__ref", flat=True)):
        placing.unassign(ref=ref, person=person.pk, by=by, at=at)


def move(person: Person, to: Department, *, proposal: str = "", by: Actor, at: datetime) -> None:
    """Move a person, whose row the caller holds; headships, portfolios and single customers end (S0-31)."""
    former = person.department.code
    Headship.objects.filter(live(at), person=person).update(until=at)
    end_reach(person, by=by, at=at)
    person.department = to
    person.moved_at = at
    person.save(update_fields=["department", "moved_at"])
    facts = {"person": str(person.pk), "from": former, "to": to.code, "proposal": proposal}
    trail.record(MOVED, by=by, at=at, facts=facts)


def leave(person: UUID, *, by: Actor, at: datetime) -> None:
    """Write down that a person has left; roles, sessions, portfolios and single customers end at once (S0-31).

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person has left already.
    """
    with transaction.atomic():
        people.leave(person, by=by, at=at)
        end_reach(Person.objects.get(pk=person), by=by, at=at)
        review_decisions.close_ended(person, by=by, at=at)


def _insist(by: Actor, permission: str) -> None:
    if not may(by, permission):
        raise NotAllowed(permission)
