"""Proposals about whose customers somebody serves: a portfolio, or one customer.

A portfolio is proposed by a security manager and signed by the head of the person's department. A single customer is
proposed by a supervisor who reaches that customer and signed by the head of the department that holds the portfolio;
so are the move of a customer to another portfolio, and a customer's tier.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from customers.models import (
    TIERS,
    Customer,
    CustomerPersonPermission,
    Portfolio,
    PortfolioPersonPermission,
    given,
    tiers,
)
from customers.queries import visible_to
from customers.services import placing
from staff import queries
from staff.models import Person
from staff.roles import AGENT
from trail.actor import Actor


def portfolio(code: str) -> Portfolio:
    """Return a portfolio.

    :raises CannotApply: there is none of this code.
    """
    found = Portfolio.objects.filter(code=code).first()
    if found is None:
        raise CannotApply("unknown_portfolio", portfolio=code)
    return found


def serves(person: Person, book: Portfolio, at: datetime) -> bool:
    """Return whether a portfolio is given to this person."""
    return PortfolioPersonPermission.objects.filter(given(at), user=person, content_object=book).exists()


def check_portfolio(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a portfolio that could not be given."""
    subjects.insist_not_self(content, by)
    insist_portfolio(subjects.subject(content), content, at)


def insist_portfolio(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can be given this portfolio now."""
    subjects.insist_working(person, at)
    if serves(person, portfolio(content["portfolio"]), at):
        raise CannotApply("held_already", number=person.number)


def apply_portfolio(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Portfolio:
    """Give the portfolio."""
    person = subjects.subject(content, locked=True)
    insist_portfolio(person, content, at)
    book = portfolio(content["portfolio"])
    placing.give_portfolio(portfolio=book.code, person=person.pk, by=by, at=at, request=str(proposal.pk))
    return book


def describe_portfolio(content: Content) -> list[Line]:
    """Say who is to serve which portfolio."""
    return [subjects.line_of(content), Line(_("Portfolio"), after=str(portfolio(content["portfolio"])))]


def customer(content: Content) -> Customer:
    """Return the customer that a proposal names.

    :raises CannotApply: there is none.
    """
    found = (
        Customer.objects.select_related("portfolio__department").filter(ref=UUID(content["customer"])).first()
    )
    if found is None:
        raise CannotApply("unknown_customer")
    return found


def insist_reached(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a customer whom the proposer does not reach: to them there is none."""
    if content["proposer"] != str(by.id):
        raise CannotApply("for_yourself")
    if not visible_to(by, at).filter(ref=UUID(content["customer"])).exists():
        raise CannotApply("unknown_customer")


def check_customer(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a customer out of reach, and a person who could not serve them."""
    insist_reached(content, by, at)
    insist_customer(subjects.subject(content), content, at)


def insist_customer(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can be given this customer now."""
    subjects.insist_working(person, at)
    if AGENT not in queries.roles_of(person, at):
        raise CannotApply("not_an_agent", number=person.number)
    if CustomerPersonPermission.objects.filter(
        given(at), user=person, content_object=customer(content)
    ).exists():
        raise CannotApply("held_already", number=person.number)


def seats_customer(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head over the customer's portfolio, never the proposer's or the person's own."""
    never = {UUID(content[who]) for who in ("person", "proposer") if content.get(who)}
    holder = customer(content).portfolio.department_id
    return subjects.head_seat(queries.signers_for_department(holder, at, never=never))


def apply_customer(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Customer:
    """Give the customer."""
    person = subjects.subject(content, locked=True)
    insist_customer(person, content, at)
    given = customer(content)
    placing.assign(ref=given.ref, person=person.pk, by=by, at=at, request=str(proposal.pk))
    return given


def describe_customer(content: Content) -> list[Line]:
    """Say who is to serve which customer, by number."""
    given = customer(content)
    return [
        subjects.line_of(content),
        Line(_("Customer"), after=given.number),
        Line(_("Portfolio"), after=str(given.portfolio)),
    ]


def check_placing(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a move or a tier that could not be carried out."""
    insist_reached(content, by, at)
    insist_placing(content)


def insist_placing(content: Content) -> None:
    """Insist that the customer still stands where the proposal says, and can go where it asks."""
    today = customer(content)
    if (today.portfolio.code, today.tier) != (content["from_portfolio"], content["from_tier"]):
        raise CannotApply("changed_meanwhile")
    if content["tier"] not in TIERS:
        raise CannotApply("unknown_tier")
    portfolio(content["portfolio"])
    if (content["portfolio"], content["tier"]) == (today.portfolio.code, today.tier):
        raise CannotApply("held_already", number=today.number)


def apply_placing(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Customer:
    """Move the customer, or set the tier."""
    insist_placing(content)
    given, request = customer(content), str(proposal.pk)
    if content["portfolio"] != content["from_portfolio"]:
        placing.move(ref=given.ref, portfolio=content["portfolio"], by=by, at=at, request=request)
    if content["tier"] != content["from_tier"]:
        placing.set_tier(ref=given.ref, tier=content["tier"], by=by, at=at, request=request)
    return given


def describe_placing(content: Content) -> list[Line]:
    """Say where the customer stands and where they are to stand."""
    books = {book.code: str(book) for book in Portfolio.objects.all()}
    named = {code: str(words) for code, words in tiers()}

    def both(words: dict[str, str], what: str) -> dict[str, str]:
        former: str = content[f"from_{what}"]
        asked: str = content[what]
        return {"before": words.get(former, former), "after": words.get(asked, asked)}

    return [
        Line(_("Customer"), after=customer(content).number),
        Line(_("Portfolio"), **both(books, "portfolio")),
        Line(_("Customer tier"), **both(named, "tier")),
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
    *(
        ProposalKind(
            code=code,
            name=name,
            permission="customer.move",
            lifetime=timedelta(days=30),
            check=check_placing,
            seats=seats_customer,
            apply=apply_placing,
            describe=describe_placing,
        )
        for code, name in (
            ("customer.move", _("Move a customer to another portfolio")),
            ("customer.tier", _("Set a customer's tier")),
        )
    ),
)
