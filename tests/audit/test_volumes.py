"""Volumes against events counted by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from access.events import BUDGET_REFUSED
from audit.periods import month_before
from audit.queries import volumes
from audit.queries.volumes import OfBudget, OfDepartment, OfKind, OfLevel, OfMonth, OfPerson
from tests.trail.cast import ALICE, BOB, LI, SHOWN, WANG, ZHAO
from trail import services
from trail.exposed import Exposed

pytestmark = pytest.mark.django_db
SALES = replace(ALICE, department="sales")
CARE = replace(BOB, department="care")
HELD = {"tier": "", "window": "hour", "used": 5, "allowed": 5, "seconds": 60}


@pytest.fixture
def month():
    """Last month, in whose middle Alice of sales and Bob of care worked; and what lies around it."""
    since, until = month_before(services.clock())
    middle = since + timedelta(days=14)

    def act(by, at, *exposed):
        services.record(SHOWN, by=by, at=at, exposures=exposed)

    act(SALES, middle, Exposed(WANG, "listed", masked=("mobile",)), Exposed(LI, "listed", masked=("mobile",)))
    act(SALES, middle, Exposed(WANG, "opened", clear=("city",), level=2))
    act(SALES, middle, Exposed(WANG, "revealed", clear=("mobile",), level=3))
    act(SALES, middle, Exposed(WANG, "revealed", clear=("email",), level=3))
    act(CARE, middle, Exposed(ZHAO, "revealed", clear=("credit_report",), level=4))
    act(CARE, middle, Exposed(LI, "refused"))
    act(CARE, middle, Exposed(LI, "written"), Exposed(LI, "used", clear=("mobile",), level=3))
    act(SALES, since - timedelta(seconds=1), Exposed(ZHAO, "revealed", clear=("mobile",), level=3))
    act(SALES, until, Exposed(ZHAO, "revealed", clear=("mobile",), level=3))
    for by, step in ((SALES, "reason"), (SALES, "reason"), (CARE, "tap")):
        services.record(BUDGET_REFUSED, by=by, at=middle, facts=HELD | {"budget": "clear", "step": step})
    return {"since": since, "until": until}


def test_counts_by_the_highest_level_in_the_clear(month):
    assert volumes.by_level(**month) == [
        OfLevel(level=0, times=2, customers=2),
        OfLevel(level=2, times=1, customers=1),
        OfLevel(level=3, times=2, customers=1),
        OfLevel(level=4, times=1, customers=1),
    ]


def test_counts_by_the_department_of_then(month):
    assert volumes.by_department(**month) == [
        OfDepartment(department="sales", people=1, shown=5, sensitive=2, refused=0),
        OfDepartment(department="care", people=1, shown=1, sensitive=1, refused=1),
    ]


def test_counts_by_person_most_sensitive_values_first(month):
    assert ALICE.id is not None
    assert BOB.id is not None
    alice = OfPerson(person=ALICE.id, shown=5, sensitive=2, customers=2, refused=0)
    bob = OfPerson(person=BOB.id, shown=1, sensitive=1, customers=1, refused=1)
    assert volumes.by_person(**month, most=10) == (2, [alice, bob])
    assert volumes.by_person(**month, most=1) == (2, [alice])


def test_counts_twelve_local_months_also_the_empty_ones(month):
    found = volumes.by_month(until=month["until"])
    assert len(found) == 12
    last = timezone.localdate(month["since"])
    assert found[-1] == OfMonth(month=last, shown=6, sensitive=3, refused=1)
    # The reveal of the second before the month lies in the month before it.
    assert (found[-2].shown, found[-2].sensitive) == (1, 1)
    assert found[0].month == date(last.year - (last.month < 12), last.month % 12 + 1, 1)
    assert found[0].shown == 0


def test_counts_refusals_and_budgets(month):
    assert volumes.refusals(**month) == [OfKind(kind="budget.refused", times=3, people=2)]
    assert volumes.budgets_hit(**month) == [
        OfBudget(budget="clear", step="reason", times=2, people=1),
        OfBudget(budget="clear", step="tap", times=1, people=1),
    ]
