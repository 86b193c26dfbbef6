"""The inbox of evidence that waits for a second person, and the evidence itself. Every look is an exposure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.queries.ending_consents import ending_for
from access.queries.waiting_consents import described, waiting
from access.services import consents
from classification.purposes import purposes
from classification.queries import catalogue
from consent.models import ConsentRecord, Evidence
from consent.problems import ConsentRefused
from consent.words import refusal_words
from desk.customer_pages import numbers_found
from desk.handing import hand_copy
from desk.permission import DeskRequest, allowed
from desk.shown_consents import waiting_shown
from files.services import NotReadable

ROWS = 50


@allowed("consent.confirm", methods=["GET"])
def consents_waiting(request: DeskRequest) -> HttpResponse:
    """List the consents whose evidence this person may confirm, oldest first."""
    page = Paginator(waiting(request.actor, request.at), ROWS).get_page(request.GET.get("page"))
    rows = waiting_shown(described(list(page), request.at), catalogue(request.at))
    return render(request, "desk/consents/waiting.html", {"page": page, "rows": rows})


@allowed("consent.confirm", methods=["GET"])
def consents_ending(request: DeskRequest) -> HttpResponse:
    """List the consents within reach that end within 30 days, soonest first."""
    page = Paginator(ending_for(request.actor, request.at), ROWS).get_page(request.GET.get("page"))
    numbers = numbers_found(request.actor, request.at, [row.subject for row in page])
    names = {one.code: one.name for one in purposes(request.at).values()}
    rows = [
        {
            "customer": row.subject,
            "number": numbers.get(row.subject, ""),
            "purpose": names.get(row.purpose, row.purpose),
            "since": row.effective_at,
            "until": row.valid_until,
        }
        for row in page
    ]
    return render(request, "desk/consents/ending.html", {"page": page, "rows": rows})


@allowed("consent.confirm", methods=["POST"])
def consent_confirm(request: DeskRequest, record: UUID) -> HttpResponse:
    """Say in one tap whether the evidence of a consent holds."""
    accepted = request.POST.get("holds") == "yes"
    try:
        consents.confirm(record, accepted=accepted, by=request.actor, at=request.at)
    except ConsentRecord.DoesNotExist:
        raise Http404 from None
    except ConsentRefused as refused:
        messages.error(request, refusal_words(refused.code, refused.params))
    else:
        said = _("Confirmed. The consent counts from now on.")
        messages.success(request, said if accepted else _("Not accepted. The consent does not count."))
    return redirect("desk:consents_waiting")


@allowed("consent.confirm", methods=["POST"])
def consent_evidence(request: DeskRequest, id: int) -> HttpResponseBase:
    """Show a file of evidence in a tab of its own. A POST: a look is an act, and no link makes anybody look."""
    try:
        return hand_copy(request, lambda: consents.show_evidence(id, by=request.actor, at=request.at))
    except Evidence.DoesNotExist:
        raise Http404 from None
    except NotReadable:
        words = _(
            "This file is not held here any more. A signed original is L4 from its confirmation on, after seven "
            "days at the latest: the data security officer opens it on the restricted site."
        )
        return HttpResponse(words, status=410, content_type="text/plain; charset=utf-8")
