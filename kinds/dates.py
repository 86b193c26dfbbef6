"""Dates: real ones only, in the orders that cannot be misread."""

import datetime
import re
from collections.abc import Mapping

from kinds.base import HIDDEN, NOTHING, Invalid, Kind, given, refuse_number
from kinds.folding import compact, fold

EARLIEST_YEAR = 1850
LATEST_YEAR = 2199
_TIME = r"(?:[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
_SEPARATED = re.compile(r"([0-9]{4}) ?[-/.] ?([0-9]{1,2}) ?[-/.] ?([0-9]{1,2})" + _TIME)
_CHINESE = re.compile(r"([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]" + _TIME)
_BARE = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_OR_MONTH_FIRST = re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{4}" + _TIME)
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?" + _TIME)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


def _real(year: str, month: str, day: str) -> datetime.date | None:
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        return None
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def birth_date(digits: str, *, today: datetime.date | None = None) -> datetime.date | None:
    """Return the date that eight digits mean, or None when it is not real or lies after `today`."""
    date = _real(digits[:4], digits[4:6], digits[6:8])
    if date is None or (today is not None and date > today):
        return None
    return date


def today_in(params: Mapping[str, object]) -> datetime.date | None:
    """Return the day that the caller passed as `today`: kinds read no clock."""
    today = params.get("today")
    if isinstance(today, datetime.datetime):
        return today.date()
    return today if isinstance(today, datetime.date) else None


def _spelt(text: str) -> str:
    return fold(text).translate(_DASHES)


class Date(Kind):
    """A calendar date, stored as 2026-11-21.

    `params`: `today` (date) and `past` (true refuses dates after today).
    """

    code = "date"
    comparable = True
    weight = 50
    typical_level = 2
    views = {"year": 1}
    derives = ("year",)
    shows = (5, 0)
    longest = 10
    examples = ("2026-11-21", "2026年11月21日", "2026/1/5", "20261121")

    def _read(self, text: str) -> datetime.date | None:
        spelt = _spelt(text)
        found = _SEPARATED.fullmatch(spelt) or _CHINESE.fullmatch(spelt) or _BARE.fullmatch(compact(text))
        return _real(found[1], found[2], found[3]) if found else None

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        """Return the ISO date; a time of day is dropped.

        :raises Invalid: not_a_date, two_digit_year, ambiguous_date, future_date.
        """
        date = self._read(given(text, limit=32))
        if date is None:
            spelt = _spelt(text)
            if _DAY_OR_MONTH_FIRST.fullmatch(spelt):
                raise Invalid("ambiguous_date")
            if _TWO_DIGIT_YEAR.fullmatch(spelt):
                raise Invalid("two_digit_year")
            raise refuse_number(text, "not_a_date")
        today = today_in(params)
        if params.get("past") and today is not None and date > today:
            raise Invalid("future_date")
        return date.isoformat()

    def normalise(self, text: str) -> str:
        date = self._read(text)
        return date.isoformat() if date else super().normalise(text)

    def mask(self, value: str) -> str:
        return value[:4] + "-**-**" if self._read(value) and len(value) == 10 else HIDDEN

    def _view(self, value: str, name: str) -> str:
        return self.derive(value).get("year", HIDDEN)

    def derive(self, value: str) -> dict[str, str]:
        date = self._read(value)
        return {"year": f"{date.year:04d}"} if date else {}

    def detect(self, text: str) -> bool:
        return self._read(text) is not None
