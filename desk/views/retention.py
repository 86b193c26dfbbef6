"""How long values are kept, what is due, what is held, and what should be confirmed with the customer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classification.models import CATEGORY, FIELD, Schedule, categories
from classification.proposals import schedules as proposals
from classification.queries import Catalogue, catalogue
from classification.schedules import schedules as schedules_at
from customers.reach import editable_by
from customers.services import confirming
from customers.services.placing import NotFound
from desk.forms_retention import EndScheduleForm, HoldForm, ScheduleForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from desk.shown_retention import (
    due_lines,
    hold_lines,
    schedule_lines,
    schedule_versions,
    schedules_waiting,
    stale_lines,
)
from lawbook.queries import floors
from retention.models import DueEntry, DueListing, Hold
from retention.proposals import holds as holding
from staff.permissions import may

ROWS = 50


@allowed("retention.read", methods=["GET"])
def schedules(request: DeskRequest) -> HttpResponse:
    """List the schedules in force with their drawings, and the fields that nobody keeps."""
    known = catalogue(request.at)
    facts = {
        "lines": schedule_lines(known, request.at),
        "without": [spec for spec in known.fields if not spec.kept],
        "waiting": ProposalLine.of_all(schedules_waiting(request.at), request.at),
        "own": _subjects(known) if may(request.actor, "schedules.propose") else [],
    }
    return render(request, "desk/retention/schedules.html", facts)


@allowed("schedules.propose", methods=["GET"])
def schedule_new(request: DeskRequest) -> HttpResponse:
    """Lead to the schedule of the field or category that was chosen."""
    scope, _sep, subject = request.GET.get("subject", "").partition(":")
    return redirect("desk:schedule", scope=scope or FIELD, subject=subject or "-")


@allowed("retention.read", methods=["GET"])
def schedule(request: DeskRequest, scope: str, subject: str) -> HttpResponse:
    """Show one schedule, its versions with their signatures, and the forms of whoever may propose."""
    return _schedule(request, scope, subject)


@allowed("schedules.propose", methods=["POST"])
def schedule_change(request: DeskRequest, scope: str, subject: str) -> HttpResponse:
    """Propose other terms of a schedule, or the first ones."""
    current, newest = _current(request, scope, subject)
    form = ScheduleForm(request.POST, laws=floors(request.at), current=current, newest=newest)
    if form.is_valid():
        said = form.cleaned_data
        made, problem = proposed(
            lambda: proposals.propose(
                scope,
                subject,
                form.terms(),
                supersedes=said["supersedes"],
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )
        )
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return _schedule(request, scope, subject, form=form, status=422)


@allowed("schedules.propose", methods=["POST"])
def schedule_end(request: DeskRequest, scope: str, subject: str) -> HttpResponse:
    """Propose that a schedule end."""
    end = EndScheduleForm(request.POST)
    if end.is_valid():
        said = end.cleaned_data
        made, problem = proposed(
            lambda: proposals.propose_end(
                scope,
                subject,
                supersedes=said["supersedes"],
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )
        )
        if made:
            return to_proposal(request, made)
        end.add_error(None, problem)
    return _schedule(request, scope, subject, end=end, status=422)


@allowed("retention.read", methods=["GET"])
def due(request: DeskRequest) -> HttpResponse:
    """Show what the last run found due. No values."""
    listing = DueListing.objects.first()
    rows = DueEntry.objects.filter(listing=listing)
    kept = request.GET.get("kept", "")
    if kept in ("yes", "no"):
        rows = rows.filter(storage_only_until__isnull=kept == "no")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    known = catalogue(request.at)
    facts = {
        "listing": listing,
        "kept": kept,
        "page": page,
        "lines": due_lines(list(page), known, reader=request.actor, at=request.at),
    }
    return render(request, "desk/retention/due.html", facts)


@allowed("retention.read", methods=["GET"])
def holds(request: DeskRequest) -> HttpResponse:
    """List the legal holds, those in force first."""
    return _holds(request, HoldForm(known=catalogue(request.at)))


@allowed("holds.propose", methods=["POST"])
def hold_new(request: DeskRequest) -> HttpResponse:
    """Propose a legal hold."""
    form = HoldForm(request.POST, known=catalogue(request.at))
    if form.is_valid():
        asked = form.asked()
        made, problem = proposed(lambda: holding.propose_hold(by=request.actor, at=request.at, **asked))
        if made:
            return to_proposal(request, made)
        form.add_error(None, problem)
    return _holds(request, form, status=422)


@allowed("holds.propose", methods=["POST"])
def hold_end(request: DeskRequest, id: UUID) -> HttpResponse:
    """Propose that a hold end before its day."""
    if not Hold.objects.filter(pk=id).exists():
        raise Http404
    reason = request.POST.get("reason", "")
    made, problem = proposed(lambda: holding.propose_end(id, reason=reason, by=request.actor, at=request.at))
    if made:
        return to_proposal(request, made)
    return _holds(request, HoldForm(known=catalogue(request.at)), problem=problem, status=422)


@allowed("customer.edit", methods=["GET"])
def stale(request: DeskRequest) -> HttpResponse:
    """List what should be confirmed with the customers that this person serves. No values."""
    known = catalogue(request.at)
    page = Paginator(stale_lines(editable_by(request.actor, request.at), known, request.at), ROWS)
    return render(request, "desk/retention/stale.html", {"page": page.get_page(request.GET.get("page"))})


@allowed("customer.edit", methods=["POST"])
def confirm(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Note that the customer confirmed values as they are held."""
    try:
        done = confirming.confirm(ref, request.POST.getlist("field"), by=request.actor, at=request.at)
    except NotFound:
        raise Http404 from None
    if done:
        said = ngettext("%d value is confirmed.", "%d values are confirmed.", len(done))
        messages.success(request, said % len(done))
    else:
        messages.warning(request, _("Choose what the customer confirmed."))
    return redirect("desk:customer", ref=ref)


def _schedule(
    request: DeskRequest,
    scope: str,
    subject: str,
    *,
    form: ScheduleForm | None = None,
    end: EndScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    current, newest = _current(request, scope, subject)
    known, at = catalogue(request.at), request.at
    spec = known.get(subject) if scope == FIELD else None
    facts: dict[str, Any] = {
        "scope": scope,
        "subject": subject,
        "name": spec.label if spec else dict(categories())[subject],
        "line": next((one for one in schedule_lines(known, at) if one.spec == current), None),
        "versions": schedule_versions(scope, subject),
        "waiting": ProposalLine.of_all(schedules_waiting(at, scope, subject), at),
        "may_propose": may(request.actor, "schedules.propose"),
        "form": form or ScheduleForm(laws=floors(at), current=current, newest=newest),
        "end": end or EndScheduleForm(initial={"supersedes": newest}),
    }
    return render(request, "desk/retention/schedule.html", facts, status=status)


def _current(request: DeskRequest, scope: str, subject: str) -> tuple[Any, int]:
    """Return the schedule in force and the number of its newest version; 404 for what is neither field nor category."""
    is_category = scope == CATEGORY and subject in dict(categories())
    if not is_category and not (scope == FIELD and subject in catalogue(request.at)):
        raise Http404
    rows = Schedule.objects.filter(scope=scope, subject=subject).order_by("-number")
    newest = rows.values_list("number", flat=True).first() or 0
    return schedules_at(request.at).by_subject.get((scope, subject)), newest


def _holds(request: DeskRequest, form: HoldForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = Paginator(Hold.objects.all(), ROWS).get_page(request.GET.get("page"))
    waiting = holding.waiting(request.at)
    facts = {
        "page": page,
        "lines": hold_lines(list(page), catalogue(request.at), reader=request.actor, at=request.at),
        "waiting": ProposalLine.of_all(waiting, request.at),
        "may_propose": may(request.actor, "holds.propose"),
        "form": form,
        "problem": problem,
    }
    return render(request, "desk/retention/holds.html", facts, status=status)


def _subjects(known: Catalogue) -> list[tuple[str, str]]:
    found = [(f"{CATEGORY}:{code}", str(name)) for code, name in categories()]
    return found + [(f"{FIELD}:{spec.code}", spec.label) for spec in known.fields]
