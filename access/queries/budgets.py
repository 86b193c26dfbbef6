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
from customers.models import Customer
from trail import queries as trail
from trail.exposed import EXPORTED, REVEALED
from trail.models import EventQuerySet
from trail.questions import Question, Rows, ask, ask_together

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
    return ask(_in_force(at))


def _in_force(at: datetime) -> Question[tuple[Budget, ...]]:
    return Question(
        _IN_FORCE,
        {"at": at},
        lambda rows: tuple(Budget(**dict(zip(_SAID, row, strict=True))) for row in rows),
    )


_SAID = ("code", "budget", "role", "tier", "per_hour", "per_day", "more_hour", "more_day")
_IN_FORCE = """
select code, budget, role, tier, per_hour, per_day, more_hour, more_day from access_rowbudget
where since <= %(at)s and (until is null or until > %(at)s) order by budget, role, tier, number"""


def portions(people: Collection[UUID], at: datetime) -> dict[UUID, list[Portion]]:
    """Return the portions that still count, by person."""
    return ask(_portions(people, at))


def _portions(people: Collection[UUID], at: datetime) -> Question[dict[UUID, list[Portion]]]:
    def read(rows: Rows) -> dict[UUID, list[Portion]]:
        found: dict[UUID, list[Portion]] = defaultdict(list)
        for person, *given in rows:
            found[person].append(Portion(**dict(zip(_GIVEN, given, strict=True))))
        return {person: live(given, at) for person, given in found.items()}

    return Question(_PORTIONS, {"people": list(people), "since": at - WINDOWS[DAY]}, read)


_GIVEN = ("budget", "tier", "window", "step", "rows", "at")
_PORTIONS = """
select person_id, budget, tier, "window", step, "rows", at from access_budgetportion
where person_id = any(%(people)s::uuid[]) and at > %(since)s"""


def counted(
    person: UUID, roles: Collection[str], budget: str, at: datetime, *, after: Question[Any] | None = None
) -> Counted:
    """Return what a person with these roles has used of one budget, in one round trip.

    :param after: what is waited for first: the lock of an act, so that what others showed meanwhile counts.
    """
    first = (after,) if after else ()
    shows = _clear(person, at) if budget == CLEAR else _pages(person, at)
    *_waited, rows, given, shown = ask_together(*first, _in_force(at), _portions([person], at), shows)
    mine = tuple(one for one in given.get(person, ()) if one.budget == budget)
    used: dict[tuple[str, str], int] = defaultdict(int)
    for when, number, tier, _customer in shown:
        for window, length in WINDOWS.items():
            if when > at - length:
                used["", window] += number
                if tier:
                    used[tier, window] += number
    return Counted(
        lines=lines(budget, roles, rows, used, mine),
        portions=mine,
        shown=tuple((when, number, tier) for when, number, tier, _customer in shown),
        customers={customer: when for when, _number, _tier, customer in shown if customer},
    )


def hourly(roles: Collection[str], budget: str, at: datetime) -> int:
    """Return what somebody with these roles may be shown of all customers in an hour, without portions."""
    (hour, *_others) = lines(budget, roles, in_force(at), {}, ())
    return hour.whole


def _clear(person: UUID, at: datetime) -> Question[Rows]:
    """Ask when each customer was last shown in clear to a person, with the customer's tier of today."""
    given = {"person": person, "since": at - WINDOWS[DAY], "until": at + AHEAD}
    return Question(_CLEAR, given | {"level": SENSITIVE, "acts": list(SHOWING)}, list)


_CLEAR = """
select shown.last, 1, coalesce(customer.tier, ''), shown.customer from (
  select customer, max(at) as last from trail_exposure where actor_id = %(person)s
    and at > %(since)s and at <= %(until)s and level >= %(level)s and act = any(%(acts)s) group by customer) shown
left join customers_customer customer on customer.ref = shown.customer"""


def _pages(person: UUID, at: datetime) -> Question[Rows]:
    """Ask when a person was shown pages of searches and lists; an export counts as the pages that it holds."""
    given = {
        "person": person,
        "since": at - WINDOWS[DAY],
        "until": at + AHEAD,
        "kinds": LISTING,
        "home": HOME,
    }
    return Question(_PAGES, given | {"exported": CUSTOMERS_EXPORTED.code, "rows": ROWS_A_PAGE}, list)


LISTING = [CUSTOMERS_LISTED.code, CUSTOMERS_EXPORTED.code]
_PAGES = """
select at, case kind when %(exported)s then ceil((facts->>'rows')::numeric / %(rows)s)::integer else 1 end, '', null
from trail_event where actor_id = %(person)s and at > %(since)s and at <= %(until)s and kind = any(%(kinds)s)
  and facts->>'how' <> %(home)s"""


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
