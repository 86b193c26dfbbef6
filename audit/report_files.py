"""The monthly report as a file: a PDF with its charts drawn in, or a workbook with a sheet per table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import report_words
from audit.downloads import PDF_TYPE, XLSX_TYPE, Downloaded, document, stamp
from audit.models import MonthlyReport
from audit.report_words import Sheet
from documents import charts, pdf
from documents import sheets as workbooks
from trail.actor import Actor

MOST_DRAWN = 12
"""Rows that a chart draws; the table below it holds all of them."""


def title_of(report: MonthlyReport) -> str:
    """Name a report by its month, or by its period where that is no month."""
    first = timezone.localtime(report.since)
    following = timezone.localtime(report.until)
    whole = (
        first.day == following.day == 1
        and (following.year * 12 + following.month) - (first.year * 12 + first.month) == 1
    )
    if whole:
        return _("Monthly audit report %(month)s") % {"month": first.strftime("%Y-%m")}
    return _("Audit report %(since)s – %(until)s") % {
        "since": stamp(report.since),
        "until": stamp(report.until),
    }


def as_pdf(report: MonthlyReport, *, event: int, by: Actor, at: datetime) -> Downloaded:
    """Set a report as a PDF."""
    return Downloaded(
        name=f"custinfo-audit-report-{event}.pdf",
        content_type=PDF_TYPE,
        content=document(
            _parts(report),
            title=title_of(report),
            author=f"{by.name} ({by.number})",
            foot=_watermark(event, by, at),
            at=at,
        ),
    )


def as_xlsx(report: MonthlyReport, *, event: int, by: Actor, at: datetime) -> Downloaded:
    """Set a report as a workbook."""
    content, watermark = BytesIO(), _watermark(event, by, at)
    tables = [*report_words.sheets(report), report_words.acknowledgements(report)]
    head = workbooks.Sheet(name=_("Report"), header=(_("What"), ""), rows=report_words.pairs(report))
    rest = workbooks.Sheet(
        name=_("What was not tested"),
        header=(_("What was not tested"),),
        rows=[[one] for one in report_words.untested(report)],
    )
    workbooks.write_workbook(
        content,
        [
            head,
            *(workbooks.Sheet(name=one.title, header=one.columns, rows=one.rows) for one in tables),
            rest,
        ],
        properties={
            "title": title_of(report),
            "creator": f"{by.name} ({by.number})",
            "description": watermark,
        },
        banner=watermark,
        at=at,
    )
    return Downloaded(
        name=f"custinfo-audit-report-{event}.xlsx", content_type=XLSX_TYPE, content=content.getvalue()
    )


FORMATS: dict[str, Callable[..., Downloaded]] = {"pdf": as_pdf, "xlsx": as_xlsx}


def _watermark(event: int, by: Actor, at: datetime) -> str:
    return _("Audit report, downloaded by %(name)s (%(number)s), %(at)s, event %(event)s") % {
        "name": by.name,
        "number": by.number,
        "at": stamp(at),
        "event": event,
    }


def _parts(report: MonthlyReport) -> Iterator[pdf.Part]:
    yield pdf.Heading(title_of(report), 1)
    yield pdf.KeyValues(report_words.pairs(report))
    for sheet in [*report_words.sheets(report), report_words.acknowledgements(report)]:
        yield pdf.Heading(sheet.title)
        yield from _sheet(sheet)
    yield pdf.Heading(_("What was not tested"))
    yield pdf.Paragraph(
        _("An audit gives reasonable assurance, not certainty. These things it did not and cannot examine:")
    )
    for words in report_words.untested(report):
        yield pdf.Paragraph(f"· {words}")


def _sheet(sheet: Sheet) -> Iterator[pdf.Part]:
    if not sheet.rows:
        yield pdf.Paragraph(sheet.empty)
        return
    if sheet.lead:
        yield pdf.Paragraph(sheet.lead, quiet=True)
    if sheet.charted:
        yield _chart(sheet)
    widths = sheet.widths or (1.0,) * len(sheet.columns)
    yield pdf.Table(
        [
            pdf.Column(name, width, right=right)
            for name, width, right in zip(sheet.columns, widths, sheet.numbers, strict=True)
        ],
        ([f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in sheet.rows),
    )


def _chart(sheet: Sheet) -> charts.Chart:
    drawn = sheet.rows[-MOST_DRAWN:] if sheet.line else sheet.rows[:MOST_DRAWN]
    return charts.Chart(
        labels=[str(row[0]) for row in drawn],
        series=[(sheet.columns[place], [int(row[place]) for row in drawn]) for place in sheet.charted],
        kind=charts.LINE if sheet.line else charts.BAR,
    )
