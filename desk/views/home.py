"""The first page of each role, and the bell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.grants import Granting
from access.queries import requests as asked
from access.services import listing
from approvals import queries as approvals
from customers import queries as customers
from customers.models import Contact, Customer
from desk import numbers, setup, shown_budgets, words
from desk.navigation import badges_for
from desk.permission import DeskRequest, allowed
from desk.shown_requests import RequestLine, lines
from desk.views import aggregates
from staff.models import Notification
from staff.permissions import may
from staff.roles import ANALYST
from staff.services import notifications as bell
from vault.away import KeysAway

RECENT = 8
OPEN_REQUESTS = 5
LOOKED_THROUGH = 60
RECENT_DAYS = timedelta(days=14)
ROWS = 50


@dataclass(frozen=True, slots=True)
class RecentCustomer:
    """A customer that the person dealt with lately; `open` while the contact lasts."""

    ref: UUID
    number: str
    name: str
    portfolio: str
    channel: str
    at: datetime
    open: bool


@allowed("", methods=["GET"])
def home(request: DeskRequest) -> HttpResponse:
    """Show what this person's roles begin the day with."""
    actor, at = request.actor, request.at
    serves = may(actor, "contact.start")
    lately, away = recent_or_away(request) if serves else ([], False)
    facts = {
        "serves": serves,
        "recent": lately,
        "recent_away": away,
        "panels": numbers.panels(actor, at),
        "waiting": len(approvals.inbox(actor, at)),
        "team": shown_budgets.team(actor, at),
        "steps": setup.steps(actor, at),
        "requests": open_requests(request),
        "analyst": ANALYST in actor.roles,
        "shown": aggregates.at_home(request) if may(actor, "aggregates.read") else None,
    }
    return render(request, "desk/home/home.html", facts)


def open_requests(request: DeskRequest) -> list[RequestLine]:
    """Return the person's usage requests that wait or are in force, for those who ask."""
    if not may(request.actor, "request.ask"):
        return []
    mine = asked.of_person(request.actor.id, request.at, limit=20)
    going = [one for one in mine if one.state in (Granting.PENDING, Granting.LIVE, Granting.NOT_STARTED)]
    return lines(going[:OPEN_REQUESTS], request.at)


def recent_or_away(request: DeskRequest) -> tuple[list[RecentCustomer], bool]:
    """Return the customers of the latest contacts; on a sealed site none, and that they wait for the keys."""
    try:
        return recent(request), False
    except KeysAway:
        return [], True


def recent(request: DeskRequest) -> list[RecentCustomer]:
    """Return the customers of this person's latest contacts that are still within reach; showing them is an event."""
    actor, at = request.actor, request.at
    assert actor.id is not None
    contacts = Contact.objects.filter(person_id=actor.id, opened_at__gt=at - RECENT_DAYS)
    latest: dict[int, Contact] = {}
    for contact in contacts.order_by("-opened_at")[:LOOKED_THROUGH]:
        latest.setdefault(contact.customer_id, contact)
    reach = customers.visible_to(actor, at).filter(pk__in=list(latest)[:RECENT]).select_related("portfolio")
    rows: dict[int, Customer] = {row.pk: row for row in reach}
    shown = [rows[pk] for pk in latest if pk in rows]
    if not shown:
        return []
    cards = listing.list_page(shown, how="recent", page=1, by=actor, at=at, fields=("full_name",))
    by_ref = {row.ref: latest[row.pk] for row in shown}
    return [
        RecentCustomer(
            ref=card.ref,
            number=card.number,
            name=card.values[0].text if card.values else "",
            portfolio=card.portfolio_name,
            channel=by_ref[card.ref].get_channel_display(),
            at=by_ref[card.ref].last_act_at,
            open=customers.is_live_contact(by_ref[card.ref], at),
        )
        for card in cards
    ]


@allowed("", methods=["GET", "POST"])
def notifications(request: DeskRequest) -> HttpResponse:
    """List the notifications of this person, or mark all of them as read."""
    assert request.actor.id is not None
    if request.method == "POST":
        bell.mark_read(request.actor.id, at=request.at)
        return HttpResponseRedirect(reverse("desk:notifications"))
    found = Notification.objects.filter(person_id=request.actor.id)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    lines = [(note, words.notification(note.code, note.params)) for note in page]
    return render(request, "desk/home/notifications.html", {"page": page, "lines": lines})


@allowed("", methods=["GET"])
def badges(request: DeskRequest) -> HttpResponse:
    """Say how much waits behind the places of the navigation; a page asks for it once it is shown."""
    return render(request, "desk/_badges.html", {"badges": badges_for(request.actor, request.at)})
