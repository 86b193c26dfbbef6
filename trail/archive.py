"""The months of the trail: which are online, what one holds, which lie in an archive and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import DataError, connection

_ONLINE = """
select to_date(right(child.relname, 7), 'YYYY_MM') from pg_inherits
join pg_class child on child.oid = inhrelid
where inhparent = 'public.trail_event'::regclass order by 1
"""
_HOLDS = """
select (select count(*) from trail_event where at >= %(since)s and at < %(until)s),
    (select count(*) from trail_exposure where at >= %(since)s and at < %(until)s),
    (select count(*) from trail_event e where at >= %(since)s and at < %(until)s
        and not exists (select from trail_leaf l where l.event_id = e.id and l.at = e.at)),
    trail_month_digest(%(month)s)
"""
_ARCHIVED = """
select month, events, exposures, digest, file, sha256, archived.proposal, archived.at, gone.at
from trail_archived_month archived left join trail_destroyed_archive gone using (month) order by month desc
"""


class NotTheSame(RuntimeError):
    """The month is young, gone, or not what was exported; nothing was dropped."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What one month online holds; `digest` is over the leaves of its events in their order."""

    events: int
    exposures: int
    unsealed: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Archived:
    """One month that left: what it held, which file holds it now, and when that file was destroyed, if it was."""

    month: date
    events: int
    exposures: int
    digest: bytes
    file: str
    sha256: bytes
    proposal: UUID
    at: datetime
    destroyed_at: datetime | None


def bounds(month: date) -> tuple[datetime, datetime]:
    """Return when a month of the trail begins and ends: partitions are cut in UTC."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return _midnight(month), _midnight(following)


def months_online() -> list[date]:
    """Return the first day of each month that has a partition, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ONLINE)
        return [month for (month,) in cursor.fetchall()]


def holds(month: date) -> Holds:
    """Return what a month holds; it reads the whole month."""
    since, until = bounds(month)
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, {"since": since, "until": until, "month": month})
        events, exposures, unsealed, digest = cursor.fetchone()
    return Holds(events, exposures, unsealed, bytes(digest))


def archived() -> list[Archived]:
    """Return the months that left, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ARCHIVED)
        rows = cursor.fetchall()
    return [
        Archived(month, events, exposures, bytes(digest), file, bytes(sha256), proposal, at, gone)
        for month, events, exposures, digest, file, sha256, proposal, at, gone in rows
    ]


def online_since() -> datetime | None:
    """Return the moment before which the trail lies in archives; None while nothing was archived."""
    with connection.cursor() as cursor:
        cursor.execute("select max(month) from trail_archived_month")
        (last,) = cursor.fetchone()
    return None if last is None else bounds(last)[1]


def leave(month: date, held: Holds, *, file: str, sha256: bytes, proposal: UUID, at: datetime) -> None:
    """Drop a month that lies in this file, inside the caller's transaction.

    :raises NotTheSame: the database refuses; the transaction can only be rolled back.
    :raises django.db.OperationalError: readers hold the trail; try again.
    """
    given: list[Any] = [month, held.events, held.exposures, held.digest, file, sha256, proposal, at]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select trail_archive_month(%s, %s, %s, %s, %s, %s, %s, %s)", given)
    except DataError as refused:
        raise NotTheSame(str(refused).partition("\n")[0]) from None


def destroyed(month: date, *, proposal: UUID, at: datetime) -> bool:
    """Write down that the archive of a month was destroyed, inside the caller's transaction; False: it was already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_destroyed_archive (month, proposal, at) values (%s, %s, %s) on conflict do nothing",
            [month, proposal, at],
        )
        return bool(cursor.rowcount == 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
