"""Crypto-shred: the proof that nothing opens any more. Keys die in `vault.keyring` and `vault.rekeying`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from vault.envelope import CannotOpen, from_text, middle, unlock
from vault.keyring import Keys, aad_head, deployment_id
from vault.noticing import ALIAS
from vault.place import Place


def remaining(subjects: Iterable[UUID], domain: str) -> int:
    """Count the data keys that these subjects still have in one domain."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_REMAINING, [domain, f"{{{','.join(map(str, subjects))}}}"])
        found: int = cursor.fetchone()[0]
    return found


def tried(sealed: Iterable[tuple[str, Place]], keys: Keys) -> tuple[int, int]:
    """Try retained data keys on sealed values whose own key was destroyed; return (attempts, how many opened).

    Every key of `keys` is tried at the value's own place, so that nothing but the key can be what is missing.
    """
    attempts = opened = 0
    for text, place in sealed:
        raw, deployment = from_text(text), deployment_id()
        spot = aad_head(deployment, place.domain, place.subject) + middle(place.field, place.level)
        for key in keys.retained():
            attempts += 1
            try:
                unlock(raw, spot + key.tail, key.cipher)
            except CannotOpen:
                continue
            opened += 1
    return attempts, opened


_REMAINING = "select count(*) from vault_datakey where domain = %s and subject = any(%s::uuid[])"
