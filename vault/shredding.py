"""Crypto-shred: the proof that nothing opens any more. Keys die in `vault.keyring` and `vault.rekeying`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from vault.envelope import CannotOpen, from_text, middle, unlock
from vault.keyring import Keys, aad_head, deployment_id
from vault.models import DataKey
from vault.place import Place


def remaining(subjects: Iterable[UUID], domain: str) -> int:
    """Count the data keys that these subjects still have in one domain."""
    return DataKey.objects.filter(subject__in=list(subjects), domain=domain).count()


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
