"""How much was shown, refused and held back in a period: by level, department, person and month.

Each is one statement over the period's months; nothing is kept between questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from access.events import BUDGET_REFUSED
from audit.queries.radius import SHOWING
from trail import vocabulary

SENSITIVE = 3
"""The level from which a value counts as sensitive."""
MONTHS = 12
_NO_REFUSALS = ("approvals.", "files.", "trail.")
"""What signers, deposits and the sealer turn down is no reader's refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLevel:
    """How often something was shown with this as the highest level in the clear (0: nothing), and of how many."""

    level: int
    times: int
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDepartment:
    """What people of one department were shown, as the events say where they belonged then."""

    department: str
    people: int
    shown: int
    sensitive: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPerson:
    """What one person was shown, of how many customers, and how often refused."""

    person: UUID
    shown: int
    sensitive: int
    customers: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMonth:
    """What was shown and refused in one local month."""

    month: date
    shown: int
    sensitive: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKind:
    """How often something was refused in one way, and to how many people."""

    kind: str
    times: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBudget:
    """How often a row budget refused with this next step, and to how many people."""

    budget: str
    step: str
    times: int
    people: int


def by_level(*, since: datetime, until: datetime) -> list[OfLevel]:
    """Return exposures by the highest level in the clear, lowest first."""
    # Grouped twice: count(distinct) would keep the planner from working in parallel.
    with connection.cursor() as cursor:
        cursor.execute(
            "select level, sum(times)::bigint, count(*) from ("
            "  select level, customer, count(*) as times from trail_exposure"
            "  where at >= %s and at < %s and act = any(%s) group by level, customer) each"
            " group by level order by level",
            [since, until, list(SHOWING)],
        )
        return [OfLevel(level=level, times=times, customers=n) for level, times, n in cursor.fetchall()]


def by_department(*, since: datetime, until: datetime) -> list[OfDepartment]:
    """Return what each department was shown, most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select department, count(distinct actor_id), sum(shown)::bigint, sum(sensitive)::bigint,"
            " sum(refused)::bigint from ("
            "  select e.department, x.actor_id, count(*) filter (where x.act = any(%s)) as shown,"
            "    count(*) filter (where x.act = any(%s) and x.level >= %s) as sensitive,"
            "    count(*) filter (where x.act = 'refused') as refused"
            "  from trail_exposure x join trail_event e on e.id = x.event_id and e.at = x.at"
            "  where x.at >= %s and x.at < %s and e.at >= %s and e.at < %s and x.actor_id is not null"
            "  group by e.department, x.actor_id) each"
            " group by department having sum(shown + refused) > 0 order by 3 desc, department",
            [list(SHOWING), list(SHOWING), SENSITIVE, since, until, since, until],
        )
        return [
            OfDepartment(department=code, people=people, shown=shown, sensitive=sensitive, refused=refused)
            for code, people, shown, sensitive, refused in cursor.fetchall()
        ]


def by_person(*, since: datetime, until: datetime, most: int) -> tuple[int, list[OfPerson]]:
    """Return how many people were shown or refused anything, and those with most sensitive values, at most `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) over (), actor_id, sum(shown)::bigint, sum(sensitive)::bigint,"
            " count(*) filter (where shown > 0), sum(refused)::bigint from ("
            "  select actor_id, customer, count(*) filter (where act = any(%s)) as shown,"
            "    count(*) filter (where act = any(%s) and level >= %s) as sensitive,"
            "    count(*) filter (where act = 'refused') as refused"
            "  from trail_exposure where at >= %s and at < %s and actor_id is not null"
            "  group by actor_id, customer having count(*) filter (where act = any(%s) or act = 'refused') > 0) each"
            " group by actor_id order by 4 desc, 3 desc, actor_id limit %s",
            [list(SHOWING), list(SHOWING), SENSITIVE, since, until, list(SHOWING), most],
        )
        rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [
        OfPerson(person=who, shown=shown, sensitive=sensitive, customers=customers, refused=refused)
        for _all, who, shown, sensitive, customers, refused in rows
    ]


def by_month(*, until: datetime, months: int = MONTHS) -> list[OfMonth]:
    """Return the local months that end at `until`, oldest first, also those in which nothing happened."""
    last = timezone.localdate(until - timedelta(microseconds=1)).replace(day=1)
    wanted = [_back(last, number) for number in reversed(range(months))]
    since = timezone.make_aware(datetime.combine(wanted[0], datetime.min.time()))
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(
            "select date_trunc('month', at at time zone %s)::date, count(*) filter (where act = any(%s)),"
            " count(*) filter (where act = any(%s) and level >= %s), count(*) filter (where act = 'refused')"
            " from trail_exposure where at >= %s and at < %s group by 1",
            [zone, list(SHOWING), list(SHOWING), SENSITIVE, since, until],
        )
        found = {month: counts for month, *counts in cursor.fetchall()}
    return [
        OfMonth(month=month, shown=shown, sensitive=sensitive, refused=refused)
        for month in wanted
        for shown, sensitive, refused in [found.get(month, (0, 0, 0))]
    ]


def refusals(*, since: datetime, until: datetime) -> list[OfKind]:
    """Return refusals of every kind, most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, count(*), count(distinct actor_id) from trail_event"
            " where at >= %s and at < %s and kind = any(%s) group by kind order by 2 desc, kind",
            [since, until, refusing()],
        )
        return [OfKind(kind=kind, times=times, people=people) for kind, times, people in cursor.fetchall()]


def budgets_hit(*, since: datetime, until: datetime) -> list[OfBudget]:
    """Return how often row budgets refused, by budget and by what would bring the person on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select facts->>'budget', facts->>'step', count(*), count(distinct actor_id) from trail_event"
            " where at >= %s and at < %s and kind = %s group by 1, 2 order by 3 desc, 1, 2",
            [since, until, BUDGET_REFUSED.code],
        )
        return [
            OfBudget(budget=budget, step=step, times=times, people=people)
            for budget, step, times, people in cursor.fetchall()
        ]


def refusing() -> list[str]:
    """Return the kinds of event that say that somebody was refused something: a read, a login, a budget."""
    kinds = (kind.code for kind in vocabulary.every_kind())
    return sorted(code for code in kinds if code.endswith("refused") and not code.startswith(_NO_REFUSALS))


def _back(month: date, number: int) -> date:
    """Return the first day of the month `number` months before."""
    count = month.year * 12 + month.month - 1 - number
    return date(count // 12, count % 12 + 1, 1)
