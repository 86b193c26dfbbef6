"""Verify the trail where it lies: every leaf hashed anew, the tree against every checkpoint, the walls around it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connection

from trail.sealing import hashing, store, tree, walls
from trail.sealing.keys import read_public
from trail.sealing.sealer import LOOKBACK
from trail.standalone.verify_trail import LATE, Bad, Checkpoint, Fold, Key, Roots, Verdict, open_note, vouched

_END = "select coalesce(max(index) + 1, 0) from trail_leaf"
_LEAVES = "select event_id, at, index, hash from trail_leaf where index >= %s and index < %s order by index"
_TYPES = ["int8", "timestamptz", "int8", "bytea"]
_LOOSE = """
select x.id, x.at from trail_exposure x
where not exists (select from trail_event e where e.id = x.event_id and e.at = x.at) order by x.id limit 20
"""
_STRANGERS = """
select e.id, e.at, e.recorded_at from trail_event e
where not exists (select from trail_leaf l where l.event_id = e.id and l.at = e.at) order by e.id
"""


def verify(
    *,
    witnessed: Sequence[str] = (),
    keys: Sequence[Key] = (),
    witnesses: Sequence[Key] = (),
    archived: Collection[str] = (),
) -> Verdict:
    """Verify the whole trail.

    :param witnessed: notes that a witness kept; without them a cut or rebuilt trail can look whole.
    :param keys: public keys given from outside; otherwise those of this site's own file.
    :param witnesses: public keys of witnesses; given, only the notes that bear a signature of theirs count.
    :param archived: months (`2026_05`) whose events lie in an archive.
    """
    verdict = Verdict()
    keys = keys or read_public(settings.TRAIL_PUBLIC_FILE)
    try:
        seen = [open_note(note, keys) for note in vouched(witnessed, witnesses, verdict)]
    except Bad as fault:
        verdict.bad.append(f"{fault} (of those that the witness kept)")
        seen = []
    signed = list(_checkpoints(keys, verdict))
    roots = Roots([(point, False) for point in signed] + [(point, True) for point in seen])
    size = _Growing(roots, set(archived), verdict).grow()
    _ends(size, signed, seen, verdict)
    _strangers(signed, verdict)
    verdict.bad.extend(
        f"exposure {id} of {at.isoformat()}: it belongs to no event" for id, at in _rows(_LOOSE)
    )
    verdict.bad.extend(walls.breaches(archived))
    verdict.said.insert(
        0, f"{size} sealed events, {roots.compared} checkpoints compared, {len(seen)} of them witnessed"
    )
    return verdict


def _checkpoints(keys: Sequence[Key], verdict: Verdict) -> Iterator[Checkpoint]:
    rows = store.stream(
        "select size, root, note from trail_checkpoint order by size", [], ["int8", "bytea", "text"]
    )
    for size, root, note in rows:
        try:
            said = open_note(note, keys)
        except Bad as fault:
            verdict.bad.append(f"checkpoint of size {size}: {fault}")
            continue
        if (said.size, said.root) != (size, root):
            verdict.bad.append(f"checkpoint of size {size}: its row says something else than its note")
        yield said


class _Growing:
    """The tree grown from its leaves as they lie, each hashed anew, and compared with what was stored and signed."""

    def __init__(self, roots: Roots, archived: set[str], verdict: Verdict) -> None:
        self.fold, self.kept, self.gap = Fold(), dict(store.nodes()), False
        self.roots, self.archived, self.verdict = roots, archived, verdict
        self.limits = [
            (point.size, hashing.microseconds(point.at - LATE))
            for point, _ in roots.points
            if not point.partial
        ]

    def grow(self) -> int:
        """Look at every leaf; return the size of the tree."""
        (end,) = _rows(_END)[0]
        parts = [(start, min(end, start + hashing.BATCH)) for start in range(0, end, hashing.BATCH)]
        looked = hashing.side_by_side(self._look, parts, apart=len(parts) > 1)
        for (start, stop), block in zip(parts, looked, strict=True):
            if block is None or self.gap or self._holds_late(start, stop, block.recorded):
                self._one_by_one(start, stop)
            else:
                self._all_at_once(block.digests)
        if self.kept and not self.gap:
            self._say(f"{len(self.kept)} stored nodes belong to no leaves")
        return self.fold.end

    def _look(self, part: tuple[int, int]) -> hashing.Whole | None:
        return hashing.whole(*part, archived=self.archived)

    def _holds_late(self, start: int, stop: int, recorded: Sequence[int]) -> bool:
        """Tell whether an event claims to be older than a checkpoint that does not hold it (`Roots.too_late`)."""
        first = bisect_right(self.limits, start, key=itemgetter(0)) - 1
        last = bisect_right(self.limits, stop, key=itemgetter(0))
        stretches = pairwise([*self.limits[max(first, 0) : last], (stop, 0)])
        return any(
            min(recorded[max(size - start, 0) : end - start], default=moment) < moment
            for (size, moment), (end, _) in stretches
        )

    def _all_at_once(self, digests: list[bytes]) -> None:
        while digests:
            due = len(digests) if self.roots.size is None else max(self.roots.size - self.fold.end, 0)
            for level, first, row in tree.extend(self.fold, digests[:due]):
                for place, digest in enumerate(row if store.is_kept(level) else (), first):
                    self._compare_node(level, place, digest)
            self._compare_root()
            digests = digests[due:]

    def _one_by_one(self, start: int, stop: int) -> None:
        batch = list(store.stream(_LEAVES, [start, stop], _TYPES))
        found = hashing.one_by_one(batch)
        for event, at, index, held in batch:
            recorded_at, computed = found.get((event, at), (None, None))
            where = f"event {event} of {at.isoformat()} (leaf {index})"
            if index != self.fold.end and not self.gap:
                self.gap = True  # the tree ends here; what its other leaves say is still looked at
                self._say(f"{where}: leaf {self.fold.end} is missing")
            if computed is None and f"{at:%Y_%m}" not in self.archived:
                self._say(f"{where}: it was removed after it was sealed")
            elif computed is not None and computed != held:
                self._say(f"{where}: it was changed after it was sealed")
            if recorded_at is not None and self.roots.too_late(index, recorded_at):
                self._say(f"{where}: it was put in afterwards")
            if not self.gap:
                for level, place, digest in self.fold.add(0, index, held):
                    if store.is_kept(level):
                        self._compare_node(level, place, digest)
                self._compare_root()

    def _compare_node(self, level: int, place: int, digest: bytes) -> None:
        if self.kept.pop((level, place), None) != digest:
            first, last = place << level, ((place + 1) << level) - 1
            self._say(f"leaf {first} to {last}: the stored node above them is another one")

    def _compare_root(self) -> None:
        if self.roots.size is not None and self.roots.size <= self.fold.end:
            self.verdict.bad.extend(self.roots.compare(self.fold.end, self.fold.root()))

    def _say(self, fault: str) -> None:
        self.verdict.bad.append(fault)


def _ends(size: int, signed: Sequence[Checkpoint], seen: Sequence[Checkpoint], verdict: Verdict) -> None:
    """Compare where the tree ends with where it was signed and witnessed."""
    newest = max((point.size for point in signed), default=0)
    last_seen = max((point.size for point in seen), default=0)
    if size < newest:
        verdict.bad.append(f"leaf {size} to {newest - 1}: they were signed and are gone; the trail was cut")
    if size > newest:
        verdict.bad.append(f"leaf {newest} to {size - 1}: no checkpoint covers them")
    if size < last_seen:
        verdict.bad.append(
            f"leaf {size} to {last_seen - 1}: a witness saw them and they are gone; the trail was cut"
        )
    if seen:
        verdict.said.append(
            f"not witnessed: {max(size - last_seen, 0)} sealed events after leaf {last_seen - 1}"
        )
    else:
        verdict.said.append(
            "no witness was asked (--witness FILE): a tail that was cut, or a trail rebuilt with the signing key,"
            " would not be seen"
        )


def _strangers(signed: Sequence[Checkpoint], verdict: Verdict) -> None:
    """Tell young events that wait for the sealer from those that it should have found long ago."""
    whole = [point.at for point in signed if not point.partial]
    edge = max(whole) - LOOKBACK if whole else None
    waiting, oldest = 0, None
    for id, at, recorded_at in store.stream(_STRANGERS, [], ["int8", "timestamptz", "timestamptz"]):
        if edge is not None and recorded_at < edge:
            verdict.bad.append(f"event {id} of {at.isoformat()} (no leaf): it was put in afterwards")
            continue
        waiting, oldest = waiting + 1, recorded_at if oldest is None else min(oldest, recorded_at)
    since = "" if oldest is None else f", the oldest of {oldest.isoformat()}"
    verdict.said.append(f"not sealed yet: {waiting} events{since}")
    if waiting and not signed:
        verdict.missing.append("nothing was ever sealed")


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
