"""Verify the trail where it lies: every leaf hashed anew, the tree against every checkpoint, the walls around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from trail.sealing import hashing, store, walls
from trail.sealing.keys import read_public
from trail.sealing.sealer import LOOKBACK
from trail.standalone.verify_trail import Bad, Checkpoint, Fold, Key, Roots, Verdict, open_note

_LEAVES = "select event_id, at, index, hash from trail_leaf where index >= %s order by index limit %s"
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
    *, witnessed: Sequence[str] = (), keys: Sequence[Key] = (), archived: Collection[str] = ()
) -> Verdict:
    """Verify the whole trail.

    :param witnessed: notes that a witness kept; without them a cut or rebuilt trail can look whole.
    :param keys: public keys given from outside; otherwise those of this site's own file.
    :param archived: months (`2026_05`) whose events lie in an archive.
    """
    verdict = Verdict()
    keys = keys or read_public(settings.TRAIL_PUBLIC_FILE)
    try:
        seen = [open_note(note, keys) for note in witnessed]
    except Bad as fault:
        verdict.bad.append(f"{fault} (of those that the witness kept)")
        seen = []
    signed = list(_checkpoints(keys, verdict))
    roots = Roots([(point, False) for point in signed] + [(point, True) for point in seen])
    size = _leaves(roots, set(archived), verdict)
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


def _leaves(roots: Roots, archived: set[str], verdict: Verdict) -> int:
    """Hash every leaf anew and grow the tree; return its size."""
    fold, kept, whole = Fold(), dict(store.nodes()), True
    for (event, at, index, held), recorded_at, computed in _hashed():
        where = f"event {event} of {at.isoformat()} (leaf {index})"
        if index != fold.end and whole:
            whole = False  # the tree ends here; what its other leaves say is still looked at
            verdict.bad.append(f"{where}: leaf {fold.end} is missing")
        if computed is None and f"{at:%Y_%m}" not in archived:
            verdict.bad.append(f"{where}: it was removed after it was sealed")
        elif computed is not None and computed != held:
            verdict.bad.append(f"{where}: it was changed after it was sealed")
        if recorded_at is not None and roots.too_late(index, recorded_at):
            verdict.bad.append(f"{where}: it was put in afterwards")
        if not whole:
            continue
        for level, place, digest in fold.add(0, index, held):
            if store.is_kept(level) and kept.pop((level, place), None) != digest:
                first = place << level
                verdict.bad.append(f"leaf {first} to {index}: the stored node above them is another one")
        if roots.size is not None and roots.size <= fold.end:
            verdict.bad.extend(roots.compare(fold.end, fold.root()))
    if kept and whole:
        verdict.bad.append(f"{len(kept)} stored nodes belong to no leaves")
    return fold.end


def _hashed() -> Iterator[tuple[hashing.Row, datetime | None, bytes | None]]:
    """Yield each leaf in order, with when its event was recorded and its hash; None, None: the event is gone."""
    for batch, found in hashing.hashed(_batches()):
        for held in batch:
            yield held, *found.get(held[:2], (None, None))


def _batches() -> Iterator[list[hashing.Row]]:
    start = 0
    while batch := list(store.stream(_LEAVES, [start, hashing.BATCH], _TYPES)):
        yield batch
        start = batch[-1][2] + 1


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


def _rows(sql: str) -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
