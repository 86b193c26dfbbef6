"""Write the monthly report: the figures of a period, frozen with their hash, and handed out as PDF or XLSX."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from audit import events, report_files
from audit.downloads import Downloaded
from audit.models import Audit, MonthlyReport
from audit.models.audits import MONTHLY
from audit.periods import month_before
from audit.queries.audits import is_examined
from audit.queries.reports import figures, hash_of
from staff.permissions import may
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor


class NotOver(ValueError):
    """The period has not ended yet, or it ends before it begins."""


def write(since: datetime, until: datetime, *, by: Actor, at: datetime) -> MonthlyReport:
    """Count a period that is over and keep the figures; an earlier report of the same period stays beside it.

    :raises NotAllowed: the person's roles write no reports; upkeep may.
    :raises NotOver: see there.
    """
    if by.id is not None and not may(by, "reports.write"):
        raise NotAllowed("reports.write")
    if not since < until <= at:
        raise NotOver
    counted = figures(since, until, at)
    made = MonthlyReport(
        since=since,
        until=until,
        figures=counted,
        sha256=hash_of(counted),
        made_at=at,
        made_by_number=by.number,
        made_by_name=by.name,
    )
    facts = {
        "audit_report": str(made.id),
        "from": since.isoformat(),
        "until": until.isoformat(),
        "sha256": made.sha256,
    }
    with transaction.atomic():
        made.event = trail.record(events.REPORT_WRITTEN, by=by, at=at, facts=facts).event
        made.save(force_insert=True)
    return made


def write_monthly(*, by: Actor, at: datetime) -> MonthlyReport | None:
    """Write the report of the month before unless there is one, or its audit still examines the month; part of upkeep.

    Whoever signs the audit off may write another one afterwards, with the decisions in it.
    """
    since, until = month_before(at)
    if MonthlyReport.objects.filter(since=since, until=until).exists():
        return None
    audit = Audit.objects.filter(kind=MONTHLY, since=since, until=until).first()
    if audit is None or not is_examined(audit):
        return None
    return write(since, until, by=by, at=at)


def download(id: UUID, format: str, *, by: Actor, at: datetime) -> Downloaded:
    """Set a report as a file in the reader's language; the event comes first, and its number stands in the file.

    :param format: one of `report_files.FORMATS`.
    :raises MonthlyReport.DoesNotExist: there is none.
    :raises NotAllowed: the person's roles read no reports.
    """
    if not may(by, "reports.read"):
        raise NotAllowed("reports.read")
    made = MonthlyReport.objects.get(pk=id)
    facts = {"audit_report": str(id), "format": format, "language": get_language() or ""}
    receipt = trail.record(events.REPORT_DOWNLOADED, by=by, at=at, facts=facts)
    return report_files.FORMATS[format](made, event=receipt.event, by=by, at=at)
