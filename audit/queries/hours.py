"""Working hours by department, as they stand at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.models import WorkingHours
from staff.models import Department

HOUSE = ""
"""The code under which the hours of the whole house stand."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when work is done, in minutes of the local day; past midnight when it closes before it opens."""

    opens: int
    closes: int
    every_day: bool = False


def hours_by_department(at: datetime) -> dict[str, Hours]:
    """Return the hours of every department, its own or those of the nearest above it, and the house's under ""."""
    given = {
        row.department: Hours(row.opens, row.closes, row.every_day)
        for row in WorkingHours.objects.in_force(at)
    }
    parents = dict(Department.objects.values_list("code", "parent__code"))
    found = {HOUSE: given[HOUSE]}
    for code in parents:
        place: str | None = code
        while place is not None and place not in given:
            place = parents[place]
        found[code] = given[place or HOUSE]
    return found
