"""Masked exports: made from a search or a list, fetched once within a day."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from access import export_files
from access.models import Export
from access.services import export as making
from customers.search import NothingTyped, NotSearchable
from desk import searches
from desk.permission import DeskRequest, PageClosed, allowed
from desk.shown_requests import not_fetched_words
from desk.templatetags.desk import stamp

SHOWN = timedelta(days=30)
ROWS = 50


@allowed("customer.export", methods=["GET"])
def exports(request: DeskRequest) -> HttpResponse:
    """List the person's exports of the last month, with those that can still be fetched."""
    person = request.actor.id
    mine = Export.objects.filter(created_at__gte=request.at - SHOWN)
    mine = mine.filter(person_id=person)[:ROWS] if person else mine.none()
    shown = [
        {
            "id": one.id,
            "rows": one.rows,
            "format": one.format.upper(),
            "at": one.created_at,
            "until": one.keep_until,
            "fetched_at": one.fetched_at,
            "waits": one.fetched_at is None and request.at < one.keep_until,
            "event": one.event,
        }
        for one in mine
    ]
    return render(request, "desk/exports/exports.html", {"exports": shown, "most": making.MOST_ROWS})


@allowed("customer.export", methods=["POST"])
def export_make(request: DeskRequest) -> HttpResponse:
    """Make a masked export of a kept search or of a list."""
    format = request.POST.get("format", export_files.XLSX)
    if format not in export_files.WRITERS:
        raise Http404
    token = request.POST.get("token", "")
    try:
        refs, how = _refs(request, token)
        made = making.export_masked(refs, format, how=how, by=request.actor, at=request.at)
    except making.TooManyRows:
        messages.error(request, _("An export holds 500 customers at most. Narrow the search or the list."))
        return HttpResponseRedirect(_back(token))
    except making.NothingToExport:
        messages.warning(request, _("There is nothing to export."))
        return HttpResponseRedirect(_back(token))
    except making.NotAllowed:
        raise PageClosed("customer.export") from None
    words = _("The export of %(rows)s customers is ready. It can be fetched once, until %(until)s.")
    until = stamp(made.keep_until)
    messages.success(request, words % {"rows": made.rows, "until": until})
    return HttpResponseRedirect(reverse("desk:exports"))


@allowed("customer.export", methods=["POST"])
def export_fetch(request: DeskRequest, id: UUID) -> HttpResponseBase:
    """Hand an export out, once."""
    try:
        fetched = making.fetch(id, by=request.actor, at=request.at)
    except Export.DoesNotExist:
        raise Http404 from None
    except making.NotFetchable as refused:
        messages.error(request, not_fetched_words(refused.code))
        return HttpResponseRedirect(reverse("desk:exports"))
    answer = StreamingHttpResponse(fetched.chunks, content_type=fetched.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{fetched.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _refs(request: DeskRequest, token: str) -> tuple[list[UUID], str]:
    """Return the customers asked for, and how they were found."""
    if not token:
        portfolio, tier = request.POST.get("portfolio", ""), request.POST.get("tier", "")
        return searches.refs_listed(request.actor, request.at, portfolio=portfolio, tier=tier), "list"
    asked = searches.kept(request.session, token)
    if asked is None:
        raise Http404
    try:
        return searches.refs_found(asked, request.actor, request.at), asked.code
    except (NotSearchable, NothingTyped):
        raise making.NothingToExport from None


def _back(token: str) -> str:
    return reverse("desk:results", args=[token]) if token else reverse("desk:customer_list")
