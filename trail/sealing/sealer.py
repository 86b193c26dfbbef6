"""The sealer: it numbers new events, grows the tree over them and signs its head.

New events are found by anti-join over what was recorded since an hour before the last checkpoint (sequences commit out
of order, so never by `id > last`), and nightly over everything that is online. Sealing records no event of its own: it
would seal that one next, and so on for ever; the checkpoint is its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from trail import services
from trail.actor import Actor
from trail.events import OLDER_THAN_WITNESSED, SEALING_REFUSED
from trail.models import Event
from trail.sealing import hashing, notes, outbox, store, tree
from trail.sealing.keys import SigningKey, read, read_public
from trail.standalone.verify_trail import Bad, Fold, open_note
from trail.vocabulary import EventKind

LOOKBACK = timedelta(hours=1)
"""How long a transaction may have been open for its events to be found within seconds, not the next night."""
MOST = 250_000
"""Events under one checkpoint: what is left comes under the next."""
ALARM_EVERY = timedelta(hours=1)

_LOCK = "select pg_try_advisory_xact_lock(hashtext('trail.sealing'))"
# One span for every so many numbers, in their order.
_NEW = """
select min(id), max(id), min(at), max(at), count(*) from (
    select e.id, e.at from trail_event e
    where e.recorded_at >= coalesce(%s, '-infinity'::timestamptz)
        and not exists (select from trail_leaf l where l.event_id = e.id and l.at = e.at)
    order by e.id, e.at limit %s
) fresh group by id / %s order by 1
"""


class Inconsistent(Exception):
    """The tree is not the one that was signed, or that a witness saw; nothing is signed until that is explained."""


class Older(Inconsistent):
    """A witness has seen more than there is: an old backup was restored, or the tail was cut (docs/trail-proof.md)."""

    def __init__(self, size: int, seen: int) -> None:
        super().__init__(
            f"the witness has seen {seen} leaves and here are {size}: if a backup was restored, go on as"
            " docs/trail-proof.md says under 'After a restore'; if none was, the trail was cut"
        )
        self.size, self.seen = size, seen


@dataclass(frozen=True, slots=True)
class Seal:
    """A new checkpoint, and how many events came under it."""

    size: int
    added: int


def seal(*, by: Actor, at: datetime, everything: bool = False) -> Seal | None:
    """Seal up to 250,000 events that have no leaf yet; None: there were none, or another sealer is at work.

    :param everything: look at all that is online, and hash every leaf anew before signing.
    :raises Inconsistent: the tree does not extend what was signed or witnessed before; recorded as an alarm.
    """
    keys = read(Path(settings.TRAIL_KEY_FILE))
    try:
        with transaction.atomic():
            return _seal(keys[-1], at, everything)
    except Older as fault:
        _alarm(OLDER_THAN_WITNESSED, {"sealed": fault.size, "witnessed": fault.seen}, by, at)
        raise
    except Inconsistent as fault:
        _alarm(SEALING_REFUSED, {"why": str(fault)}, by, at)
        raise


def _seal(key: SigningKey, at: datetime, everything: bool) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return None
    last = store.newest_checkpoint()
    fold = extended(last, everything=everything)
    since = None if everything or last is None else last[3] - LOOKBACK
    spans, found = _new(since)
    added = _grow(fold, spans, since, apart=found > hashing.BATCH)
    if not added:
        return None
    note = notes.checkpoint(size=fold.end, root=fold.root(), at=at, key=key, partial=found == MOST)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_checkpoint (size, root, note, at) values (%s, %s, %s, %s)",
            [fold.end, fold.root(), note, at],
        )
    return Seal(fold.end, added)


def extended(last: tuple[int, bytes, str, datetime] | None, *, everything: bool = False) -> Fold:
    """Return the tree as it lies in the database, if it is the one that was signed and witnessed.

    :raises Inconsistent: it is another one.
    """
    size, root, note, _ = last or (0, Fold().root(), "", None)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(index) + 1, 0) from trail_leaf")
        held = cursor.fetchone()[0]
    try:
        fold = _whole(held) if everything else store.right_edge(size)
        if held != size or fold.end != size or fold.root() != root:
            # SECURITY: without this the sealer would sign whatever somebody has made of the leaves.
            raise Inconsistent(f"the tree of {held} leaves is not the one that was signed with {size}")
        if last is not None:
            _signed_by_us(note, size, root)
        _witnessed(size)
    except (Bad, ValueError) as fault:
        raise Inconsistent(str(fault)) from None
    return fold


def _whole(size: int) -> Fold:
    """Return the tree from every single leaf.

    :raises Bad: a leaf is missing, or a stored node is not what its leaves make.
    """
    fold = Fold()
    kept = dict(store.nodes())
    for start in range(0, size, hashing.BATCH):
        for level, first, row in tree.extend(fold, store.leaves(start, min(size, start + hashing.BATCH))):
            for place, digest in enumerate(row if store.is_kept(level) else (), first):
                if kept.pop((level, place), None) != digest:
                    raise Bad(f"node {place} of level {level} is not what its leaves make")
    if kept:
        raise Bad("nodes are stored that no leaves make")
    return fold


def _signed_by_us(note: str, size: int, root: bytes) -> None:
    said = open_note(note, read_public(Path(settings.TRAIL_PUBLIC_FILE)))
    if (said.size, said.root) != (size, root):
        raise Inconsistent(f"the checkpoint of size {size} says something else than its note")


def _witnessed(size: int) -> None:
    """
    :raises Inconsistent: what the witness last acknowledged is no part of this tree.
    """
    seen = outbox.acknowledged()
    if seen is not None and seen.size > size:
        raise Older(size, seen.size)
    if seen is not None and tree.root(seen.size, store.read()) != seen.root:
        raise Inconsistent(f"the witness has seen another tree, of size {seen.size}")


def _new(since: datetime | None) -> tuple[list[hashing.Span], int]:
    """Return where the next events without a leaf lie, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [since, MOST, hashing.BATCH])
        rows = cursor.fetchall()
    return [hashing.Span(*row[:4]) for row in rows], sum(row[4] for row in rows)


def _grow(fold: Fold, spans: Sequence[hashing.Span], since: datetime | None, *, apart: bool) -> int:
    """Append a leaf for each event and the nodes that these complete; return how many."""
    start = fold.end
    for events in hashing.side_by_side(partial(hashing.fresh, after=since), spans, apart=apart):
        store.copy_leaves((index, *event) for index, event in enumerate(events, fold.end))
        made = tree.extend(fold, [digest for _, _, digest in events])
        store.copy_nodes(
            (level, place, digest)
            for level, first, row in made
            if store.is_kept(level)
            for place, digest in enumerate(row, first)
        )
    return fold.end - start


def _alarm(kind: EventKind, facts: Mapping[str, object], by: Actor, at: datetime) -> None:
    """Record the refusal, once an hour as long as it lasts."""
    recent = Event.objects.filter(kind=kind.code, at__gte=at - ALARM_EVERY, at__lte=at)
    if not recent.exists():
        services.record(kind, by=by, at=at, facts=facts)
