"""What keeps this host sound: data keys under the newest KEK, and a backup that its recipient alone opens."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from restricted import backups, events, keks, key_backups
from restricted.backups import Made
from restricted.key_backups import Kept
from restricted.models import DataKey
from restricted.place import ALIAS
from restricted.restoring import Came, Plan
from trail import services as trail
from trail.actor import Actor
from vault.apart import Wrapped, rewrap
from vault.envelope import CannotOpen
from vault.keks import KekRefused
from vault.whole_files import sha256_of

AT_ONCE = 500


def rewrap_keys(*, by: Actor, at: datetime) -> int:
    """Wrap data keys that lie under an older KEK under the newest one, 500 at most; return how many.

    By predicate and compare-and-swap: killed anywhere it goes on, and two of it harm nothing.
    """
    newest = keks.current()
    rows = list(DataKey.objects.exclude(kek_version=newest).order_by("pk")[:AT_ONCE])
    if not rows:
        return 0
    with transaction.atomic(using=ALIAS):
        done = sum(_swap(row, newest) for row in rows)
        if done:
            facts = {"keys": done, "kek": newest, "failed": len(rows) - done}
            trail.record(events.REWRAPPED, by=by, at=at, facts=facts)
    return done


def back_up(*, by: Actor, at: datetime) -> Made:
    """Make a backup of every value that is held, and of the keys.

    :raises key_backups.NotSetUp: without directories or recipients.
    """
    made = backups.write(at=at)
    _record_keys(made.keys, by, at)
    facts = {
        "values": made.values,
        "written": made.written,
        "bytes": made.bytes,
        "manifest": made.manifest,
    }
    trail.record(events.BACKED_UP, by=by, at=at, facts=facts)
    return made


def back_up_keys(*, by: Actor, at: datetime) -> Kept:
    """Make a backup of the wrapped data keys.

    :raises key_backups.NotSetUp: without a directory or a recipient.
    """
    made = key_backups.write(at=at)
    _record_keys(made, by, at)
    return made


def _record_keys(made: Kept, by: Actor, at: datetime) -> None:
    facts = {"keys": made.keys, "file_sha256": made.sha256}
    trail.record(events.KEYS_BACKED_UP, by=by, at=at, facts=facts)


def record_restore(plan: Plan, came: Came, took: float, *, drill: bool, by: Actor, at: datetime) -> None:
    """Record that L4 was brought back, or that this was practised, and what was wrong with the backup."""
    facts = {
        "drill": drill,
        "manifest": sha256_of(plan.rest.parent / plan.name),
        "recovery_point": plan.manifest["at"],
        "values": came.values,
        "replayed": came.replayed,
        "took": round(took, 3),
        "faults": list(came.faults),
    }
    trail.record(events.RESTORED, by=by, at=at, facts=facts)


def carry_out_acts(*, by: Actor, at: datetime) -> int:
    """Carry out the acts on the master key that two custodians agreed on; return how many could be done.

    :raises vault.away.KeysAway: whoever keeps the key does not answer, or is sealed; what was agreed on waits.
    """
    done = 0
    for act in reversed(keks.acts_since(at - keks.TERM)):
        if keks.state(act, at) == keks.APPROVED:
            # not yet: the page says why, and it is tried again until its term ends
            with suppress(KekRefused):
                keks.carry_out(act, by=by, at=at)
                done += 1
    return done


def _swap(row: DataKey, to: int) -> bool:
    try:
        new = rewrap(Wrapped(row.value_id, row.version, bytes(row.wrapped), row.kek_version), to)
    except CannotOpen:  # its KEK is not there any more; the others are dealt with
        return False
    same = DataKey.objects.filter(pk=row.pk, wrapped=row.wrapped)
    return bool(same.update(wrapped=new.wrapped, kek_version=new.kek_version))
