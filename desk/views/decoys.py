"""Decoy customers: plant them, and see which were touched."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models import Decoy
from audit.queries.decoys import touched
from audit.services import decoys as acts
from customers.models import Customer
from customers.services.planting import TooFewNeighbours
from desk.forms_leaks import PlantForm
from desk.permission import DeskRequest, allowed
from trail.words import ACT_NAMES

ROWS = 50
TOUCHES = timedelta(days=366)


@allowed("decoy.plant", methods=["GET", "POST"])
def decoys(request: DeskRequest) -> HttpResponse:
    """List the decoys with the last touch of each; plant more."""
    form = PlantForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _planted(request, form):
        return redirect("desk:decoys")
    page = Paginator(Decoy.objects.all(), ROWS).get_page(request.GET.get("page"))
    held = Customer.objects.select_related("portfolio").in_bulk(
        [one.customer for one in page], field_name="ref"
    )
    last = {touch.customer: touch for touch in touched(request.at - TOUCHES, request.at)}
    lines = [
        {
            "ref": one.customer,
            "number": held[one.customer].number if one.customer in held else "",
            "portfolio": held[one.customer].portfolio.name if one.customer in held else "",
            "at": one.planted_at,
            "by": one.planted_by_number,
            "touch": last.get(one.customer),
            "act": str(ACT_NAMES.get(last[one.customer].act, "")) if one.customer in last else "",
        }
        for one in page
    ]
    facts = {"form": form, "page": page, "lines": lines}
    return render(request, "desk/decoys/decoys.html", facts, status=422 if form.errors else 200)


def _planted(request: DeskRequest, form: PlantForm) -> bool:
    """Plant; False when the form now says why not."""
    portfolio, count = form.cleaned_data["portfolio"], form.cleaned_data["count"]
    try:
        acts.plant(portfolio, count, by=request.actor, at=request.at)
    except TooFewNeighbours:
        form.add_error("portfolio", _("This portfolio is too small to hide a decoy in."))
        return False
    words = ngettext("%(count)s decoy planted.", "%(count)s decoys planted.", count)
    messages.success(request, words % {"count": count})
    return True
