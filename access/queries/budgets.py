"""How much of their row budgets people have used, counted from the trail (S4-57). Nothing here is stored or kept."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from access.budgets import CLEAR, DAY, HOUR, ROWS_A_PAGE, TAP, WINDOWS, Budget, Line, Portion, lines, live
from access.events import BUDGET_REFUSED, CUSTOMERS_EXPORTED, CUSTOMERS_LISTED
from access.models import BudgetPortion, RowBudget
from customers.models import Customer
from trail import queries as trail
from trail.exposed import EXPORTED, REVEALED
from trail.models import EventQuerySet

SENSITIVE = 3
SHOWING = (REVEALED, EXPORTED)
"""What leaves in a file under a usage grant is seen in the clear as much as what is shown; masked files hold no L3."""
AHEAD = timedelta(minutes=1)
"""SECURITY: what others recorded a moment after `at` counts as well; who waited for the lock is not let by."""
HOME = "recent"
"""The customers on a person's own start page are no search."""

Shown = dict[UUID, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One person's use of one budget within the last day.

    :ivar shown: when something that counts was last shown, how much, and of which tier.
    :ivar customers: when each customer was last shown in clear; empty for lists.
    """

    lines: tuple[Line, ...]
    portions: tuple[Portion, ...]
    shown: tuple[tuple[datetime, int, str], ...]
    customers: Shown

    def new(self, asked: Collection[Customer], at: datetime) -> dict[tuple[str, str], int]:
        """Return how many of these customers each line does not hold yet."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for customer in asked:
            for window, length in WINDOWS.items():
                last = self.customers.get(customer.ref)
                if last is None or last <= at - length:
                    found["", window] += 1
                    found[customer.tier, window] += 1
        return found


def in_force(at: datetime) -> tuple[Budget, ...]:
    """Return all budgets that count at this moment."""
    names = ("code", "budget", "role", "tier", "per_hour", "per_day", "more_hour", "more_day")
    return tuple(Budget(**row) for row in RowBudget.objects.in_force(at).values(*names))


def portions(people: Collection[UUID], at: datetime) -> dict[UUID, list[Portion]]:
    """Return the portions that still count, by person."""
    names = ("budget", "tier", "window", "step", "rows", "at")
    rows = BudgetPortion.objects.filter(person_id__in=people, at__gt=at - WINDOWS[DAY])
    found: dict[UUID, list[Portion]] = defaultdict(list)
    for row in rows.values("person_id", *names):
        found[row["person_id"]].append(Portion(**{name: row[name] for name in names}))
    return {person: live(given, at) for person, given in found.items()}


def counted(
    person: UUID, roles: Collection[str], budget: str, at: datetime, *, rows: tuple[Budget, ...] | None = None
) -> Counted:
    """Return what a person with these roles has used of one budget."""
    rows = in_force(at) if rows is None else rows
    given = tuple(one for one in portions([person], at).get(person, ()) if one.budget == budget)
    customers = _customers(person, at) if budget == CLEAR else {}
    shown = _of_tiers(customers, budget, roles, rows) if budget == CLEAR else _pages(person, at)
    used: dict[tuple[str, str], int] = defaultdict(int)
    for when, number, tier in shown:
        for window, length in WINDOWS.items():
            if when > at - length:
                used["", window] += number
                if tier:
                    used[tier, window] += number
    return Counted(
        lines=lines(budget, roles, rows, used, given), portions=given, shown=shown, customers=customers
    )


def hourly(roles: Collection[str], budget: str, at: datetime) -> int:
    """Return what somebody with these roles may be shown of all customers in an hour, without portions."""
    (hour, *_others) = lines(budget, roles, in_force(at), {}, ())
    return hour.whole


def _customers(person: UUID, at: datetime) -> Shown:
    with connection.cursor() as cursor:
        cursor.execute(
            "select customer, max(at) from trail_exposure where actor_id = %s and at > %s and at <= %s"
            " and level >= %s and act = any(%s) group by customer",
            [person, at - WINDOWS[DAY], at + AHEAD, SENSITIVE, list(SHOWING)],
        )
        return dict(cursor.fetchall())


def _of_tiers(
    customers: Shown, budget: str, roles: Collection[str], rows: tuple[Budget, ...]
) -> tuple[tuple[datetime, int, str], ...]:
    """Give what was shown its customers' tiers of today, where a budget of the person speaks about a tier."""
    tiers: dict[UUID, str] = {}
    if customers and any(row.tier and row.budget == budget and row.role in roles for row in rows):
        tiers = dict(Customer.objects.filter(ref__in=list(customers)).values_list("ref", "tier"))
    return tuple((when, 1, tiers.get(ref, "")) for ref, when in customers.items())


def _pages(person: UUID, at: datetime) -> tuple[tuple[datetime, int, str], ...]:
    """Return when the person was shown pages of searches and lists; an export counts as the pages that it holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PAGES,
            [CUSTOMERS_EXPORTED.code, ROWS_A_PAGE, person, at - WINDOWS[DAY], at + AHEAD, LISTING, HOME],
        )
        return tuple((when, int(pages), "") for when, pages in cursor.fetchall())


LISTING = [CUSTOMERS_LISTED.code, CUSTOMERS_EXPORTED.code]
_PAGES = """
select at, case kind when %s then ceil((facts->>'rows')::numeric / %s) else 1 end from trail_event
where actor_id = %s and at > %s and at <= %s and kind = any(%s) and facts->>'how' <> %s"""


def used_by(people: Collection[UUID], budget: str, at: datetime) -> dict[UUID, dict[tuple[str, str], int]]:
    """Return how much each of some people has used, over all tiers, in one query: for whoever answers for them."""
    since, until = at - WINDOWS[DAY], at + AHEAD
    with connection.cursor() as cursor:
        if budget == CLEAR:
            cursor.execute(
                _VALUES_OF_PEOPLE,
                [at - WINDOWS[HOUR], list(people), since, until, SENSITIVE, list(SHOWING)],
            )
        else:
            pages: list[Any] = [
                CUSTOMERS_EXPORTED.code,
                ROWS_A_PAGE,
                list(people),
                since,
                until,
                LISTING,
                HOME,
            ]
            cursor.execute(_PAGES_OF_PEOPLE, [at - WINDOWS[HOUR], *pages])
        return {who: {("", HOUR): int(n or 0), ("", DAY): int(of)} for who, n, of in cursor.fetchall()}


_VALUES_OF_PEOPLE = """
select actor_id, count(*) filter (where last > %s), count(*) from (
  select actor_id, customer, max(at) as last from trail_exposure
  where actor_id = any(%s::uuid[]) and at > %s and at <= %s and level >= %s and act = any(%s)
  group by actor_id, customer) each group by actor_id"""
_PAGES_OF_PEOPLE = """
select actor_id, sum(pages) filter (where at > %s), sum(pages) from (
  select actor_id, at, case kind when %s then ceil((facts->>'rows')::numeric / %s) else 1 end as pages
  from trail_event
  where actor_id = any(%s::uuid[]) and at > %s and at <= %s and kind = any(%s) and facts->>'how' <> %s) each
group by actor_id"""


def tap_refusals(people: Collection[UUID], since: datetime, at: datetime) -> EventQuerySet:
    """Return the refusals from `since` on that only a tap would have changed."""
    found = trail.events(since=since, until=at + AHEAD, people=people, kinds=[BUDGET_REFUSED.code])
    return found.filter(facts__step=TAP)
