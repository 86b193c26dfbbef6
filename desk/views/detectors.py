"""What the audit looks for: the detectors, their thresholds and measured quality, and the working hours."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from audit.detectors import registry
from audit.services import thresholds as changing
from desk import shown_detectors
from desk.forms_detectors import HoursForm, ThresholdsForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from staff.permissions import may


@allowed("detectors.read", methods=["GET"])
def detectors(request: DeskRequest) -> HttpResponse:
    """Show every detector with its thresholds in force and what was measured of it."""
    facts = {"detectors": shown_detectors.every(request.at), "hours": shown_detectors.hours(request.at)}
    return render(request, "desk/detectors/detectors.html", facts)


@allowed("detectors.read", methods=["GET", "POST"])
def detector(request: DeskRequest, code: str) -> HttpResponse:
    """Show one detector with the versions of its thresholds; those who guard propose others."""
    may_propose = may(request.actor, "detectors.propose")
    try:
        found = registry.get(code)
    except registry.UnknownDetector:
        raise Http404 from None
    if request.method == "POST" and not may_propose:
        raise Http404
    values = registry.thresholds(request.at)[code]
    form = ThresholdsForm(request.POST if request.method == "POST" else None, detector=found, values=values)
    if form.is_valid():
        asked, reason = form.values(), form.cleaned_data["reason"]
        made, problem = proposed(
            lambda: changing.propose_thresholds(code, asked, reason=reason, by=request.actor, at=request.at)
        )
        if made is not None:
            return to_proposal(request, made)
        form.add_error(None, problem)
    facts = {
        "detector": shown_detectors.shown(found, values),
        "versions": shown_detectors.versions(found),
        "form": form,
        "may_propose": may_propose,
    }
    return render(request, "desk/detectors/detector.html", facts, status=422 if form.errors else 200)


@allowed("detectors.propose", methods=["GET", "POST"])
def working_hours(request: DeskRequest) -> HttpResponse:
    """Propose working hours for the whole house or for one department."""
    form = HoursForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        made, problem = proposed(lambda: changing.propose_hours(**said, by=request.actor, at=request.at))
        if made is not None:
            return to_proposal(request, made)
        form.add_error(None, problem)
    facts = {"form": form, "hours": shown_detectors.hours(request.at)}
    return render(request, "desk/detectors/working_hours.html", facts, status=422 if form.errors else 200)
