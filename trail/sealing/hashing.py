"""Hash the leaves of many events where the events lie: range by range, several ranges at a time when there are many."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction

from trail.sealing import leaf, store

Row = tuple[Any, ...]
"""What begins with an event's number and time."""
Hashed = Mapping[tuple[int, datetime], tuple[datetime, bytes]]
"""An event's number and time → when it was recorded, and the hash of its leaf; those that are gone are not in it."""

BATCH = 20_000
GAP = 1_000
"""So many numbers missing between two events make two ranges of them."""
HANDS = 2
_TYPES = ["int8", "timestamptz", "timestamptz", "bytea"]
# A planner that does not know yet how much is new would look through all exposures for each event.
_PLAN = "set local enable_nestloop = off; set local work_mem = '64MB'"


def hashed(batches: Iterable[Sequence[Row]]) -> Iterator[tuple[Sequence[Row], Hashed]]:
    """Yield each batch of committed events, in its order, with their hashes.

    From the second batch on connections of their own hash the next ones while the caller works on this one.
    """
    batches = iter(batches)
    first = list(islice(batches, 2))
    if len(first) < 2:
        yield from ((batch, _hashes(batch)) for batch in first)
        return
    waiting: deque[tuple[Sequence[Row], Future[Hashed]]] = deque()
    with ThreadPoolExecutor(HANDS) as hands:
        for batch in chain(first, batches):
            waiting.append((batch, hands.submit(_hashes_apart, batch)))
            if len(waiting) > HANDS:
                done, hashes = waiting.popleft()
                yield done, hashes.result()
        yield from ((done, hashes.result()) for done, hashes in waiting)


def _hashes_apart(batch: Sequence[Row]) -> Hashed:
    try:
        return _hashes(batch)
    finally:
        connection.close()


def _hashes(batch: Sequence[Row]) -> Hashed:
    found = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLAN)
        for ids, times in _ranges(batch):
            bounds = [min(ids), max(ids), min(times), max(times)]
            for id, at, recorded_at, digest in store.stream(leaf.HASHED, bounds * 2, _TYPES):
                found[id, at] = recorded_at, digest
    return found


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
