"""What a term of law means on a clock: the end of its last day, by the days of this house."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lawbook.calendar import add_working_days
from lawbook.models import DAY, HOUR, MONTH, WORKING_DAY, YEAR

SPANS = frozenset({HOUR, DAY, WORKING_DAY, MONTH, YEAR})


@dataclass(frozen=True, slots=True)
class Term:
    """A span of time as laws give it: an amount of hours, days, working days, months or years."""

    amount: int
    unit: str

    def after(self, start: datetime) -> datetime:
        """Return the moment at which the term that began at `start` is over; whatever is before it is in time.

        Hours run from moment to moment. For all others the day of the start is not counted and the last day counts
        to its end, in `settings.TIME_ZONE`; a month without such a day ends with its last one (Civil Code 200 to 203).
        An end on a holiday is not moved to the next working day: an own deadline is never later than the law's.

        :raises ValueError: `start` carries no time zone.
        :raises lawbook.calendar.UnknownYear: working days run into a year whose holidays are not known.
        """
        if start.tzinfo is None:
            raise ValueError("`start` carries its time zone")
        if self.unit == HOUR:
            return start + timedelta(hours=self.amount)
        return end_of(self.last_day(local_day(start)))

    def last_day(self, first: date) -> date:
        """Return the last day of a term whose first day, `first`, is not counted.

        :raises ValueError: the term is of hours.
        :raises lawbook.calendar.UnknownYear: working days run into a year whose holidays are not known.
        """
        if self.unit == HOUR:
            raise ValueError("a term of hours has no last day")
        if self.unit == DAY:
            return first + timedelta(days=self.amount)
        if self.unit == WORKING_DAY:
            return add_working_days(first, self.amount)
        return _months_later(first, self.amount * (12 if self.unit == YEAR else 1))

    def over_before(self, at: datetime) -> datetime:
        """Return the moment such that terms which began before it, and no others, are over at a time.

        :raises ValueError: the term is of hours or of working days.
        """
        if self.unit in (HOUR, WORKING_DAY):
            raise ValueError("no floor is of hours or working days")
        today, day = local_day(at), local_day(at)
        months = self.amount * (12 if self.unit == YEAR else 1)
        day = day - timedelta(days=self.amount) if self.unit == DAY else _months_later(day, -months)
        while self.last_day(day) >= today:
            day -= timedelta(days=1)
        while self.last_day(day + timedelta(days=1)) < today:
            day += timedelta(days=1)
        return end_of(day)


def local_day(at: datetime) -> date:
    """Return the day of a moment in the time zone of the house, whatever zone a reader has chosen."""
    return timezone.localdate(at, timezone.get_default_timezone())


def end_of(day: date) -> datetime:
    """Return the midnight that ends a day."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
