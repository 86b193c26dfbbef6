"""What of a customer is held apart, in L4: that it is there, and the forms that hand over and have it destroyed."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.services import apart as handing
from access.services.apart import DepositRefused
from customers.models import Customer
from desk.forms_apart import DepositForm, DestroyForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_apart import deposit_words, held_shown
from desk.views.customers import fetch
from files import apart as held
from staff.permissions import may


@allowed("customer.open", methods=["GET"])
def apart(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Say which L4 values of a customer exist, since when, and where they open."""
    return _page(request, fetch(request, ref))


@allowed("customer.edit", methods=["POST"])
def apart_deposit(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Hand one value over; it cannot be read back here."""
    found = fetch(request, ref)
    form = DepositForm(request.POST, request.FILES, fields=handing.fields_of_l4(request.at))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        handing.deposit(ref, form.cleaned_data["field"], form.brought, by=request.actor, at=request.at)
    except DepositRefused as refused:
        form.add_error(None, deposit_words(refused.code))
        return _page(request, found, form, status=409)
    messages.success(request, _("Handed over. From now on it opens on the restricted site only."))
    return redirect("desk:apart", ref=ref)


@allowed("apart.destroy", methods=["POST"])
def apart_destroy(request: DeskRequest, ref: UUID, id: UUID) -> HttpResponse:
    """Propose that one value is destroyed on the restricted host; a department head approves."""
    found, form = fetch(request, ref), DestroyForm(request.POST, auto_id=f"id_{id}_%s")
    if id not in {one.id for one in held.held(ref)}:
        raise Http404
    if not form.is_valid():
        return _page(request, found, refused={id: form}, status=422)
    made, problem = proposed(
        lambda: handing.propose_destruction(
            ref, id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
    )
    if made:
        return to_proposal(request, made)
    messages.error(request, problem)
    return _page(request, found, status=409)


def _page(
    request: DeskRequest,
    found: Customer,
    form: DepositForm | None = None,
    *,
    refused: Mapping[UUID, DestroyForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    enters = may(request.actor, "apart.enter") and bool(settings.RESTRICTED_URL)
    destroys = may(request.actor, "apart.destroy")
    rows = held_shown(
        found.ref, request.at, site=settings.RESTRICTED_URL if enters else "", destroys=destroys
    )
    facts = {
        "ref": found.ref,
        "number": found.number,
        "rows": [
            (row, (refused or {}).get(row.id) or DestroyForm(auto_id=f"id_{row.id}_%s")) for row in rows
        ],
        "set_up": held.is_set_up(),
        "answers": held.answers(request.at),
        "sealed": held.is_sealed(),
        "form": form or DepositForm(fields=handing.fields_of_l4(request.at)),
        "hands_over": may(request.actor, "customer.edit") and held.is_set_up(),
    }
    return render(request, "desk/apart/apart.html", facts, status=status)
