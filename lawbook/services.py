"""The two acts on what the law says: another value from a day on, and the working calendar of a year."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from lawbook.calendar import SATURDAY
from lawbook.events import FACT_SUPERSEDED, YEAR_ENTERED
from lawbook.models import FactVersion, WorkingYear
from lawbook.queries import Fact, UnknownFact
from trail import services as trail
from trail.actor import Actor


class NotLater(ValueError):
    """The new version of a fact begins no later than the one that it supersedes."""


class NotAYear(ValueError):
    """The days are not the arrangement of that year; `day` is the first one that cannot be."""

    def __init__(self, day: date | None = None) -> None:
        super().__init__(day)
        self.day = day


def supersede(fact: Fact, *, by: Actor, at: datetime) -> FactVersion:
    """Let `fact` apply from `fact.since` on, in place of the last version of its code.

    A verified fact is a version, too: the same value, with the day on which it was looked up.

    :raises UnknownFact: no version of this code is held, or its last one has an end already.
    :raises NotLater: the last version begins on that day or later.
    """
    with transaction.atomic():
        held = FactVersion.objects.select_for_update().filter(code=fact.code, until__isnull=True).first()
        if held is None:
            raise UnknownFact(fact.code)
        if fact.since <= held.since:
            raise NotLater(fact.code)
        held.until = fact.since
        held.save(update_fields=["until"])
        made = FactVersion.objects.create(**asdict(fact))
        facts = {name: getattr(fact, name) for name in ("code", "value", "unit", "certainty")}
        trail.record(FACT_SUPERSEDED, by=by, at=at, facts=facts | {"since": fact.since.isoformat()})
    return made


def enter_year(
    year: int,
    *,
    days_off: Collection[date],
    days_worked: Collection[date],
    citation: str,
    by: Actor,
    at: datetime,
) -> WorkingYear:
    """Enter the State Council's arrangement of a year; entered again, the later entry counts.

    The arrangement may begin in the last days of December before.

    :param days_off: all days off but plain weekends, which may be among them.
    :param days_worked: the Saturdays and Sundays worked in exchange.
    :raises NotAYear: no day off, a day of another time, a day that is both, or a worked day that is no weekend.
    """
    off, worked = sorted(set(days_off)), sorted(set(days_worked))
    if not off:
        raise NotAYear
    for day in [*off, *worked]:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise NotAYear(day)
    for day in worked:
        if day in off or day.weekday() < SATURDAY:
            raise NotAYear(day)
    with transaction.atomic():
        made = WorkingYear.objects.create(
            year=year,
            days_off=[day.isoformat() for day in off],
            days_worked=[day.isoformat() for day in worked],
            citation=citation,
            entered_at=at,
            entered_by=by.number,
        )
        facts = {"year": year, "days_off": made.days_off, "days_worked": made.days_worked}
        trail.record(YEAR_ENTERED, by=by, at=at, facts=facts)
    return made
