"""The tree in the database: leaves, and one stored node above every 256 whole neighbours.

So the right edge of a tree, and any hash that a proof asks for, is at most 256 rows of each kept level away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from struct import Struct
from typing import Any

from django.db import connection

from trail.sealing.tree import Read
from trail.standalone.verify_trail import Bad, Fold

STEP = 8
"""Every eighth level is kept."""
TOP = 32
_WIDTH = 32
# What COPY takes in binary: the number of columns, then of each its length and itself.
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_LEAF, _NODE = Struct(">hiqiqiqi32s"), Struct(">hihiqi32s")
_NODES = "select index, hash from trail_node where level = %s and index >= %s and index < %s order by index"
_RUN = """
select string_agg(hash, ''::bytea order by index) from trail_leaf where index >= %s and index < %s
"""
_LEAVES = "select index, hash from trail_leaf where %s = 0 and index >= %s and index < %s order by index"


def read() -> Read:
    """Return what reads hashes of the tree; it remembers what it has read."""

    @lru_cache(maxsize=4096)
    def hash_of(level: int, index: int) -> bytes:
        kept = level - level % STEP
        fold = Fold()
        fold.end = index << (level - kept)
        for place, digest in _hashes(kept, index << (level - kept), (index + 1) << (level - kept)):
            fold.add(0, place, digest)
        (whole,) = fold.nodes
        return whole[2]

    return hash_of


def right_edge(size: int) -> Fold:
    """Return the tree of the first `size` leaves, from the fewest rows that tell it.

    :raises verify_trail.Bad: rows are missing.
    """
    fold, start = Fold(), 0
    for level in range(TOP, -1, -STEP):
        end = size >> level
        for index, digest in _hashes(level, start >> level, end):
            fold.add(level, index, digest)
        start = end << level
    return fold


def leaves(start: int, end: int) -> list[bytes]:
    """Return the hashes of the leaves [start, end), in order.

    :raises verify_trail.Bad: one is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUN, [start, end])
        found = split(cursor.fetchone()[0] or b"")
    if len(found) != end - start:
        raise Bad(f"of leaf {start} to {end - 1} {end - start - len(found)} are missing")
    return found


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes that lie one after another."""
    return [hashes[start : start + _WIDTH] for start in range(0, len(hashes), _WIDTH)]


def nodes() -> Iterator[tuple[tuple[int, int], bytes]]:
    """Return every stored node as ((level, index), hash): one for 255 leaves, so they fit into memory."""
    for level, index, digest in stream(
        "select level, index, hash from trail_node", [], ["int2", "int8", "bytea"]
    ):
        yield (level, index), digest


def stream(
    sql: str, parameters: Sequence[object] | Mapping[str, object], types: list[str]
) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a query one by one, however many: COPY also lets PostgreSQL work in parallel."""
    with connection.cursor() as cursor:
        statement = f"copy ({sql}) to stdout (format binary)"
        with cursor.cursor.copy(statement, parameters) as copy:
            copy.set_types(types)
            yield from copy.rows()


def copy_leaves(rows: Iterable[tuple[Any, ...]]) -> None:
    """Append leaves: (index, event's number, its time in microseconds since 2000 began, hash)."""
    _copy(
        "trail_leaf (index, event_id, at, hash)",
        (_LEAF.pack(4, 8, index, 8, event, 8, at, 32, digest) for index, event, at, digest in rows),
    )


def copy_nodes(rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Append nodes: (level, index, hash)."""
    _copy(
        "trail_node (level, index, hash)",
        (_NODE.pack(3, 2, level, 8, index, 32, digest) for level, index, digest in rows),
    )


def is_kept(level: int) -> bool:
    """Tell whether nodes of this level are stored."""
    return level > 0 and level % STEP == 0


def newest_checkpoint() -> tuple[int, bytes, str, datetime] | None:
    """Return size, root, note and time of the newest checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute("select size, root, note, at from trail_checkpoint order by size desc limit 1")
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]), row[2], row[3])


def _hashes(level: int, start: int, end: int) -> list[tuple[int, bytes]]:
    if start >= end:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NODES if level else _LEAVES, [level, start, end])
        return [(index, bytes(digest)) for index, digest in cursor.fetchall()]


def _copy(table: str, rows: Iterable[bytes]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"copy {table} from stdin (format binary)") as copy,
    ):
        copy.write(_HEAD + b"".join(rows) + _TAIL)
