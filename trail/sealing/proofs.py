"""Proofs as files that the stand-alone verifier accepts: one event in the tree, one tree within another."""

from __future__ import annotations

import json
from datetime import datetime
from string import Template

from django.db import connection

from trail.sealing import leaf, store, tree
from trail.sealing.export import header

_EVENT = Template(
    """
select l.index, json_build_object('type', 'event', 'index', l.index, 'leaf', encode(l.hash, 'hex'),
    'event', $event_object, 'exposures', x.rows)::text
from trail_leaf l join trail_event e on e.id = l.event_id and e.at = l.at cross join lateral $exposures_row x
where l.event_id = %s and l.at = %s and l.index < %s
"""
).substitute(event_object=leaf.EVENT_OBJECT, exposures_row=leaf.EXPOSURES_ROW)


class NotSealed(LookupError):
    """The event has no leaf yet (seconds after it happened), or there is no such event or checkpoint."""


def inclusion(event: int, at: datetime) -> bytes:
    """Return the proof that an event, named by its number and time, lies under the newest checkpoint.

    :raises NotSealed: it is not under any.
    """
    newest = store.newest_checkpoint()
    if newest is None:
        raise NotSealed(event)
    with connection.cursor() as cursor:
        cursor.execute(_EVENT, [event, at, newest[0]])
        row = cursor.fetchone()
    if row is None:
        raise NotSealed(event)
    hashes = [one.hex() for one in tree.inclusion(row[0], newest[0], store.read())]
    parts = [
        header("inclusion"),
        {"type": "inclusion", "hashes": hashes},
        {"type": "checkpoint", "note": newest[2]},
    ]
    first, *rest = [json.dumps(part, ensure_ascii=False) for part in parts]
    return "".join(f"{line}\n" for line in (first, row[1], *rest)).encode()


def consistency(old: int, new: int) -> bytes:
    """Return the proof that the checkpoint of size `new` extends that of size `old`.

    :raises NotSealed: there is no checkpoint of that size.
    """
    with connection.cursor() as cursor:
        cursor.execute("select size, note from trail_checkpoint where size in (%s, %s)", [old, new])
        notes = dict(cursor.fetchall())
    if old not in notes or new not in notes or old >= new:
        raise NotSealed(old)
    hashes = [one.hex() for one in tree.consistency(old, new, store.read())]
    parts = [
        header("consistency"),
        {"type": "checkpoint", "note": notes[old]},
        {"type": "consistency", "hashes": hashes},
        {"type": "checkpoint", "note": notes[new]},
    ]
    return "".join(f"{json.dumps(part, ensure_ascii=False)}\n" for part in parts).encode()
