"""The register of downstream systems: who holds copies elsewhere, and how their owners are told of a destruction."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from classification.queries import catalogue
from desk.forms_destruction import SystemForm
from desk.permission import DeskRequest, allowed
from desk.shown_destruction import system_lines
from retention.models import DownstreamSystem
from retention.services import systems as register
from retention.words import NOT_ENTERED
from staff.permissions import may


@allowed("destruction.read", methods=["GET"])
def systems(request: DeskRequest) -> HttpResponse:
    """List the systems; whoever checks destructions enters and changes them here."""
    known, chosen = catalogue(request.at), request.GET.get("system", "")
    if not chosen:
        return _page(request, SystemForm(known=known))
    row = next((one for one in DownstreamSystem.objects.filter(ended_at=None) if str(one.pk) == chosen), None)
    if row is None:
        raise Http404
    return _page(request, SystemForm(known=known, initial=SystemForm.initial_of(row)))


@allowed("destruction.check", methods=["POST"])
def system_save(request: DeskRequest) -> HttpResponse:
    """Enter a system or change what its row says."""
    form = SystemForm(request.POST, known=catalogue(request.at))
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        row = register.save(**form.said(), by=request.actor, at=request.at)
    except register.NotEntered as refused:
        form.add_error(None, str(NOT_ENTERED[refused.code]))
        return _page(request, form, status=409)
    messages.success(request, _("“%(name)s” stands in the register.") % {"name": row.name})
    return redirect("desk:systems")


@allowed("destruction.check", methods=["POST"])
def system_end(request: DeskRequest, id: UUID) -> HttpResponse:
    """Say that a system holds nothing any more."""
    try:
        register.end(id, by=request.actor, at=request.at)
    except register.NotEntered:
        raise Http404 from None
    messages.success(request, _("Later destructions do not name this system."))
    return redirect("desk:systems")


def _page(request: DeskRequest, form: SystemForm, *, status: int = 200) -> HttpResponse:
    writes = may(request.actor, "destruction.check")
    facts = {
        "lines": system_lines(request.at),
        "form": form if writes else None,
        "changes": form.initial.get("system") or form.data.get("system"),
    }
    return render(request, "desk/destruction/systems.html", facts, status=status)
