"""The working calendar: holidays, make-up days, years that somebody entered, years that nobody knows."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lawbook import calendar
from lawbook.calendar import UnknownYear, WorkingCalendar, add_working_days, is_working_day
from lawbook.services import enter_year
from trail import services as trail
from trail.actor import Actor

pytestmark = pytest.mark.django_db

PUBLISHED = WorkingCalendar(frozenset(), {})
"""Nothing entered: what the package knows."""
DAYS = st.dates(date(2005, 1, 1), date(2025, 6, 30))
NUMBERS = st.integers(0, 90)


def enter(year: int, off: list[date], worked: list[date] | None = None) -> None:
    by = Actor.system("lawbook.working_year")
    enter_year(year, days_off=off, days_worked=worked or [], citation="通知", by=by, at=trail.clock())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 4), True),  # a Sunday worked for New Year
        (date(2026, 2, 28), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 16), False),  # a Monday, New Year's Eve
        (date(2026, 10, 7), False),  # a Wednesday, National Day
        (date(2026, 10, 8), True),
        (date(2026, 11, 28), False),  # a plain Saturday
        (date(2020, 1, 31), False),  # the Spring Festival that was prolonged
        (date(2018, 12, 31), False),  # the next year's notice changed this day
    ],
)
def test_knows_holidays_and_make_up_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@given(DAYS, NUMBERS, NUMBERS)
def test_more_working_days_end_no_earlier(day: date, some: int, more: int) -> None:
    assert PUBLISHED.add(day, some) <= PUBLISHED.add(day, some + more)


@given(DAYS, st.integers(0, 40), NUMBERS)
def test_a_later_start_ends_no_earlier(day: date, later: int, number: int) -> None:
    if number:  # after no days at all one is where one was
        assert PUBLISHED.add(day, number) <= PUBLISHED.add(day + timedelta(days=later), number)


@given(DAYS, NUMBERS)
def test_counts_exactly_the_days_that_are_worked(day: date, number: int) -> None:
    end = PUBLISHED.add(day, number)
    between = (day + timedelta(days=step) for step in range(1, (end - day).days + 1))
    assert sum(PUBLISHED.works(one) for one in between) == number
    assert end == day or PUBLISHED.works(end)


@given(DAYS, st.integers(0, 30), st.integers(1, 30))
def test_counts_on_from_where_it_stopped(day: date, first: int, second: int) -> None:
    assert PUBLISHED.add(PUBLISHED.add(day, first), second) == PUBLISHED.add(day, first + second)


@settings(max_examples=30)
@given(st.dates(date(2090, 1, 1), date(2150, 12, 31)) | st.dates(date(1900, 1, 1), date(2003, 12, 31)))
def test_refuses_to_guess_an_unknown_year(day: date) -> None:
    with pytest.raises(UnknownYear) as refused:
        PUBLISHED.works(day)
    assert refused.value.year == day.year


def test_refuses_a_way_that_leads_into_an_unknown_year() -> None:
    enter(2098, [date(2098, 1, 1)])
    assert add_working_days(date(2098, 12, 24), 5) == date(2098, 12, 31)
    with pytest.raises(UnknownYear) as refused:
        add_working_days(date(2098, 12, 24), 6)
    assert refused.value.year == 2099


def test_refuses_to_count_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 1, 5), -1)


def test_knows_a_year_once_it_is_entered() -> None:
    enter(2091, [date(2091, 1, 1)], [date(2091, 1, 6)])
    assert not is_working_day(date(2091, 1, 1))  # a Monday
    assert is_working_day(date(2091, 1, 6))  # a Saturday
    assert is_working_day(date(2091, 1, 2))
    assert not is_working_day(date(2091, 1, 7))
    assert add_working_days(date(2091, 1, 1), 5) == date(2091, 1, 6)


def test_follows_the_later_of_two_entries() -> None:
    enter(2091, [date(2091, 1, 1)])
    enter(2091, [date(2091, 1, 2)])
    assert is_working_day(date(2091, 1, 1))
    assert not is_working_day(date(2091, 1, 2))


def test_an_entered_day_counts_before_the_package() -> None:
    assert is_working_day(date(2026, 12, 31))
    enter(2027, [date(2026, 12, 31), date(2027, 1, 1)], [date(2026, 12, 26)])
    assert not is_working_day(date(2026, 12, 31))
    assert is_working_day(date(2026, 12, 26))
    assert not is_working_day(date(2026, 10, 1)), "the rest of the year stays as published"


def test_december_alone_does_not_make_the_year_before_known() -> None:
    enter(2092, [date(2091, 12, 31)])
    assert not is_working_day(date(2091, 12, 31))
    with pytest.raises(UnknownYear):
        is_working_day(date(2091, 12, 28))


def test_counts_many_days_with_one_query(django_assert_num_queries) -> None:
    enter(2091, [date(2091, 1, 1)])
    with django_assert_num_queries(1):
        calendar.add_working_days(date(2025, 1, 1), 200)
