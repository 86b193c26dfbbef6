"""Many rows listed or taken out (S4-57, S4-58)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import far_days, far_people, times

KINDS = ("customer.listed", "customer.exported", "customer.clear_exported")
_TAKEN = """
select actor_id, max(taken), array_agg(day order by day) from audit_days
where day >= %(first_day)s and taken >= %(least)s group by actor_id"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who listed far more rows than is usual, and who took out many rows in a day."""
    marks: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"score": 0.0, "features": {}, "spans": []})
    for far in far_days(view, "listed", least=limits["listed"], z=limits["z"]):
        mark = marks[far.person]
        if far.number > mark["features"].get("listed", 0):
            mark["features"] |= {"listed": far.number, "listed_times": times(far.number, far.usual)}
        mark["score"] = max(mark["score"], min(far.z / limits["z"], far.number / limits["listed"]))
        mark["spans"].append(view.day(far.day))
    for total in far_people(view, "listed", least=limits["month"], z=limits["z"]):
        mark = marks[total.person]
        mark["score"] = max(mark["score"], min(total.z / limits["z"], total.number / limits["month"]))
        mark["features"] |= {"total": total.number, "total_times": times(total.number, total.usual)}
        mark["spans"] = mark["spans"] or [(view.since, view.until)]
    for person, taken, days in view.rows(_TAKEN, least=limits["taken"]):
        mark = marks[person]
        mark["score"] = max(mark["score"], taken / limits["taken"])
        mark["features"] |= {"taken": int(taken), "taken_days": len(days)}
        mark["spans"] = sorted({*mark["spans"], *(view.day(day) for day in days)})
    return [
        Mark(
            person=person,
            score=mark["score"],
            features=mark["features"],
            spans=sorted(mark["spans"]),
            kinds=KINDS,
        )
        for person, mark in marks.items()
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how many rows, listed and taken out."""
    said = []
    if "taken" in features:
        said.append(_now("Took out %(taken)s rows in a day by export (days like this: %(taken_days)s)."))
    if "listed" in features:
        said.append(
            _now("Listed %(listed)s rows of customers in a day, %(listed_times)s times what colleagues list.")
        )
    if "total" in features:
        said.append(
            _now("Listed %(total)s rows in the whole period, %(total_times)s times what colleagues list.")
        )
    return " ".join(said) % dict(features)


BULK = Detector(
    code="bulk",
    name=_("Bulk listing or export"),
    words=_("Far more rows of searches and lists than colleagues look at, or many rows taken out by export."),
    limits=(
        Limit("z", 6, _("distance from the usual, in robust standard deviations")),
        Limit("listed", 600, _("rows listed in a day, at least")),
        Limit("month", 6000, _("rows listed in the whole period, at least")),
        Limit("taken", 400, _("rows taken out in a day")),
    ),
    search=search,
    explain=explain,
)
