"""Crypto-shred: what has to follow a key's death, and the proof that nothing opens any more.

Deleting a key leaves its bytes in the heap until VACUUM FULL (security.md §1); only a role with MAINTAIN may do that,
so the worker's role has it for the table of data keys and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from os import urandom
from uuid import UUID

from django.db import connections, transaction
from django.db.models import F, Max

from vault.envelope import HEADER, CannotOpen, from_text, middle, read_header, unlock
from vault.keyfiles import KEY_BYTES
from vault.keyring import Keys, aad_head, about, deployment_id
from vault.models import DataKey, KekUse
from vault.noticing import ALIAS
from vault.place import Place
from vault.providers import provider


def remaining(subjects: Iterable[UUID], domain: str) -> int:
    """Count the data keys that these subjects still have in one domain."""
    return DataKey.objects.filter(subject__in=list(subjects), domain=domain).count()


def vacuum_keys() -> None:
    """Rewrite the table of data keys, so that no byte of a destroyed one stays in its file. The worker's act."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("vacuum (full) vault_datakey")


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


def renew(subject: UUID, domain: str, *, at: datetime) -> int:
    """Make the next version of a subject's data key, so that the one before can be destroyed; return its number.

    Whoever holds the keys of before reads them anew within FRESH_FOR, because the generation rises with it.

    :raises CannotOpen: there is no key to follow.
    """
    with transaction.atomic(using=ALIAS, durable=True):
        held = DataKey.objects.filter(subject=subject, domain=domain)
        last = held.aggregate(last=Max("version"))["last"]
        if last is None:
            raise CannotOpen
        version = int(last) + 1
        kek_version, wrapped = provider().wrap(urandom(KEY_BYTES), about(subject, domain, version))
        DataKey.objects.create(
            subject=subject,
            domain=domain,
            version=version,
            wrapped=wrapped,
            kek_version=kek_version,
            created_at=at,
        )
        KekUse.objects.filter(kek_version=kek_version).update(wraps=F("wraps") + 1)
        _raise_generation()
    return version


def destroy_older(subject: UUID, domain: str, version: int) -> int:
    """Destroy the data keys of a subject below a version; return how many. Only the worker's role may."""
    with transaction.atomic(using=ALIAS):
        gone, _ = DataKey.objects.filter(subject=subject, domain=domain, version__lt=version).delete()
        if gone:
            _raise_generation()
    return gone


def versions(subject: UUID, domain: str) -> list[int]:
    """Return the versions of a subject's data key, oldest first."""
    rows = DataKey.objects.filter(subject=subject, domain=domain).order_by("version")
    return list(rows.values_list("version", flat=True))


def version_of(sealed: str) -> int:
    """Return the version of the data key that a sealed value was sealed under.

    :raises CannotOpen: it is none.
    """
    return read_header(from_text(sealed)[:HEADER])[1]


def _raise_generation() -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("update vault_generation set number = number + 1")
