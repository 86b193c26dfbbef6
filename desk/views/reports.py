"""Monthly reports: written for a month that is over, read as a page, handed out as PDF or XLSX."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import report_files, report_words
from audit.downloads import Downloaded
from audit.models import MonthlyReport
from audit.periods import midnight, month_before
from audit.services import customer_reports
from audit.services import reports as writing
from desk.periods import period_of
from desk.permission import DeskRequest, allowed
from desk.shown_reports import ReportLine, months_over
from staff.permissions import may

ROWS = 50


@allowed("reports.read", methods=["GET"])
def reports(request: DeskRequest) -> HttpResponse:
    """List the reports; whoever writes them does so here."""
    page = Paginator(MonthlyReport.objects.all(), ROWS).get_page(request.GET.get("page"))
    writes = may(request.actor, "reports.write")
    facts = {
        "page": page,
        "lines": [ReportLine.of(one) for one in page],
        "months": months_over(request.at) if writes else [],
    }
    return render(request, "desk/reports/reports.html", facts)


@allowed("reports.write", methods=["POST"])
def report_write(request: DeskRequest) -> HttpResponse:
    """Write the report of a month that is over, last month's unless another is chosen."""
    since, until = _month(request.POST.get("month", ""), request.at)
    try:
        made = writing.write(since, until, by=request.actor, at=request.at)
    except writing.NotOver:
        messages.error(request, _("This month is not over yet. A report is written when it is."))
        return redirect("desk:reports")
    return redirect("desk:report", id=made.id)


@allowed("reports.read", methods=["GET"])
def report(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show one report with its charts, each above its table."""
    made = MonthlyReport.objects.filter(pk=id).first()
    if made is None:
        raise Http404
    facts = {
        "line": ReportLine.of(made),
        "pairs": report_words.pairs(made),
        "sheets": [*report_words.sheets(made), report_words.acknowledgements(made)],
        "untested": report_words.untested(made),
        "formats": list(report_files.FORMATS),
    }
    return render(request, "desk/reports/report.html", facts)


@allowed("reports.read", methods=["POST"])
def report_download(request: DeskRequest, id: UUID) -> HttpResponse:
    """Hand a report out as a file with the reader's name in it."""
    format = request.POST.get("format", "pdf")
    if format not in report_files.FORMATS:
        raise Http404
    try:
        return handed(writing.download(id, format, by=request.actor, at=request.at))
    except MonthlyReport.DoesNotExist:
        raise Http404 from None


@allowed("trail.report", methods=["POST"])
def customer_report(request: DeskRequest, ref: UUID) -> HttpResponse:
    """Hand out a report for a customer of who saw them, in the language that the customer reads."""
    language = request.POST.get("language", "")
    if language not in customer_reports.LANGUAGES:
        raise Http404
    period = period_of(request, request.at, days=90, data=request.POST)
    try:
        made = customer_reports.make(
            ref,
            since=period.since,
            until=period.until,
            language=language,
            by=request.actor,
            at=request.at,
        )
    except customer_reports.UnknownCustomer:
        raise Http404 from None
    return handed(made)


def handed(file: Downloaded) -> HttpResponse:
    """Return a file as an answer that a browser saves."""
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _month(text: str, at: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end of a month written as 2026-10."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return month_before(at)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return midnight(first), midnight(following)
