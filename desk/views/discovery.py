"""Discovery: values that look like a higher level than their label; runs, doubts, how well it finds (S0-20, S2-8)."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classification.queries import catalogue
from customers.discovery import doubts
from customers.discovery.doubts import OPEN, STATES, Standing
from customers.discovery.run import DISCOVERY
from customers.models import PLACES
from customers.services import doubts as acts
from desk import jobs_shown, shown_discovery
from desk.forms_discovery import DismissForm
from desk.permission import DeskRequest, allowed
from desk.shown import JobShown
from jobs.models import Job
from kinds.labelled import SAMPLE
from staff.permissions import may

ROWS = 50


@allowed("discovery.read", methods=["GET"])
def discovery(request: DeskRequest) -> HttpResponse:
    """List doubts with their evidence, the last run, and how well each kind is found."""
    state, place = request.GET.get("state", OPEN), request.GET.get("place", "")
    state = state if state in STATES else OPEN
    found = doubts.doubts(request.at, state=state).select_related("customer")
    if place in PLACES:
        found = found.filter(place=place)
    page = Paginator(found.order_by("place", "field", "column", "-first_at", "id"), ROWS).get_page(
        request.GET.get("page")
    )
    last, current = doubts.last_finished(), doubts.runs().open().first()
    facts = {
        "page": page,
        "lines": shown_discovery.doubts_shown(map(Standing.of, page), catalogue(request.at)),
        "state": state,
        "place": place,
        "states": shown_discovery.STATES.items(),
        "places": shown_discovery.PLACES.items(),
        "run": _shown(request, current) if current else None,
        "last": last,
        "outcome": shown_discovery.outcome_words(last.outcome) if last else "",
        "unlisted": last.outcome.get("unlisted", 0) if last else 0,
        "measured": shown_discovery.measured_shown(),
        "sample": SAMPLE,
    }
    return render(request, "desk/discovery/discovery.html", facts)


@allowed("discovery.decide", methods=["POST"])
def discovery_run(request: DeskRequest) -> HttpResponse:
    """Start a run, or lead to the one under way."""
    acts.start_now(by=request.actor, at=request.at)
    return HttpResponseRedirect(reverse("desk:discovery"))


@allowed("discovery.read", methods=["GET"])
def discovery_progress(request: DeskRequest, id: UUID) -> HttpResponse:
    """Return the progress bar of a run, whoever started it."""
    found = doubts.runs().filter(pk=id).first()
    if found is None:
        raise Http404
    return render(request, "desk/_progress.html", {"job": _shown(request, found)})


@allowed("discovery.read", methods=["GET"])
def doubt(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one doubt: its evidence, masked, what was decided, and the ways to mend or dismiss it."""
    return _doubt(request, id, DismissForm(today=timezone.localdate(request.at)))


@allowed("discovery.decide", methods=["POST"])
def doubt_dismiss(request: DeskRequest, id: UUID) -> HttpResponse:
    """Put a doubt aside with a reason until a day."""
    form = DismissForm(request.POST, today=timezone.localdate(request.at))
    if not form.is_valid():
        return _doubt(request, id, form, status=422)
    try:
        acts.dismiss(
            id, reason=form.cleaned_data["reason"], until=form.until_at, by=request.actor, at=request.at
        )
    except acts.NoSuchDoubt:
        raise Http404 from None
    except acts.NotOpen:
        messages.warning(request, _("It is no longer open; somebody has dismissed it, or it is gone."))
        return HttpResponseRedirect(reverse("desk:doubt", args=[id]))
    messages.success(request, _("Dismissed. It comes back on that day, or when it grows."))
    return HttpResponseRedirect(reverse("desk:discovery"))


def _doubt(request: DeskRequest, id: UUID, form: DismissForm, *, status: int = 200) -> HttpResponse:
    try:
        looked = acts.look(id, by=request.actor, at=request.at)
    except acts.NoSuchDoubt:
        raise Http404 from None
    one = shown_discovery.doubt_shown(looked.standing, catalogue(request.at))
    dismissals = [
        (made, looked.reasons.get(made.reason, ""))
        for made in looked.standing.doubt.dismissals.order_by("-at")
    ]
    facts = {
        "one": one,
        "hits": looked.hits,
        "dismissals": dismissals,
        "form": form,
        "may_dismiss": one.state == OPEN and may(request.actor, "discovery.decide"),
    }
    return render(request, "desk/discovery/doubt.html", facts, status=status)


def _shown(request: DeskRequest, job: Job) -> JobShown:
    bar = reverse("desk:discovery_progress", args=[job.pk])
    # The list is the result, and it was drawn before the run ended: the bar keeps the way to it.
    return replace(jobs_shown.shown(job, actor_id=request.actor.id, at=request.at), progress_url=bar)


def _result(job: Job) -> str:
    return reverse("desk:discovery")


jobs_shown.describe(DISCOVERY, name=gettext_lazy("Discovery run"), result=_result)
