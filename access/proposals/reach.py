"""Proposals about whose customers somebody serves: a portfolio, or one customer.

A portfolio is proposed by a security manager and signed by the head of the person's department. A single customer is
proposed by a supervisor who reaches that customer and signed by the head of the department that holds the portfolio.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from customers import events
from customers.models import (
    SERVE_CUSTOMER,
    SERVE_PORTFOLIO,
    Customer,
    CustomerPersonPermission,
    Portfolio,
    PortfolioPersonPermission,
)
from customers.queries import visible_to
from staff import queries
from staff.models import Person
from staff.roles import AGENT
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed


def portfolio(code: str) -> Portfolio:
    """Return a portfolio.

    :raises CannotApply: there is none of this code.
    """
    found = Portfolio.objects.filter(code=code).first()
    if found is None:
        raise CannotApply("unknown_portfolio", portfolio=code)
    return found


def serves(person: Person, book: Portfolio) -> bool:
    """Return whether a portfolio is given to this person."""
    return PortfolioPersonPermission.objects.filter(
        user=person, content_object=book, permission__codename=SERVE_PORTFOLIO
    ).exists()


def check_portfolio(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a portfolio that could not be given."""
    subjects.insist_not_self(content, by)
    insist_portfolio(subjects.subject(content), content, at)


def insist_portfolio(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can be given this portfolio now."""
    subjects.insist_working(person, at)
    if serves(person, portfolio(content["portfolio"])):
        raise CannotApply("held_already", number=person.number)


def apply_portfolio(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Portfolio:
    """Give the portfolio."""
    person = subjects.subject(content, locked=True)
    insist_portfolio(person, content, at)
    book = portfolio(content["portfolio"])
    give_portfolio(person, book, by=by, at=at)
    return book


def give_portfolio(person: Person, book: Portfolio, *, by: Actor, at: datetime) -> None:
    """Write the object permission and its event; part of a signed act."""
    assign_perm(SERVE_PORTFOLIO, person, book)
    facts = {"portfolio": book.code, "person": str(person.pk)}
    trail.record(events.PORTFOLIO_GIVEN, by=by, at=at, facts=facts)


def describe_portfolio(content: Content) -> list[Line]:
    """Say who is to serve which portfolio."""
    return [subjects.line_of(content), Line(_("Portfolio"), after=str(portfolio(content["portfolio"])))]


def customer(content: Content) -> Customer:
    """Return the customer that a proposal names.

    :raises CannotApply: there is none.
    """
    found = Customer.objects.select_related("portfolio__department").filter(ref=UUID(content["customer"])).first()
    if found is None:
        raise CannotApply("unknown_customer")
    return found


def check_customer(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a customer whom the proposer does not reach, and a person who could not serve them."""
    if content["proposer"] != str(by.id):
        raise CannotApply("for_yourself")
    if not visible_to(by, at).filter(ref=UUID(content["customer"])).exists():
        raise CannotApply("unknown_customer")
    insist_customer(subjects.subject(content), content, at)


def insist_customer(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can be given this customer now."""
    subjects.insist_working(person, at)
    if AGENT not in queries.roles_of(person, at):
        raise CannotApply("not_an_agent", number=person.number)
    held = CustomerPersonPermission.objects.filter(
        user=person, content_object=customer(content), permission__codename=SERVE_CUSTOMER
    )
    if held.exists():
        raise CannotApply("held_already", number=person.number)


def seats_customer(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head over the customer's portfolio, never the proposer's or the person's own."""
    never = {UUID(content["person"]), UUID(content["proposer"])}
    holder = customer(content).portfolio.department_id
    return subjects.head_seat(queries.signers_for_department(holder, at, never=never))


def apply_customer(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Customer:
    """Give the customer."""
    person = subjects.subject(content, locked=True)
    insist_customer(person, content, at)
    given = customer(content)
    assign_perm(SERVE_CUSTOMER, person, given)
    trail.record(
        events.GIVEN,
        by=by,
        at=at,
        facts={"person": str(person.pk)},
        exposures=[exposed(given)],
        request=str(proposal.pk),
    )
    return given


def exposed(given: Customer) -> Exposed:
    """Return the exposure of an act on whom a customer is given to: nothing shown."""
    return Exposed(
        customer=given.ref, act="written", portfolio=given.portfolio.code, region=given.portfolio.region
    )


def describe_customer(content: Content) -> list[Line]:
    """Say who is to serve which customer, by number."""
    given = customer(content)
    return [
        subjects.line_of(content),
        Line(_("Customer"), after=given.number),
        Line(_("Portfolio"), after=str(given.portfolio)),
    ]


KINDS = (
    ProposalKind(
        code="portfolio.give",
        name=_("Give a portfolio"),
        permission="people.propose",
        lifetime=timedelta(days=30),
        check=check_portfolio,
        seats=subjects.seats_for_person,
        apply=apply_portfolio,
        describe=describe_portfolio,
    ),
    ProposalKind(
        code="customer.give",
        name=_("Give one customer"),
        permission="customer.move",
        check=check_customer,
        seats=seats_customer,
        apply=apply_customer,
        describe=describe_customer,
    ),
)
