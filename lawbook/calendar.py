"""The working calendar of mainland China: holidays, and the weekend days that are worked in exchange (调休).

The State Council publishes each year's arrangement late in the year before. Years up to the last one published when
the dependencies were locked come from the `chinesecalendar` package; later ones are entered (`manage.py working_year`).
Days that were entered count before those of the package. A year that neither knows raises: a deadline is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

from lawbook.models import WorkingYear

SATURDAY = 5


class UnknownYear(LookupError):
    """Nobody has said yet which days of this year are worked."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The years that were entered, and the days of them that depart from the week."""

    years: frozenset[int]
    departures: Mapping[date, bool]
    """Day → whether it is worked."""

    def works(self, day: date) -> bool:
        """Return whether `day` is worked.

        :raises UnknownYear: its year is not known.
        """
        if day in self.departures:
            return self.departures[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            if day.year in self.years:
                return day.weekday() < SATURDAY
            raise UnknownYear(day.year) from None

    def add(self, day: date, number: int) -> date:
        """Return the `number`-th working day after `day`, which is not counted itself.

        :raises ValueError: a negative number.
        :raises UnknownYear: the way there leads through a year that is not known.
        """
        if number < 0:
            raise ValueError("working days are counted forward")
        while number:
            day += timedelta(days=1)
            number -= self.works(day)
        return day


def current() -> WorkingCalendar:
    """Return the calendar as it is known now; one query, so take it once for many days."""
    years: set[int] = set()
    departures: dict[date, bool] = {}
    for entered in WorkingYear.objects.newest():
        years.add(entered.year)
        departures |= {date.fromisoformat(day): False for day in entered.days_off}
        departures |= {date.fromisoformat(day): True for day in entered.days_worked}
    return WorkingCalendar(frozenset(years), departures)


def is_working_day(day: date) -> bool:
    """Return whether `day` is worked: a make-up Saturday is, a holiday is not.

    :raises UnknownYear: its year is not known.
    """
    return current().works(day)


def add_working_days(day: date, number: int) -> date:
    """Return the `number`-th working day after `day`; for 0, `day` itself.

    :raises ValueError: a negative number.
    :raises UnknownYear: the way there leads through a year that is not known.
    """
    return current().add(day, number)
