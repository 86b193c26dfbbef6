"""Monthly reports as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from audit.models import MonthlyReport
from audit.periods import month_before
from audit.report_files import title_of

OFFERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One report; `signed` when the audit of its period was signed off as it was written."""

    id: UUID
    title: str
    made_at: datetime
    made_by: str
    findings: int
    signed: bool
    event: int

    @classmethod
    def of(cls, made: MonthlyReport) -> ReportLine:
        """Put a report on one line."""
        audit = made.figures["audit"]
        return cls(
            id=made.id,
            title=title_of(made),
            made_at=made.made_at,
            made_by=f"{made.made_by_name} {made.made_by_number}",
            findings=sum(sum(states.values()) for _code, states in made.figures["findings"]),
            signed=bool(audit and audit["signed_at"]),
            event=made.event,
        )


def months_over(at: datetime) -> list[str]:
    """Return the last twelve months that are over, newest first."""
    found: list[str] = []
    until = at
    for _number in range(OFFERED):
        until, _end = month_before(until)
        found.append(timezone.localtime(until).strftime("%Y-%m"))
    return found
