"""End single texts about a subject who stays: the others are sealed anew, and the key that all lay under dies.

Whoever seals a text has just asked for the newest key, so what still lies under an old one when that key is to die
was being written while the first pass ran: the second pass takes it along.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from files.models import SealedText
from files.services import LEVEL
from vault.keyring import Keys, keys_for
from vault.opening import TEXTS, CannotOpen
from vault.place import Place
from vault.rekeying import destroy_superseded, next_keys, renewed


def seal_anew(subject: UUID, *, without: Collection[UUID], since: datetime, at: datetime) -> None:
    """Seal all texts about a subject under a key made at `since` or later, but for those that are to end."""
    _seal(subject, without, next_keys([subject], TEXTS, since=since, at=at))


def end_old_keys(subject: UUID, *, without: Collection[UUID]) -> int:
    """Destroy all keys of the texts about a subject but the newest; return how many. Only the worker may.

    The texts that end go after their key, so that no later rotation takes them for some that should open.
    To be called some time after `seal_anew`, so that whoever was reading or writing meanwhile is done.
    """
    _seal(subject, without, keys_for([subject], TEXTS))
    gone = destroy_superseded({subject: None}, TEXTS)
    SealedText.objects.filter(subject=subject, pk__in=without).delete()
    return gone


def _seal(subject: UUID, without: Collection[UUID], keys: Keys) -> None:
    with transaction.atomic():
        rows = SealedText.objects.select_for_update().filter(subject=subject).exclude(pk__in=without)
        for text in rows.order_by("pk"):
            try:
                sealed = renewed(text.sealed, Place(subject, TEXTS, str(text.pk), LEVEL), keys)
            except CannotOpen:
                continue  # as in data restored from before its key was destroyed: it stays as it is
            if sealed != text.sealed:
                SealedText.objects.filter(pk=text.pk).update(sealed=sealed)
