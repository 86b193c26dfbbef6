"""Witnesses outside the database: what they have seen cannot be cut, forked or rebuilt unnoticed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from trail import services
from trail.actor import Actor
from trail.events import WITNESS_REFUSED
from trail.models import Event
from trail.sealing import outbox, store, tree
from trail.standalone.verify_trail import Bad, cosigned

ALARM_EVERY = timedelta(hours=1)


def exchange(*, by: Actor, at: datetime) -> int | None:
    """Note what the file witness has acknowledged and leave it the newest checkpoint; return the size it has seen.

    What it refuses, or acknowledges although we never signed it, is recorded as an alarm; so is an answer without its
    signature where its key is configured: whoever writes into the directory is not yet the witness.
    """
    if outbox.place() is None:
        return None
    refusal = outbox.refused()
    if refusal:
        _alarm("file", refusal, by, at)
    try:
        seen = outbox.acknowledged()
    except Bad as fault:
        _alarm("file", str(fault), by, at)
        return None
    last = store.newest_checkpoint()
    if seen is not None and (last is None or seen.size > last[0]):
        _alarm("file", f"it has seen a tree of {seen.size} leaves", by, at)
        return seen.size
    if seen is not None and not vouched_for(seen.note):
        _alarm("file", f"its answer of size {seen.size} does not bear its signature", by, at)
        seen = None  # the witness itself puts its answer right as soon as a checkpoint lies there
    if seen is not None:
        _seen(seen.size, "file", at, note=seen.note)
    if last is not None and (seen is None or seen.size < last[0]):
        old = 0 if seen is None else seen.size
        proof = tree.consistency(old, last[0], store.read()) if old else []
        outbox.leave(last[2], old=old, proof=proof)
    return None if seen is None else seen.size


def vouched_for(note: str) -> bool:
    """Tell whether a note counts as witnessed: it bears the witness's signature, or none is demanded."""
    keys = outbox.witness_keys()
    return not keys or cosigned(note, keys)


def mail(*, by: Actor, at: datetime) -> int | None:
    """Mail the newest checkpoint to those who keep it; return its size, None when there is no new one."""
    last = store.newest_checkpoint()
    if last is None or not settings.TRAIL_WITNESS_MAIL:
        return None
    with transaction.atomic():
        if not _seen(last[0], "mail", at):
            return None
        with override(settings.LANGUAGE_CODE):
            subject = _("Trail checkpoint, %(size)d events") % {"size": last[0]}
            body = _("Keep this mail: with it anybody can tell whether the trail was changed afterwards.")
        # Sent last: a mail that does not go out leaves no row that says it was seen.
        send_mail(subject, f"{body}\n\n{last[2]}", None, settings.TRAIL_WITNESS_MAIL)
    return last[0]


def _seen(size: int, witness: str, at: datetime, *, note: str = "") -> bool:
    """Note that a witness has seen a checkpoint; tell whether that is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_witness_seen (size, witness, at, note)"
            " select size, %s, %s, %s from trail_checkpoint where size = %s on conflict do nothing",
            [witness, at, note, size],
        )
        return bool(cursor.rowcount)


def _alarm(witness: str, why: str, by: Actor, at: datetime) -> None:
    """Record what a witness says against us, once an hour as long as it says so."""
    recent = Event.objects.filter(kind=WITNESS_REFUSED.code, at__gte=at - ALARM_EVERY, at__lte=at)
    if not recent.exists():
        services.record(WITNESS_REFUSED, by=by, at=at, facts={"witness": witness, "why": why[:300]})
