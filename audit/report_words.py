"""A monthly report in the reader's language: tables with heads and rows, and a chart where numbers compare.

The page, the PDF and the workbook show the same tables, so that none can say something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.models.budgets import budgets
from audit import detecting
from audit.downloads import stamp
from audit.models import MonthlyReport
from audit.queries.findings import STATES
from audit.words import NEXT_STEPS, STATE_NAMES
from trail import vocabulary

Cell = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of the report. `charted`: the columns that its chart draws, beside the first; none for no chart."""

    title: str
    lead: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    charted: tuple[int, ...] = ()
    line: bool = False
    empty: str = ""
    widths: tuple[float, ...] = field(default=())

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(
            bool(self.rows) and all(isinstance(row[place], int) for row in self.rows)
            for place in range(len(self.columns))
        )

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """The columns, each with whether it holds numbers."""
        return list(zip(self.columns, self.numbers, strict=True))

    @property
    def cells(self) -> list[list[tuple[Cell, bool]]]:
        """The rows, each cell with whether its column holds numbers."""
        return [list(zip(row, self.numbers, strict=True)) for row in self.rows]


def sheets(report: MonthlyReport) -> list[Sheet]:
    """Return the tables of a report, in order."""
    kept = report.figures
    return [make(kept) for make in (_levels, _months, _departments, _people, _refusals, _budgets, _findings)]


def pairs(report: MonthlyReport) -> list[tuple[str, str]]:
    """Return what the head of a report says: period, who wrote it and when, hash, audit, trail."""
    kept = report.figures
    said = [
        (_("Period"), f"{stamp(report.since)} – {stamp(report.until)}"),
        (_("Written"), f"{stamp(report.made_at)} · {report.made_by_name} ({report.made_by_number})"),
        (_("Hash of the figures"), report.sha256),
    ]
    return [*said, *_audit_pairs(kept["audit"]), *_trail_pairs(kept["trail"])]


def untested(report: MonthlyReport) -> list[str]:
    """Say what no report of this product can vouch for, and what this one did not look at (S4-64)."""
    return [
        *report.figures["untested"]["en" if (get_language() or "").startswith("en") else "zh-hans"],
        _("What was photographed, noted or said aloud after it was shown."),
        _("What somebody did on the server or in the database itself with an administrator's rights."),
        _("Copies outside this system: paper, mail, files that were exported and passed on."),
        _("Devices and accounts that were lent or lost and not reported."),
    ]


def acknowledgements(report: MonthlyReport) -> Sheet:
    """Return who was sent the audit's result and who acknowledged it (S3-14)."""
    audit = report.figures["audit"] or {"results": []}
    return Sheet(
        title=_("Results sent and acknowledged"),
        columns=(_("Department"), _("Person"), _("Sent"), _("Acknowledged")),
        rows=tuple(
            (department, f"{name} {number}", _stamp(sent), _stamp(acknowledged))
            for department, name, number, sent, acknowledged in audit["results"]
        ),
        empty=_("Results are sent when the audit of this period is signed off."),
    )


def _levels(kept: Mapping[str, Any]) -> Sheet:
    found = {level: (times, customers) for level, times, customers in kept["levels"]}
    return Sheet(
        title=_("Volumes by level"),
        lead=_("Each time a customer was shown, by the highest level in the clear."),
        columns=(_("Highest level in clear"), _("Times shown"), _("Customers")),
        rows=tuple(
            (f"L{level}" if level else _("masked only"), *found.get(level, (0, 0))) for level in range(5)
        ),
        charted=(1, 2),
    )


def _months(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(
        title=_("Twelve months"),
        columns=(_("Month"), _("Times shown"), _("L3 or above in clear"), _("Reads refused")),
        rows=tuple(tuple(row) for row in kept["months"]),
        charted=(1, 2, 3),
        line=True,
    )


def _departments(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(
        title=_("Volumes by department"),
        columns=(
            _("Department"),
            _("Number of people"),
            _("Times shown"),
            _("L3 or above in clear"),
            _("Reads refused"),
        ),
        rows=tuple(tuple(row) for row in kept["departments"]),
        charted=(2, 3, 4),
        empty=_("Nobody was shown anything in this period."),
        widths=(3, 1, 1, 1.4, 1),
    )


def _people(kept: Mapping[str, Any]) -> Sheet:
    most, number = len(kept["people"]), kept["people_number"]
    words = _("The %(most)d of %(number)d people who were shown most sensitive values.")
    return Sheet(
        title=_("Volumes by person"),
        lead=words % {"most": most, "number": number} if number > most else "",
        columns=(
            _("Person"),
            _("Staff number"),
            _("Department"),
            _("Times shown"),
            _("L3 or above in clear"),
            _("Customers"),
            _("Reads refused"),
        ),
        rows=tuple(
            (name, number, department, *counts) for number, name, department, *counts in kept["people"]
        ),
        empty=_("Nobody was shown anything in this period."),
        widths=(1.6, 1.4, 1.8, 1, 1.4, 1, 1),
    )


def _refusals(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(
        title=_("Refusals"),
        columns=(_("What was refused"), _("Times"), _("Number of people")),
        rows=tuple((_kind(kind), times, people) for kind, times, people in kept["refusals"]),
        charted=(1,),
        empty=_("Nothing was refused in this period."),
        widths=(4, 1, 1),
    )


def _budgets(kept: Mapping[str, Any]) -> Sheet:
    names = dict(budgets())
    return Sheet(
        title=_("Row budgets hit"),
        columns=(_("Row budget"), _("What brings the person on"), _("Times"), _("Number of people")),
        rows=tuple(
            (str(names.get(budget, budget)), str(NEXT_STEPS.get(step, step)), times, people)
            for budget, step, times, people in kept["budgets"]
        ),
        empty=_("Nobody came to the end of a budget in this period."),
        widths=(3, 3, 1, 1),
    )


def _findings(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(
        title=_("Findings"),
        columns=(_("Found by"), *(str(STATE_NAMES[state]) for state in STATES)),
        rows=tuple(
            (code_name(code), *(states.get(state, 0) for state in STATES))
            for code, states in kept["findings"]
        ),
        empty=_("No finding in this period."),
        widths=(3, *(1 for _state in STATES)),
    )


def code_name(code: str) -> str:
    """Name what found something: a detector, or the kind of the event that alarmed."""
    for one in detecting.every():
        if one.code == code:
            return str(one.name)
    return _kind(code)


def _kind(code: str) -> str:
    try:
        return str(vocabulary.get(code).name)
    except vocabulary.UnknownKind:
        return code


def _audit_pairs(audit: Mapping[str, Any] | None) -> Sequence[tuple[str, str]]:
    if audit is None:
        return [(_("Audit"), _("this period was not audited when the report was written"))]
    if not audit["signed_at"]:
        return [(_("Audit"), _("not signed off when the report was written"))]
    signed = f"{audit['signed_by']} · {_stamp(audit['signed_at'])}"
    return [(_("Audit signed off"), signed), (_("Hash of what was signed"), audit["digest"])]


def _trail_pairs(trail: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    if not trail["sealed_at"]:
        return [(_("Trail"), _("not sealed when the report was written"))]
    sealed = _("%(sealed)d of %(events)d events, %(at)s") % {
        "sealed": trail["sealed"],
        "events": trail["events"],
        "at": _stamp(trail["sealed_at"]),
    }
    seen = _("%(number)d events, %(at)s; %(rest)d events not yet") % {
        "number": trail["witnessed"],
        "at": _stamp(trail["witnessed_at"]),
        "rest": trail["unwitnessed"],
    }
    return [
        (_("Trail sealed"), sealed),
        (_("Trail witnessed"), seen if trail["witnessed_at"] else _("never")),
    ]


def _stamp(text: str | None) -> str:
    return stamp(datetime.fromisoformat(text)) if text else "–"
