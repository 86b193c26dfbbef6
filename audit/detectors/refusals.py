"""Somebody tries again and again what the rules refuse."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import FarDay, far_days

KINDS = ("reveal.refused", "compare.refused", "budget.refused", "restricted.refused")


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who was refused far more often in a day than is usual."""
    days: dict[UUID, list[FarDay]] = {}
    for far in far_days(view, "refused", least=limits["refusals"], z=limits["z"]):
        days.setdefault(far.person, []).append(far)
    return [
        Mark(
            person=person,
            score=max(min(far.z / limits["z"], far.number / limits["refusals"]) for far in found),
            features={"refusals": sum(far.number for far in found), "days": len(found)},
            spans=[view.day(far.day) for far in found],
            kinds=KINDS,
        )
        for person, found in days.items()
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how often, and on how many days."""
    return ngettext(
        "Was refused %(refusals)s times on %(days)s day.",
        "Was refused %(refusals)s times on %(days)s days.",
        int(features["days"]),
    ) % dict(features)


REFUSALS = Detector(
    code="refusals",
    name=_("Repeated refusals"),
    words=_("One person is refused again and again: values, compares, row budgets."),
    limits=(
        Limit("refusals", 8, _("refusals in a day, at least")),
        Limit("z", 5, _("distance from the usual, in robust standard deviations")),
    ),
    search=search,
    explain=explain,
)
