"""What terms of law mean on a clock: days of this house, ends of days, months of unequal length."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lawbook.models import DAY, HOUR, MONTH, WORKING_DAY, YEAR
from lawbook.terms import Term

HERE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 12, 30, tzinfo=HERE)
MOMENTS = st.integers(1_262_000_000, 3_471_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def here(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HERE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "unit", "over"),
    [
        (4, HOUR, here(2026, 3, 2, 16, 30)),
        (30, DAY, here(2026, 4, 2)),
        (15, WORKING_DAY, here(2026, 3, 24)),
        (6, MONTH, here(2026, 9, 3)),
        (3, YEAR, here(2029, 3, 3)),
    ],
)
def test_is_over_at_the_end_of_its_last_day(amount: int, unit: str, over: datetime) -> None:
    assert Term(amount, unit).after(NOON) == over


def test_a_month_without_such_a_day_ends_with_its_last_one() -> None:
    assert Term(1, MONTH).after(here(2026, 1, 31, 9)) == here(2026, 3, 1)
    assert Term(1, YEAR).after(here(2028, 2, 29, 9)) == here(2029, 3, 1)
    assert Term(11, MONTH).after(here(2026, 1, 31, 9)) == here(2027, 1, 1)


def test_a_day_begins_at_midnight_in_shanghai_whoever_reads() -> None:
    before, after = datetime(2026, 3, 1, 15, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    with timezone.override("America/New_York"):
        assert Term(1, DAY).after(before) == here(2026, 3, 3)
        assert Term(1, DAY).after(after) == here(2026, 3, 4)


def test_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Term(1, DAY).after(datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_term_of_hours_has_no_last_day() -> None:
    with pytest.raises(ValueError, match="hours"):
        Term(1, HOUR).last_day(NOON.date())


@given(MOMENTS, st.integers(1, 200), st.sampled_from([HOUR, DAY, MONTH]))
def test_lies_ahead_and_grows_with_the_amount(start: datetime, amount: int, unit: str) -> None:
    over = Term(amount, unit).after(start)
    assert start < over < Term(amount + 1, unit).after(start)


@given(MOMENTS, st.integers(0, 10_000), st.integers(1, 200), st.sampled_from([HOUR, DAY, MONTH, YEAR]))
def test_a_later_start_is_over_no_earlier(start: datetime, minutes: int, amount: int, unit: str) -> None:
    term = Term(amount, unit)
    assert term.after(start) <= term.after(start + timedelta(minutes=minutes))


@given(
    MOMENTS,
    st.integers(0, 48),
    st.sampled_from([DAY, MONTH, YEAR]),
    st.timedeltas(-timedelta(days=1500), timedelta(days=3)),
)
@settings(max_examples=50)
def test_says_which_starts_are_over(at: datetime, amount: int, unit: str, ago: timedelta) -> None:
    term, start = Term(amount, unit), at + ago
    cutoff = term.over_before(at)
    for one in (start, cutoff, cutoff - timedelta(microseconds=1), cutoff + timedelta(days=1)):
        assert (one < cutoff) == (term.after(one) <= at)
