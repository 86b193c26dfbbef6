"""Search, list and the page of one customer."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.budgets import CLEAR, LISTS
from access.queries.customer_consents import of_customer
from access.queries.requests import for_customer as grants_of
from access.services import compare as compares
from access.services import listing
from classification.purposes import PurposeSpec, purposes_asked
from classification.purposes import purposes as purposes_of
from classification.queries import Catalogue, catalogue, catalogue_asked
from classification.schedules import schedules_asked
from customers import lists
from customers import search as finding
from customers.contacts import over_without_line
from customers.models import Contact, Customer, channels, tiers
from customers.queries import portfolios_seen_by, visible_to
from customers.services import contacts
from desk import searches
from desk.customer_pages import LIST_FIELDS, rows_of, sections_of
from desk.permission import DeskRequest, allowed
from desk.shown_budgets import meters
from desk.shown_consents import consents_shown
from desk.shown_requests import lines as grant_lines
from desk.shown_retention import kept_lines, to_confirm
from staff.permissions import may
from trail.questions import ask_together


@allowed("customer.find", methods=["GET", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    """Show the search box; take a search, keep it in the session and go to its results."""
    known = catalogue(request.at)
    if request.method == "POST":
        how, typed = request.POST.get("how", finding.ANY), request.POST.get("typed", "").strip()
        if typed and how in dict(searches.ways(known)):
            token = searches.keep(request.session, how, typed)
            return HttpResponseRedirect(reverse("desk:results", args=[token]))
        messages.warning(request, _("Type what you are looking for."))
    return render(
        request,
        "desk/customers/search.html",
        {
            "ways": searches.ways(known),
            "how": finding.ANY,
            "not_searchable": searches.not_searchable(known),
            "over": _over_without_line(request),
            "meters": meters(request.actor, request.at),
        },
    )


@allowed("customer.find", methods=["GET"])
def results(request: DeskRequest, token: str) -> HttpResponse:
    """Show one page of what a kept search finds now."""
    asked = searches.kept(request.session, token)
    if asked is None:
        messages.info(request, _("This search is no longer kept; please search again."))
        return HttpResponseRedirect(reverse("desk:search"))
    known = catalogue(request.at)
    facts: dict[str, object] = {
        "token": token,
        "ways": searches.ways(known),
        "how": asked.how,
        "said": searches.said(asked, known),
        "not_searchable": searches.not_searchable(known),
    }
    try:
        page = finding.search(
            request.actor, asked.how, asked.typed, request.at, number=_number(request), known=known
        )
    except finding.NotSearchable as problem:
        facts["problem"] = str(problem)
    except finding.NothingTyped:
        facts["problem"] = _("What was typed cannot be a value of this kind.")
    else:
        shown = listing.list_page(
            page.rows,
            how=asked.code,
            page=page.number,
            by=request.actor,
            at=request.at,
            fields=LIST_FIELDS,
            catalogue=known,
        )
        facts |= {**_paged(page), "rows": rows_of(shown), "columns": _columns(known)}
        facts["meters"] = meters(request.actor, request.at, which=(LISTS,))
    return render(request, "desk/customers/results.html", facts)


@allowed("customer.find", methods=["GET"])
def customer_list(request: DeskRequest) -> HttpResponse:
    """List the customers within reach, 25 at a time."""
    known = catalogue(request.at)
    portfolios = list(portfolios_seen_by(request.actor, request.at).order_by("code"))
    portfolio = request.GET.get("portfolio", "")
    portfolio = portfolio if portfolio in {one.code for one in portfolios} else ""
    tier = request.GET.get("tier", "")
    tier = tier if tier in dict(tiers()) else ""
    order = request.GET.get("order", lists.BY_NUMBER)
    order = order if order in (lists.BY_NUMBER, lists.BY_NAME) else lists.BY_NUMBER
    page = lists.page(
        request.actor, request.at, number=_number(request), order=order, portfolio=portfolio, tier=tier
    )
    shown = listing.list_page(
        page.rows,
        how="list",
        page=page.number,
        by=request.actor,
        at=request.at,
        fields=LIST_FIELDS,
        catalogue=known,
    )
    facts = {
        **_paged(page),
        "rows": rows_of(shown),
        "columns": _columns(known),
        "portfolios": [(one.code, one.name) for one in portfolios],
        "portfolio": portfolio,
        "tiers": [(code, str(words)) for code, words in tiers()],
        "tier": tier,
        "order": order,
        "meters": meters(request.actor, request.at, which=(LISTS,)),
        "filtered": _filtered({one.code: one.name for one in portfolios}.get(portfolio, ""), tier),
    }
    return render(request, "desk/customers/list.html", facts)


@allowed("customer.open", methods=["GET"])
def customer(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Open one customer: start or carry on the contact, decide every value, record, show."""
    found = fetch(request, ref)
    contact = _contact(request, found)
    known, purposes, kept = ask_together(
        catalogue_asked(request.at), purposes_asked(request.at), schedules_asked(request.at)
    )
    card = listing.open_card(found, contact=contact, by=request.actor, at=request.at, catalogue=known)
    left = compares.wrong_left(found, request.at)
    facts = {
        "card": card,
        "sections": sections_of(card),
        "comparable": [value for value in card.held if value.comparable],
        "tier": dict(tiers()).get(card.tier, card.tier),
        "left": left,
        "contact": contact,
        "may_edit": may(request.actor, "customer.edit"),
        "meters": meters(request.actor, request.at, which=(CLEAR,)),
        "consents": consents_shown(
            of_customer(
                found,
                held=[value.code for value in card.held],
                reader=request.actor,
                at=request.at,
                known=purposes,
            ),
            known,
            opens=may(request.actor, "consent.confirm"),
        ),
        "grants": grant_lines(grants_of(request.actor, found.ref, request.at), request.at)
        if may(request.actor, "request.ask")
        else [],
        "kept": kept_lines(found, card, known, kept, purposes, request.at),
        "confirms": to_confirm(found, card, known, kept, request.at)
        if may(request.actor, "customer.edit")
        else [],
        **strip(request, contact, purposes),
    }
    return render(request, "desk/customers/customer.html", facts)


def fetch(request: DeskRequest, ref: UUID) -> Customer:
    """Return a customer within reach; what is out of reach does not exist."""
    try:
        return visible_to(request.actor, request.at).select_related("portfolio").get(ref=ref)
    except Customer.DoesNotExist:
        raise Http404 from None


def strip(
    request: DeskRequest, contact: Contact | None, every: Mapping[str, PurposeSpec] | None = None
) -> dict[str, object]:
    """Return what the contact strip shows; `every`: the purposes in force, where the caller has them."""
    every = purposes_of(request.at) if every is None else every
    pickable = [one for one in every.values() if one.roles & request.actor.roles]
    return {
        "contact": contact,
        "channels": [(code, str(words)) for code, words in channels()],
        "purposes": [(one.code, str(one)) for one in pickable],
    }


def _contact(request: DeskRequest, found: Customer) -> Contact | None:
    try:
        return contacts.touch(ref=found.ref, by=request.actor, at=request.at, customer=found)
    except contacts.NoContact:
        return None


def _over_without_line(request: DeskRequest) -> list[dict[str, object]]:
    """Return the person's contacts that ended without a line, to be closed here."""
    if request.actor.id is None:
        return []
    reach = visible_to(request.actor, request.at)
    found = over_without_line(request.actor.id, request.at).filter(customer__in=reach)[:5]
    return [
        {"id": one.pk, "ref": one.customer.ref, "number": one.customer.number, "at": one.opened_at}
        for one in found
    ]


def _number(request: DeskRequest) -> int:
    given = request.GET.get("page", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1


def _paged(page: lists.Page) -> dict[str, object]:
    """Return the page with the numbers of its neighbours."""
    return {"page": page, "before": page.number - 1, "after": page.number + 1}


def _columns(known: Catalogue) -> list[str]:
    return [known.get(code).label for code in LIST_FIELDS if code in known]


def _filtered(portfolio: str, tier: str) -> str:
    """Say in words what a list is narrowed to."""
    parts = []
    if portfolio:
        parts.append(_("portfolio %(name)s") % {"name": portfolio})
    if tier:
        parts.append(_("tier %(name)s") % {"name": dict(tiers())[tier]})
    return " · ".join(parts)
