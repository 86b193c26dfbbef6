"""How far the trail is sealed and witnessed at a moment: what dashboards show.

Where the file witness's key is configured, a checkpoint is witnessed when its note bears that witness's signature: the
note is verified each time, so that neither a mail that was sent nor a row that somebody wrote covers anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from trail.sealing import outbox
from trail.sealing.keys import read_public
from trail.sealing.sealer import LOOKBACK
from trail.standalone.verify_trail import Bad, cosigned, open_note

_STATE = """
with last as (
    select size, at from trail_checkpoint order by size desc limit 1
), seen as (
    select size, witness, at from trail_witness_seen
    where %(vouched)s::bigint is null or (size = %(vouched)s and witness = 'file')
    order by size desc, at limit 1
), tail as (
    select e.recorded_at from trail_event e
    where e.recorded_at >= coalesce((select at from last) - %(reach)s::interval, '-infinity')
        and not exists (select from trail_leaf l where l.event_id = e.id and l.at = e.at)
)
select coalesce((select size from last), 0), (select at from last), (select count(*) from tail),
    (select min(recorded_at) from tail), coalesce((select size from seen), 0), (select at from seen),
    coalesce((select witness from seen), ''),
    (select e.recorded_at from trail_leaf l join trail_event e on e.id = l.event_id and e.at = l.at
     where l.index = coalesce((select size from seen), 0))
"""

# Rows without a good signature are nobody's but whoever forged them: so many are passed over.
_NOTES_TRIED = 50
_NOTES = "select size, note from trail_witness_seen where witness = 'file' and note <> '' order by size desc limit %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailState:
    """The trail's state. A tail is what the last seal, or the last witness, does not cover yet."""

    events: int
    """Events in all, sealed or not."""
    sealed: int
    """Events under the newest checkpoint: its size; 0 when nothing was ever sealed."""
    sealed_at: datetime | None
    """When the newest checkpoint was made."""
    unsealed: int
    unsealed_for: timedelta
    """How long the oldest unsealed event has been waiting; zero when none does."""
    witnessed: int
    """Size of the newest checkpoint that a witness has seen; 0 when none ever did."""
    witnessed_at: datetime | None
    """When that witness said so."""
    witness: str
    """Who it was: `file` or `mail`; empty when nobody."""
    unwitnessed: int
    """Events that no witness covers: cutting or forging these would go unseen."""
    unwitnessed_for: timedelta
    """How long the oldest of them has been there; zero when all are covered."""


def state(at: datetime) -> TrailState:
    """Return how far the trail is sealed and witnessed at this moment."""
    with connection.cursor() as cursor:
        reach = f"{LOOKBACK.total_seconds()} seconds"
        cursor.execute(_STATE, {"reach": reach, "vouched": _vouched(cursor)})
        row = cursor.fetchone()
    sealed, sealed_at, unsealed, oldest, witnessed, witnessed_at, witness, since = row
    unwitnessed_since = min((moment for moment in (oldest, since) if moment is not None), default=None)
    return TrailState(
        events=sealed + unsealed,
        sealed=sealed,
        sealed_at=sealed_at,
        unsealed=unsealed,
        unsealed_for=_age(oldest, at),
        witnessed=witnessed,
        witnessed_at=witnessed_at,
        witness=witness,
        unwitnessed=sealed + unsealed - witnessed,
        unwitnessed_for=_age(unwitnessed_since, at),
    )


def _vouched(cursor: CursorWrapper) -> int | None:
    """Return the size of the newest checkpoint that the witness signed; 0 for none, None where that is not demanded."""
    witnesses = outbox.witness_keys()
    if not witnesses:
        return None
    ours = read_public(Path(settings.TRAIL_PUBLIC_FILE))
    cursor.execute(_NOTES, [_NOTES_TRIED])
    for size, note in cursor.fetchall():
        try:
            if cosigned(note, witnesses) and open_note(note, ours).size == size:
                return int(size)
        except Bad:
            continue
    return 0


def _age(moment: datetime | None, at: datetime) -> timedelta:
    return timedelta(0) if moment is None else max(at - moment, timedelta(0))
