"""Counts per day for the columns of a chart, and per person for a team's page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone


def daily(
    *,
    since: datetime,
    until: datetime,
    people: Collection[UUID] | None = None,
    customer: UUID | None = None,
) -> list[tuple[date, int, int]]:
    """Return for each local day of a period: exposures that showed something, and of these L3 or above in clear."""
    among = None if people is None else list(people)
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(
            "select (at at time zone %s)::date as day, count(*), count(*) filter (where level >= 3)"
            " from trail_exposure where at >= %s and at < %s and act <> 'refused'"
            " and (%s::uuid is null or customer = %s) and (%s::uuid[] is null or actor_id = any(%s))"
            " group by day",
            [zone, since, until, customer, customer, among, among],
        )
        found = {day: (every, clear) for day, every, clear in cursor.fetchall()}
    first, last = (
        timezone.localtime(since).date(),
        timezone.localtime(until - timedelta(microseconds=1)).date(),
    )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, *found.get(day, (0, 0))) for day in days]


def per_person(
    people: Collection[UUID], *, since: datetime, until: datetime
) -> dict[UUID, tuple[int, int, int]]:
    """Return for each person how many exposures showed something, how many L3 or above in clear, how many refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select actor_id, count(*) filter (where act <> 'refused'), count(*) filter (where level >= 3),"
            " count(*) filter (where act = 'refused') from trail_exposure"
            " where actor_id = any(%s::uuid[]) and at >= %s and at < %s group by actor_id",
            [list(people), since, until],
        )
        return {who: (shown, clear, refused) for who, shown, clear, refused in cursor.fetchall()}
