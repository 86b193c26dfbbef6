"""Hash the leaves of many events where the events lie: range by range, several ranges at a time when there are many."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from string import Template
from struct import Struct
from typing import Any, TypeVar

from django.db import connection, transaction

from trail.sealing import leaf, store

Part = TypeVar("Part")
Made = TypeVar("Made")
Row = tuple[Any, ...]
"""What begins with an event's number and time."""
Hashed = Mapping[tuple[int, datetime], tuple[datetime, bytes]]
"""An event's number and time → when it was recorded, and the hash of its leaf; those that are gone are not in it."""
Fresh = list[tuple[Any, ...]]
"""An event's number, its time in microseconds since 2000 began, the hash of its leaf: to make a datetime of each, and
to undo that, costs more than the hash."""

BATCH = 16_384
GAP = 1_000
"""So many numbers missing between two events make two ranges of them."""
HANDS = 2
_EVENT = Struct(">qq32s")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_TYPES = ["int8", "timestamptz", "timestamptz", "bytea"]
# A planner that does not know yet how much is new would look through all exposures for each event.
_PLAN = "set local enable_nestloop = off; set local work_mem = '64MB'"
_FRESH = Template(
    """
select string_agg(int8send(id) || timestamptz_send(at) || digest, ''::bytea order by id, at) from ($hashed) hashed
where recorded_at >= coalesce(%(after)s, '-infinity'::timestamptz)
    and not exists (select from trail_leaf l where l.event_id between %(first)s and %(last)s
        and l.event_id = hashed.id and l.at = hashed.at)
"""
).substitute(hashed=leaf.HASHED)
_BOUNDS = """
select min(event_id) as first, max(event_id) as last, min(at) as since, max(at) as until, count(*) as held
from trail_leaf where index >= %(start)s and index < %(end)s
"""
_BLOCK = Template(
    """
select string_agg(l.hash, ''::bytea order by l.index),
    string_agg(timestamptz_send(coalesce(h.recorded_at, 'infinity')), ''::bytea order by l.index),
    bool_and(case when h.digest is null then to_char(l.at at time zone 'UTC', 'YYYY_MM') = any(%(archived)s)
        else h.digest = l.hash end)
from trail_leaf l left join ($hashed) h on h.id = l.event_id and h.at = l.at
where l.index >= %(start)s and l.index < %(end)s
"""
).substitute(hashed=leaf.HASHED)


@dataclass(frozen=True, slots=True)
class Span:
    """Events by number and time, all four included."""

    first: int
    last: int
    since: datetime
    until: datetime

    def parameters(self, **more: object) -> dict[str, Any]:
        """Return the parameters of the statements above."""
        return {"first": self.first, "last": self.last, "since": self.since, "until": self.until, **more}


@dataclass(frozen=True, slots=True)
class Whole:
    """Neighbouring leaves whose events hash to what was sealed: the hashes, and when each event was recorded."""

    digests: list[bytes]
    recorded: array[int]
    """Microseconds since 2000 began."""


def side_by_side(work: Callable[[Part], Made], parts: Sequence[Part], *, apart: bool) -> Iterator[Made]:
    """Yield what work makes of each part, in their order.

    :param apart: connections of their own work on the next ones while the caller uses this one; they see committed
        rows alone, so a few parts are better done on the caller's.
    """
    if not apart:
        yield from map(work, parts)
        return

    def on_its_own(part: Part) -> Made:
        try:
            return work(part)
        finally:
            connection.close()

    left, waiting = iter(parts), deque[Future[Made]]()
    with ThreadPoolExecutor(HANDS) as hands:
        for part in islice(left, HANDS):
            waiting.append(hands.submit(on_its_own, part))
        for part in left:
            made = waiting.popleft().result()
            waiting.append(hands.submit(on_its_own, part))
            yield made
        while waiting:
            yield waiting.popleft().result()


def fresh(span: Span, after: datetime | None) -> Fresh:
    """Return the events of a span that have no leaf yet, in order; with `after`, those recorded since then alone."""
    with _planned(), connection.cursor() as cursor:
        cursor.execute(_FRESH, span.parameters(after=after))
        return list(_EVENT.iter_unpack(cursor.fetchone()[0] or b""))


def microseconds(moment: datetime) -> int:
    """Return a time as PostgreSQL sends it: microseconds since 2000 began."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def whole(start: int, end: int, *, archived: Collection[str] = ()) -> Whole | None:
    """Hash the events of the leaves [start, end) anew; None: it takes `one_by_one` to say what is the matter.

    :param archived: months (`2026_05`) whose events are gone by the book.
    """
    with _planned():
        place: dict[str, Any] = {"start": start, "end": end, "archived": list(archived)}
        with connection.cursor() as cursor:
            cursor.execute(_BOUNDS, place)
            first, last, since, until, held = cursor.fetchone()
            if held != end - start or last - first > 4 * held + GAP:
                return None
            cursor.execute(_BLOCK, Span(first, last, since, until).parameters(**place))
            hashes, recorded, same = cursor.fetchone()
    if not same:
        return None
    moments = array("q", bytes(recorded))
    if sys.byteorder == "little":
        moments.byteswap()
    return Whole(store.split(hashes), moments)


def one_by_one(batch: Sequence[Row]) -> Hashed:
    """Return the hashes of committed events, each by its name."""
    found = {}
    with _planned():
        for ids, times in _ranges(batch):
            span = Span(min(ids), max(ids), min(times), max(times))
            for id, at, recorded_at, digest in store.stream(leaf.HASHED, span.parameters(), _TYPES):
                found[id, at] = recorded_at, digest
    return found


@contextmanager
def _planned() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLAN)
        yield


def _ranges(batch: Sequence[Row]) -> Iterator[tuple[list[int], list[datetime]]]:
    """Yield numbers and times of events that lie close together."""
    ids: list[int] = []
    times: list[datetime] = []
    for id, at, *_rest in sorted(batch):
        if ids and id - ids[-1] > GAP:
            yield ids, times
            ids, times = [], []
        ids.append(id)
        times.append(at)
    if ids:
        yield ids, times
