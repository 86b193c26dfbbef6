"""The retention schedules of a time, as frozen values: how long a field may be kept at most (PIPL 19, S2-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from classification.models import CATEGORY, FIELD, Schedule
from classification.queries import FieldSpec
from trail.questions import Question, Rows, ask

TERMS = ("starts", "months", "floor", "floor_from", "then", "store_months", "verify_months")
"""What a version says, and a proposal may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSpec:
    """One schedule as its version in force says; see `classification.models.Schedule`."""

    scope: str
    subject: str
    number: int
    starts: str
    months: int
    floor: str
    floor_from: str
    then: str
    store_months: int | None
    verify_months: int | None
    confirmed: bool

    @property
    def code(self) -> str:
        """The name of the rule as lists and events keep it."""
        return f"{self.scope}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Schedules:
    """Every schedule in force."""

    by_subject: Mapping[tuple[str, str], ScheduleSpec]

    def of(self, spec: FieldSpec) -> ScheduleSpec | None:
        """Return the schedule of a field: its own, else that of its category."""
        own = self.by_subject.get((FIELD, spec.code))
        return own or self.by_subject.get((CATEGORY, spec.category))


def schedules(at: datetime) -> Schedules:
    """Return the schedules in force at a time, in one query."""
    return ask(schedules_asked(at))


def schedules_asked(at: datetime) -> Question[Schedules]:
    """Ask for the schedules in force at a time."""
    return Question(_IN_FORCE, {"at": at}, _by_subject)


_IN_FORCE = """
select shipped, scope, subject, number, starts, months, floor, floor_from, "then", store_months, verify_months
from classification_schedule where since <= %(at)s and (until is null or until > %(at)s) order by scope, subject"""


def _by_subject(rows: Rows) -> Schedules:
    names = ("scope", "subject", "number", *TERMS)
    found = [
        ScheduleSpec(confirmed=not shipped, **dict(zip(names, said, strict=True))) for shipped, *said in rows
    ]
    return Schedules({(one.scope, one.subject): one for one in found})


def spec_of(row: Schedule) -> ScheduleSpec:
    """Return one version as a frozen value."""
    terms = {name: getattr(row, name) for name in TERMS}
    return ScheduleSpec(
        scope=row.scope, subject=row.subject, number=row.number, confirmed=not row.shipped, **terms
    )
