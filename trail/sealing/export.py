"""Write a period of the trail as NDJSON that the stand-alone verifier accepts: events, checkpoints, proof.

A removed event leaves a line that says so: an export never hides that something is missing. The proof is the hashes of
the largest subtrees that hold none of the exported leaves; with those leaves they make the newest checkpoint's root.

That nothing is missing inside the period is proved by leaves without a gap between two checkpoints: the last one signed
before the period and the first one signed after it. So the few events of before and after that were sealed between
these two are exported as well, where they are few.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template
from typing import IO

from django.conf import settings
from django.db import connection

from trail.sealing import leaf, store, tree
from trail.sealing.keys import read_public

MOST_CHECKPOINTS = 2000
"""Checkpoints in an export; of more, every second, third … is left out."""
MOST_BESIDE = 1000
"""Events of before and after the period that an export takes along so that it has no gap."""

_LINE = Template(
    """
json_build_object('type', 'event', 'index', $index, 'leaf', $hash, 'event', $event, 'exposures', x.rows)::text
"""
)
_SEALED = Template(
    """
select l.index, case when l.at >= %s and l.at < %s then x.times end, case when e.id is not null then $line
    else json_build_object('type', 'event', 'index', l.index, 'leaf', encode(l.hash, 'hex'), 'event',
        json_build_object('id', l.event_id::text, 'at', $moment), 'exposures', null)::text end
from trail_leaf l left join trail_event e on e.id = l.event_id and e.at = l.at cross join lateral $exposures x
where (l.at >= %s and l.at < %s or l.index >= %s and l.index < %s and e.id is not null) and l.index < %s
order by l.index
"""
).substitute(
    line=_LINE.substitute(index="l.index", hash="encode(l.hash, 'hex')", event=leaf.EVENT_OBJECT),
    moment=leaf.moment("l.at"),
    exposures=leaf.EXPOSURES_ROW,
)
_UNSEALED = Template(
    """
select null::int8, x.times, $line
from trail_event e cross join lateral $exposures x
where e.at >= %s and e.at < %s
    and not exists (select from trail_leaf l where l.event_id = e.id and l.at = e.at and l.index < %s)
order by e.id
"""
).substitute(
    line=_LINE.substitute(index="null", hash="null", event=leaf.EVENT_OBJECT), exposures=leaf.EXPOSURES_ROW
)
_AROUND = """
select coalesce((select max(size) from trail_checkpoint where at <= %(since)s), 0),
    coalesce((select min(size) from trail_checkpoint where at >= %(until)s and note not like '%%' || chr(10)
        || 'partial' || chr(10) || '%%'), %(size)s)
"""
_BESIDE = """
select count(*) from trail_leaf where index >= %s and index < %s and not (at >= %s and at < %s)
"""
_CHECKPOINTS = """
select note from (
    select note, size, row_number() over (order by size) as place, count(*) over () as times
    from trail_checkpoint where size >= %s and size <= %s and size <> %s
) known where place %% (times / %s + 1) = 0 or size = any(%s) order by size
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What an export holds."""

    events: int
    exposures: int
    unsealed: int
    """Events of the period that have no leaf yet; with any, the verifier calls the export incomplete."""
    first: int | None
    """Index of the first leaf covered; None when there is none."""
    last: int | None
    size: int
    """Size of the checkpoint that the proof ends in; 0 when nothing was ever sealed."""
    root: str
    """Root of that checkpoint in hex; empty when there is none."""


def write_export(out: IO[bytes], *, since: datetime, until: datetime) -> ExportSummary:
    """Write the events of a period (`since` included, `until` not) with their proof to the newest checkpoint."""
    newest = store.newest_checkpoint()
    size = 0 if newest is None else newest[0]
    count = beside = exposures = unsealed = 0
    runs: list[list[int]] = []
    period = [since.astimezone(UTC), until.astimezone(UTC)]
    around = _around(period, size)
    _put(out, header("export", since=period[0].isoformat(), until=period[1].isoformat()))
    queries = ((_SEALED, [*period, *period, *around, size]), (_UNSEALED, [*period, size]))
    for query, given in queries:
        for index, times, line in store.stream(query, given, ["int8", "int8", "text"]):
            out.write(line.encode() + b"\n")
            count, beside, exposures = count + 1, beside + (times is None), exposures + (times or 0)
            if index is None:
                unsealed += 1
            elif runs and runs[-1][1] == index:
                runs[-1][1] += 1
            else:
                runs.append([index, index + 1])
    if newest is not None:
        for note in _checkpoints(runs, around, size):
            _put(out, {"type": "checkpoint", "note": note})
        _put(out, {"type": "checkpoint", "note": newest[2]})
    _put(out, {"type": "proof", "size": size, "nodes": list(_others(runs, size))})
    _put(out, {"type": "end", "events": count, "unsealed": unsealed})
    return ExportSummary(
        events=count - beside,
        exposures=exposures,
        unsealed=unsealed,
        first=runs[0][0] if runs else None,
        last=runs[-1][1] - 1 if runs else None,
        size=size,
        root="" if newest is None else newest[1].hex(),
    )


def header(kind: str, **more: str) -> dict[str, object]:
    """Return the first line of a file of proof: what it is, and the keys that verify it."""
    keys = [str(key) for key in read_public(settings.TRAIL_PUBLIC_FILE)]
    return {"type": "header", "kind": kind, "format": 1, "keys": keys, **more}


def _around(period: list[datetime], size: int) -> tuple[int, int]:
    """Return the leaves between the last checkpoint before a period and the first after it; none if many lie beside."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"since": period[0], "until": period[1], "size": size})
        start, end = cursor.fetchone()
        cursor.execute(_BESIDE, [start, end, *period])
        (beside,) = cursor.fetchone()
    return (start, end) if beside <= MOST_BESIDE else (0, 0)


def _checkpoints(runs: list[list[int]], around: tuple[int, int], size: int) -> list[str]:
    if not runs:
        return []
    first, last = min(runs[0][0], around[0]), runs[-1][1]
    with connection.cursor() as cursor:
        cursor.execute(_CHECKPOINTS, [first, last, size, MOST_CHECKPOINTS, list(around)])
        return [note for (note,) in cursor.fetchall()]


def _others(runs: list[list[int]], size: int) -> Iterator[tuple[int, int, str]]:
    """Yield the subtrees between the exported leaves, from the left."""
    read, start = store.read(), 0
    for first, end in [*runs, [size, size]]:
        for level, index in tree.subtrees(start, first):
            yield level, index, read(level, index).hex()
        start = end


def _put(out: IO[bytes], part: dict[str, object]) -> None:
    out.write(json.dumps(part, ensure_ascii=False).encode() + b"\n")
