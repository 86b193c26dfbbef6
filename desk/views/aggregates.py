"""Aggregates of portfolios for analysts: tables, charts, a workbook; never a row (S0-29)."""

from __future__ import annotations

from io import BytesIO

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.aggregates.dimensions import PORTFOLIO, REGION, TIER
from access.aggregates.run import AGGREGATES
from access.export_files import CONTENT_TYPES, XLSX
from access.queries.aggregates import given, offered
from access.services import aggregates as telling
from desk import jobs_shown
from desk.forms_aggregates import AggregatesForm
from desk.permission import DeskRequest, allowed
from desk.shown_aggregates import AggregatesShown, Words, listed, shown
from documents import sheets
from jobs.models import Job


@allowed("aggregates.read", methods=["GET"])
def aggregates(request: DeskRequest) -> HttpResponse:
    """Show the figures of the analyst's portfolios by up to three dimensions."""
    form = _form(request, request.GET)
    if form is None:
        return render(request, "desk/aggregates/aggregates.html", {"form": None})
    facts = {"form": form, "shown": _look(request, form)}
    return render(request, "desk/aggregates/aggregates.html", facts)


@allowed("aggregates.read", methods=["POST"])
def aggregates_download(request: DeskRequest) -> HttpResponse:
    """Hand out the told figures as a workbook with the analyst's name inside."""
    form = _form(request, request.POST)
    if form is None or not form.is_valid():
        raise Http404
    told, receipt = telling.download(
        form.cleaned_data["portfolio"], form.dimensions, by=request.actor, at=request.at
    )
    words = _("Aggregates for %(name)s (%(number)s), %(at)s, event %(event)s")
    banner = words % {
        "name": request.actor.name,
        "number": request.actor.number,
        "at": timezone.localtime(request.at).strftime("%Y-%m-%d %H:%M"),
        "event": receipt.event,
    }
    header, rows = listed(told, request.at)
    content = BytesIO()
    sheets.write_xlsx(
        content,
        header,
        rows,
        properties={"title": _("Aggregates"), "creator": banner, "description": banner},
        banner=banner,
    )
    answer = HttpResponse(content.getvalue(), content_type=CONTENT_TYPES[XLSX])
    answer["Content-Disposition"] = f'attachment; filename="custinfo-aggregates-{receipt.event}.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def at_home(request: DeskRequest) -> AggregatesShown | None:
    """Return what an analyst's first page shows: all portfolios by tier; None while no portfolio is given."""
    assert request.actor.id is not None
    codes = [one.code for one in given(request.actor.id, request.at)]
    if not codes:
        return None
    return shown(telling.look(codes, [PORTFOLIO, TIER], by=request.actor, at=request.at), request.at)


def _form(request: DeskRequest, data: QueryDict) -> AggregatesForm | None:
    """Return the form, filled with the usual choice where nothing was chosen; None without any portfolio."""
    assert request.actor.id is not None
    portfolios = given(request.actor.id, request.at)
    if not portfolios:
        return None
    words = Words(request.at)
    dimensions = [(name, words.name(name)) for name in offered(request.actor.id, request.at)]
    if not data:
        data = data.copy()
        data.setlist("portfolio", [one.code for one in portfolios])
        data["by"] = REGION if REGION in dict(dimensions) else TIER
    return AggregatesForm(data, portfolios=portfolios, dimensions=dimensions)


def _look(request: DeskRequest, form: AggregatesForm) -> AggregatesShown | None:
    if not form.is_valid():
        return None
    told = telling.look(form.cleaned_data["portfolio"], form.dimensions, by=request.actor, at=request.at)
    return shown(told, request.at)


def _no_page(job: Job) -> str:
    return ""


jobs_shown.describe(AGGREGATES, name=gettext_lazy("Count of portfolios"), result=_no_page)
