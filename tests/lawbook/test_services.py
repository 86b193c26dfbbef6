"""Superseding a fact and entering a year: one row, one event, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lawbook.models import FactVersion, WorkingYear
from lawbook.queries import UnknownFact, fact
from lawbook.services import NotAYear, NotLater, enter_year, supersede
from tests.staff.company import facts_since, last_event
from trail import services as trail
from trail.actor import Actor

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
BY = Actor.system("lawbook.test")


def test_a_new_version_ends_the_one_before_and_is_told() -> None:
    start = last_event()
    supersede(replace(fact("breach_notice", NOW), value=12, since=date(2027, 1, 1)), by=BY, at=trail.clock())
    assert (fact("breach_notice", NOW).value, fact("breach_notice", NOW).until) == (24, date(2027, 1, 1))
    assert fact("breach_notice", datetime(2027, 1, 2, tzinfo=UTC)).value == 12
    assert facts_since(start, "lawbook.fact_superseded") == [
        {"code": "breach_notice", "value": 12, "unit": "hour", "since": "2027-01-01", "certainty": "house"}
    ]


def test_refuses_a_version_that_begins_no_later() -> None:
    held = fact("breach_notice", NOW)
    with pytest.raises(NotLater):
        supersede(replace(held, value=12), by=BY, at=trail.clock())
    assert fact("breach_notice", NOW) == held


def test_refuses_a_code_that_nobody_holds() -> None:
    with pytest.raises(UnknownFact):
        supersede(replace(fact("breach_notice", NOW), code="other"), by=BY, at=trail.clock())
    assert not FactVersion.objects.filter(code="other").exists()


def test_an_entered_year_is_told() -> None:
    start = last_event()
    enter_year(
        2091,
        days_off=[date(2091, 1, 1), date(2090, 12, 31)],
        days_worked=[date(2091, 1, 6)],
        citation="通知",
        by=BY,
        at=trail.clock(),
    )
    assert facts_since(start, "lawbook.year_entered") == [
        {"year": 2091, "days_off": ["2090-12-31", "2091-01-01"], "days_worked": ["2091-01-06"]}
    ]


@pytest.mark.parametrize(
    ("off", "worked", "culprit"),
    [
        ([], [], None),
        ([date(2092, 1, 1)], [], date(2092, 1, 1)),
        ([date(2090, 11, 30)], [], date(2090, 11, 30)),
        ([date(2091, 1, 1)], [date(2091, 1, 2)], date(2091, 1, 2)),  # a Tuesday is worked anyway
        ([date(2091, 1, 6)], [date(2091, 1, 6)], date(2091, 1, 6)),
    ],
)
def test_refuses_what_is_no_arrangement_of_the_year(off, worked, culprit) -> None:
    start = last_event()
    with pytest.raises(NotAYear) as refused:
        enter_year(2091, days_off=off, days_worked=worked, citation="通知", by=BY, at=trail.clock())
    assert refused.value.day == culprit
    assert not WorkingYear.objects.exists()
    assert last_event() == start
