"""Write a period of the trail as NDJSON that the stand-alone verifier accepts: events, checkpoints, proof.

A removed event leaves a line that says so: an export never hides that something is missing. The proof is the hashes of
the largest subtrees that hold none of the exported leaves; with those leaves they make the newest checkpoint's root.
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

_LINE = Template(
    """
json_build_object('type', 'event', 'index', $index, 'leaf', $hash, 'event', $event, 'exposures', x.rows)::text
"""
)
_SEALED = Template(
    """
select l.index, x.times, case when e.id is not null then $line
    else json_build_object('type', 'event', 'index', l.index, 'leaf', encode(l.hash, 'hex'), 'event',
        json_build_object('id', l.event_id::text, 'at', $moment), 'exposures', null)::text end
from trail_leaf l left join trail_event e on e.id = l.event_id and e.at = l.at cross join lateral $exposures x
where l.at >= %s and l.at < %s and l.index < %s order by l.index
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
_CHECKPOINTS = """
select note from (
    select note, size, row_number() over (order by size) as place, count(*) over () as times
    from trail_checkpoint where size > %s and size <= %s and size <> %s
) known where place %% (times / %s + 1) = 0 order by size
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
    count = exposures = unsealed = 0
    runs: list[list[int]] = []
    period = [since.astimezone(UTC), until.astimezone(UTC)]
    _put(out, header("export", since=period[0].isoformat(), until=period[1].isoformat()))
    for query in (_SEALED, _UNSEALED):
        for index, times, line in store.stream(query, [*period, size], ["int8", "int8", "text"]):
            out.write(line.encode() + b"\n")
            count, exposures = count + 1, exposures + times
            if index is None:
                unsealed += 1
            elif runs and runs[-1][1] == index:
                runs[-1][1] += 1
            else:
                runs.append([index, index + 1])
    if newest is not None:
        for note in _checkpoints(runs, size):
            _put(out, {"type": "checkpoint", "note": note})
        _put(out, {"type": "checkpoint", "note": newest[2]})
    _put(out, {"type": "proof", "size": size, "nodes": list(_others(runs, size))})
    _put(out, {"type": "end", "events": count, "unsealed": unsealed})
    return ExportSummary(
        events=count,
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


def _checkpoints(runs: list[list[int]], size: int) -> list[str]:
    if not runs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CHECKPOINTS, [runs[0][0], runs[-1][1], size, MOST_CHECKPOINTS])
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
