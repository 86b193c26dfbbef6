"""Create and edit customers through forms generated from the catalogue."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.services import listing
from classification.models import Scenario
from classification.queries import Catalogue, catalogue, scenarios
from customers.contacts import current
from customers.models import Contact
from customers.problems import Refused
from customers.queries import editable_by, portfolios_filled_by
from customers.services import records
from customers.services.records import Change, Saved, Stale
from desk.permission import DeskRequest, allowed
from desk.record_form import RecordForm
from desk.views.customers import fetch

NEW, UPKEEP = "registration", "maintenance"


@allowed("customer.create", methods=["GET", "POST"])
def customer_new(request: DeskRequest) -> HttpResponse:
    """Create a customer in one of the person's portfolios."""
    known, chosen = catalogue(request.at), _scenario(request, NEW)
    portfolios = list(portfolios_filled_by(request.actor, request.at).order_by("code"))
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        specs=known.asked_in(chosen.purposes),
        scenario=chosen,
        portfolios=portfolios,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = records.create(
                number=form.cleaned_data["number"],
                portfolio=form.cleaned_data["portfolio"],
                values=form.values,
                scenario=chosen.code,
                source=form.cleaned_data["source"],
                proof=form.cleaned_data["proof"],
                new_consent=form.cleaned_data["new_consent"],
                by=request.actor,
                at=request.at,
            )
        except Refused as refused:
            form.refuse(refused.problems)
        except records.NotFound:
            raise Http404 from None
        else:
            return _saved(request, saved)
    facts = {"form": form, "scenario": chosen, "scenarios": scenarios(), "portfolios": portfolios}
    return render(request, "desk/customers/form.html", facts, status=422 if form.errors else 200)


@allowed("customer.edit", methods=["GET", "POST"])
def customer_edit(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Edit a customer; the form names who changed what meanwhile instead of overwriting it."""
    found = fetch(request, ref)
    if not editable_by(request.actor, request.at).filter(pk=found.pk).exists():
        raise Http404
    known, chosen = catalogue(request.at), _scenario(request, UPKEEP)
    contact = current(request.actor.id, ref, request.at) if request.actor.id else None
    card = listing.open_card(found, contact=contact, by=request.actor, at=request.at, catalogue=known)
    specs = known.asked_in(chosen.purposes)
    form = RecordForm(
        request.POST if request.method == "POST" else None, specs=specs, scenario=chosen, card=card
    )
    facts = {"form": form, "card": card, "scenario": chosen, "scenarios": scenarios()}
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, _edit(request, ref, form, chosen, contact))
        except Refused as refused:
            form.refuse(refused.problems)
        except records.NotFound:
            raise Http404 from None
        except Stale as stale:
            facts |= _stale(form, stale, known)
            return render(request, "desk/customers/form.html", facts, status=409)
    return render(request, "desk/customers/form.html", facts, status=422 if form.errors else 200)


def _edit(
    request: DeskRequest, ref: UUID, form: RecordForm, chosen: Scenario, contact: Contact | None
) -> Saved:
    return records.edit(
        ref=ref,
        version=form.cleaned_data["version"],
        values=form.values,
        clear=form.cleared,
        scenario=chosen.code,
        source=form.cleaned_data["source"],
        proof=form.cleaned_data["proof"],
        by=request.actor,
        at=request.at,
        contact=contact.pk if contact else None,
    )


def _stale(form: RecordForm, stale: Stale, known: Catalogue) -> dict[str, object]:
    """Keep what was typed, move the form to the version of now, and say who wrote what meanwhile."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(stale.version)
    form.data = data
    return {"changes": [_change(change, known) for change in stale.changes], "stale": True}


def _change(change: Change, known: Catalogue) -> dict[str, object]:
    labels = [known.get(code).label if code in known else code for code in change.fields]
    return {"number": change.number, "name": change.name, "at": change.at, "fields": labels}


def _saved(request: DeskRequest, saved: Saved) -> HttpResponse:
    messages.success(request, _("Saved.") if saved.event else _("Nothing differed, so nothing was written."))
    if saved.same_person:
        numbers = _(", ").join(saved.same_person)
        messages.warning(request, _("The same ID number is held by: %(numbers)s") % {"numbers": numbers})
    return HttpResponseRedirect(reverse("desk:customer", args=[saved.ref]))


def _scenario(request: DeskRequest, usual: str) -> Scenario:
    """Return the scenario that the form was asked for in, the usual one unless another was chosen."""
    asked = request.GET.get("scenario", usual)
    known = {one.code: one for one in scenarios()}
    return known.get(asked) or known[usual]
