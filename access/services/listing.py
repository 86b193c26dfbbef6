"""Show pages of customers and single ones: cards whose showing is in the trail before anyone reads them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from access import events
from access.cards import Card
from access.models import ReasonGiven
from access.queries import cards
from access.queries.budgets import HOME
from access.services import budgets
from classification.queries import Catalogue
from customers.models import Contact, Customer
from trail import exposed
from trail import services as trail
from trail.actor import Actor

PAGE_ROWS = 25


def list_page(
    customers: Sequence[Customer],
    *,
    how: str,
    page: int,
    by: Actor,
    at: datetime,
    fields: Collection[str] | None = None,
    catalogue: Catalogue | None = None,
) -> list[Card]:
    """Give the cards of one page of a list or of search results, after recording what it shows.

    :param customers: one page, fetched from `visible_to` with the portfolio.
    :param how: a code of how they were found ("list", "number", "mobile" …), never what was typed.
    :raises access.services.budgets.OverBudget: after the refusal is recorded; one's own start page has no budget.
    :raises trail.services.TrailUnavailable: nothing may be shown.
    """
    with budgets.refusals_recorded(by=by, at=at), transaction.atomic():
        if how != HOME:
            budgets.spend_pages(len(customers), by=by, at=at)
        shown = cards.cards(by, customers, at, fields=fields, catalogue=catalogue)
        trail.record(
            events.CUSTOMERS_LISTED,
            by=by,
            at=at,
            facts={"how": how, "page": page, "rows": len(shown)},
            exposures=[card.exposed(exposed.LISTED) for card in shown],
        )
    return shown


def open_card(
    customer: Customer,
    *,
    contact: Contact | None,
    by: Actor,
    at: datetime,
    catalogue: Catalogue | None = None,
) -> Card:
    """Give the whole card of one customer, after recording that it was opened.

    :param contact: the open contact of this person with this customer, if the person has them.
    :raises trail.services.TrailUnavailable: nothing may be shown.
    """
    with transaction.atomic():
        given = contact is not None and ReasonGiven.objects.filter(contact=contact).exists()
        (card,) = cards.cards(
            by,
            [customer],
            at,
            catalogue=catalogue,
            in_contact=contact is not None,
            with_reason=given,
            purpose=contact.purpose if contact else "",
        )
        trail.record(
            events.CUSTOMER_OPENED,
            by=by,
            at=at,
            facts={"held": len(card.held)},
            exposures=[card.exposed(exposed.OPENED)],
            purpose=contact.purpose if contact else "",
            contact=contact.id if contact else None,
        )
    return card
