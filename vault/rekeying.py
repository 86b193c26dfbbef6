"""New versions of data keys, and the end of old ones. The values in between are re-sealed by whoever holds them.

    next_keys           a further version for each subject, committed before any value is sealed under it
    renewed             a value sealed anew under the newest version and the suite of now, or as it is
    destroy_superseded  the versions that no value needs any more

A version that follows another raises the generation with the same commit. Whoever seals into a row asks for it under
the row's lock (`Keys.confirm`), so that once the values of a row are re-sealed nobody brings the old version back.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from os import urandom
from uuid import UUID

from django.db import IntegrityError, connections, transaction

from trail.rewriting import rewrite
from vault import keks
from vault.envelope import HEADER, CannotOpen, from_text, lock, middle, read_header, to_text, unlock
from vault.keyfiles import KEY_BYTES
from vault.keyring import DataKeyInUse, Keys, about, count_wraps
from vault.noticing import ALIAS, RAISE
from vault.place import Place
from vault.providers import provider

HEADER_BYTES, HEADER_LETTERS = HEADER, 8
"""How much of sealed bytes, or of a sealed text, says its format, suite and key version."""


def next_keys(subjects: Iterable[UUID], domain: str, *, since: datetime, at: datetime) -> Keys:
    """Return the data keys of these subjects, each with a version that was made at `since` or later.

    Subjects without a key get none. The new keys are committed when this returns. Asked again with the same
    `since`, as after a kill, it makes none that is there already.
    """
    wanted = list(set(subjects))
    try:
        made = _make_next(wanted, domain, since, at)
    except IntegrityError:
        made = _make_next(wanted, domain, since, at)  # the KEK that wraps was exchanged meanwhile
    keys = Keys(wanted, domain)
    for subject, version, key, wrapped in made:
        keys.recall(subject, version, key, wrapped)
    return keys


def _make_next(
    subjects: list[UUID], domain: str, since: datetime, at: datetime
) -> list[tuple[UUID, int, bytes, bytes]]:
    kek = provider()
    with transaction.atomic(using=ALIAS, durable=True), connections[ALIAS].cursor() as cursor:
        # Locked: whoever destroys keys meanwhile waits, and then finds the further versions too.
        cursor.execute(_STALE, [domain, subjects, since])
        stale = [(subject, version + 1) for subject, version in cursor.fetchall()]
        if not stale:
            return []
        to, _ = keks.now()
        keys = [urandom(KEY_BYTES) for _ in stale]
        spots = [about(subject, domain, version) for subject, version in stale]
        wrapped = [each for _, each in kek.wrap_all(list(zip(keys, spots, strict=True)), to)]
        rows = [
            {"subject": str(subject), "version": version, "wrapped": each.hex()}
            for (subject, version), each in zip(stale, wrapped, strict=True)
        ]
        cursor.execute(_INSERT, [domain, to, at, json.dumps(rows)])
        count_wraps(cursor, to, len(rows), at)
        cursor.execute(RAISE)
    return [(*one, key, each) for one, key, each in zip(stale, keys, wrapped, strict=True)]


def renewed_all(
    held: Mapping[str, str], subject: UUID, domain: str, level: int, keys: Keys
) -> tuple[dict[str, str], int, int]:
    """Return the values of one subject by field, under its newest key and in the suite of now.

    Also how many were sealed anew, and how many stayed as they were because they do not open.
    """
    sealed, made, shut = dict(held), 0, 0
    new, olds = keys.to_seal(subject, domain), dict[bytes, DataKeyInUse]()
    for field, text in held.items():
        try:
            raw = from_text(text)
            header = raw[:HEADER]
            if header == new.header:
                continue
            old = olds.get(header)
            if old is None:
                old = olds[header] = keys.to_open(subject, domain, header)
                new = keys.to_seal(subject, domain)  # again: opening may have found newer keys
            about_field = middle(field, level)
            clear = unlock(raw, old.aad(about_field), old.cipher)
        except CannotOpen:
            shut += 1
            continue
        sealed[field] = to_text(lock(clear, new.aad(about_field), new.cipher, new.header))
        made += 1
    return sealed, made, shut


def renewed(sealed: str, place: Place, keys: Keys) -> str:
    """Return a value under the newest key and the suite of now: the same text where it lies so already.

    :raises CannotOpen: when it does not open at this place.
    """
    raw = from_text(sealed)
    again = renewed_bytes(raw, place, keys)
    return sealed if again is raw else to_text(again)


def renewed_bytes(sealed: bytes, place: Place, keys: Keys) -> bytes:
    """Return sealed bytes likewise: the same object where they lie so already."""
    subject, domain, field, level = place
    header = sealed[:HEADER]
    if header == keys.to_seal(subject, domain).header:
        return sealed
    about_field = middle(field, level)
    old = keys.to_open(subject, domain, header)
    text = unlock(sealed, old.aad(about_field), old.cipher)
    new = keys.to_seal(subject, domain)  # again: opening may have found newer keys
    return lock(text, new.aad(about_field), new.cipher, new.header)


def lies_under(header: str | bytes) -> tuple[int, int]:
    """Return (suite, key version) of the first HEADER_LETTERS of a sealed text, or HEADER_BYTES of sealed bytes.

    :raises CannotOpen: when they are not those of anything sealed.
    """
    return read_header(from_text(header) if isinstance(header, str) else header)


def destroy_superseded(in_use: Mapping[UUID, int | None], domain: str) -> int:
    """Destroy the data keys older than the oldest in use; return how many. Only the worker's role may.

    :param in_use: the oldest version that a value of the subject lies under, None where it has no value: then all
        versions but the newest go.
    """
    subjects, oldest = list(in_use), [in_use[subject] for subject in in_use]
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(_DELETE, [domain, subjects, subjects, oldest, domain, subjects])
        gone: int = cursor.rowcount
        if gone:
            cursor.execute(RAISE)
    return gone


def rewrite_keyring() -> None:
    """Rewrite the table of data keys, so that its file holds no byte of a destroyed one. Only the worker's role may.

    :raises StillRead: somebody still reads the table as it was.
    """
    rewrite("vault_datakey", using=ALIAS)


_STALE = """
with held as materialized (
  select subject, version, created_at from vault_datakey where domain = %s and subject = any(%s)
  order by subject, version for key share)
select subject, max(version) from held group by subject having max(created_at) < %s order by subject
"""
_INSERT = """
insert into vault_datakey (subject, domain, version, wrapped, kek_version, created_at)
select made.subject, %s, made.version, decode(made.wrapped, 'hex'), %s, %s
from jsonb_to_recordset(%s::jsonb) as made (subject uuid, version integer, wrapped text)
on conflict do nothing
"""
_DELETE = """
with held as materialized (
  select subject, version, max(version) over (partition by subject) as newest
  from vault_datakey where domain = %s and subject = any(%s::uuid[]))
delete from vault_datakey old
using held join unnest(%s::uuid[], %s::integer[]) as kept (subject, oldest) using (subject)
where old.domain = %s and old.subject = any(%s::uuid[])
  and old.subject = held.subject and old.version = held.version
  and held.version < least(kept.oldest, held.newest)
"""
