"""From how many persons and records on a breach is what the law calls larger or serious (regulations.md).

The numbers are dated facts of the lawbook. Which of the law's groups a field belongs to is a first estimate by its kind
and flags: whoever decides about a case reads the words of the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from classification.queries import Catalogue, FieldSpec
from lawbook.queries import fact

TRACKING, PERSONAL, OTHER = "tracking", "personal", "other"
"""Fa Shi [2017] No. 10, art. 5: location, content, credit, property; what touches body and property; the rest."""

PERSONS = ("incident_larger", "incident_major", "incident_extreme")
RECORDS = {
    TRACKING: "crime_records_tracking",
    PERSONAL: "crime_records_personal",
    OTHER: "crime_records_other",
}
ON_DUTY = "crime_records_on_duty"
_OF_PROPERTY = frozenset({"bank_card", "amount", "secret"})
_CREDIT = frozenset({"credit_report"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One number of the law beside what was counted; `fact` is its code in the lawbook."""

    fact: str
    value: int
    counted: int

    @property
    def reached(self) -> bool:
        """Whether as many were counted as the law names, or more."""
        return self.counted >= self.value


def group_of(spec: FieldSpec) -> str:
    """Return the group of the interpretation in which a field's records count."""
    if spec.kind in _OF_PROPERTY or spec.code in _CREDIT:
        return TRACKING
    return PERSONAL if spec.sensitive else OTHER


def groups_of(known: Catalogue) -> dict[str, str]:
    """Return the group of every field."""
    return {spec.code: group_of(spec) for spec in known.fields}


def thresholds(*, customers: int, groups: Mapping[str, int], at: datetime) -> list[Threshold]:
    """Return every threshold beside its count, as the law stands at `at`.

    Records that somebody obtained at work count from half the number on.

    :param customers: of whom anything was shown.
    :param groups: group → customers of whom a field of it was shown in the clear.
    """
    half = fact(ON_DUTY, at).value
    found = [
        Threshold(fact=code, value=fact(code, at).value * half // 100, counted=groups.get(group, 0))
        for group, code in RECORDS.items()
    ]
    return found + [Threshold(fact=code, value=fact(code, at).value, counted=customers) for code in PERSONS]
