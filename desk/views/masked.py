"""Masked data sets for testing environments: proposed here, signed under decisions, fetched here once (S1-10)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.export_files import CONTENT_TYPES
from access.masked_run import MASKED
from access.models import MaskedDataset
from access.models.masked import MaskedDatasets
from access.proposals.masked import KIND
from access.services import masked as making
from approvals.models import Proposal
from classification.queries import catalogue
from desk import jobs_shown
from desk.forms_masked import MaskedForm
from desk.permission import DeskRequest, allowed
from desk.proposing import proposed, to_proposal
from desk.shown_decisions import ProposalLine
from jobs.models import Job
from staff.models import Person
from staff.permissions import may, roles_with
from staff.queries import holders_of
from staff.roles import ANALYST

SHOWN = timedelta(days=90)
ROWS = 50


@allowed("masked.read", methods=["GET"])
def masked(request: DeskRequest) -> HttpResponse:
    """List masked data sets: to an analyst their own, to whoever answers for them all."""
    return _page(request, _form(request))


@allowed("masked.propose", methods=["POST"])
def masked_propose(request: DeskRequest) -> HttpResponse:
    """Propose a masked data set; a department head signs."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    made, problem = proposed(
        lambda: making.propose(
            portfolios=said["portfolios"],
            fields=said["fields_chosen"],
            rows=said["rows"],
            format=said["format"],
            person=said["person"].pk,
            reason=said["reason"],
            by=request.actor,
            at=request.at,
        )
    )
    if made:
        return to_proposal(request, made)
    form.add_error(None, problem)
    return _page(request, form, status=409)


@allowed("masked.fetch", methods=["POST"])
def masked_fetch(request: DeskRequest, id: UUID) -> HttpResponseBase:
    """Hand a data set out, once."""
    try:
        fetched = making.fetch(id, by=request.actor, at=request.at)
    except MaskedDataset.DoesNotExist:
        raise Http404 from None
    except making.NotFetchable as refused:
        messages.error(request, not_fetchable_words(refused.code))
        return HttpResponseRedirect(reverse("desk:masked"))
    answer = StreamingHttpResponse(fetched.chunks, content_type=CONTENT_TYPES[fetched.format])
    answer["Content-Disposition"] = f'attachment; filename="{fetched.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def not_fetchable_words(code: str) -> str:
    """Say why a data set is not handed out."""
    words = {
        "not_made": _("This data set is still being made; try again shortly."),
        "fetched": _("This data set was fetched already; a new one is proposed anew."),
        "over": _("The day of this data set is over; a new one is proposed anew."),
    }
    return words[code]


def _form(request: DeskRequest, data: object = None) -> MaskedForm:
    fetching = frozenset[UUID]().union(*(holders_of(role, request.at) for role in roles_with("masked.fetch")))
    people = Person.objects.filter(pk__in=fetching).order_by("number")
    return MaskedForm(data, known=catalogue(request.at), people=people)


def _page(request: DeskRequest, form: MaskedForm, *, status: int = 200) -> HttpResponse:
    may_propose = may(request.actor, "masked.propose")
    shown = [
        {
            "one": one,
            "mine": one.person_id == request.actor.id,
            "waits": one.keep_until is not None and not one.fetched_at and request.at < one.keep_until,
        }
        for one in _seen_by(request)[:ROWS]
    ]
    waiting = Proposal.objects.waiting(request.at).filter(kind=KIND).order_by("proposed_at")
    facts = {
        "datasets": shown,
        "form": form if may_propose else None,
        "may_fetch": may(request.actor, "masked.fetch"),
        "waiting": ProposalLine.of_all(waiting, request.at) if may(request.actor, "people.read") else [],
    }
    return render(request, "desk/masked/masked.html", facts, status=status)


def _seen_by(request: DeskRequest) -> MaskedDatasets:
    found = MaskedDataset.objects.filter(signed_at__gte=request.at - SHOWN)
    if request.actor.roles <= {ANALYST}:
        return found.made_for(request.actor.id)
    return found


def _result(job: Job) -> str:
    return reverse("desk:masked")


jobs_shown.describe(
    MASKED,
    name=gettext_lazy("Masked data set"),
    result=_result,
    problems={
        "not_working": gettext_lazy("Whoever was to fetch it does not work here now, or is frozen."),
        "may_not_fetch": gettext_lazy("Whoever was to fetch it may no longer."),
        "masked_fields": gettext_lazy("A field that was signed for is no longer in the catalogue."),
    },
)
