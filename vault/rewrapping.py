"""Wrap data keys anew under the KEK that wraps now. What they seal stays as it is.

A batch takes rows that lie under an older KEK and that nobody else is at, so that two jobs share the work, and a
killed one leaves nothing half done. Reads go on: a row is under the one or the other KEK, and both unwrap.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from vault.keks import now
from vault.keyring import about, count_wraps
from vault.noticing import ALIAS
from vault.providers import provider

BATCH_KEYS = 5000
MOST_SHUT = 1000
KeyName = tuple[UUID, str, int]
"""Subject, domain, version."""


class TooManyShut(Exception):
    """So many data keys do not open that the KEK is the wrong one, or the keyring is."""


def left() -> int:
    """Return how many data keys lie under older KEKs than the one that wraps."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "select count(*) from vault_datakey where kek_version < (select current from vault_keknow)"
        )
        count: int = cursor.fetchone()[0]
    return count


def rewrap(*, at: datetime, passed_by: list[KeyName] | None = None, keys: int = 0) -> int:
    """Wrap the next data keys anew and return how many were looked at; 0 when there are none.

    One that does not open under the KEK that its row names stays as it is, and so does that KEK, which something
    lies under.

    :param passed_by: those that did not open so far: not looked at again; further ones are added.
    :param keys: how many at most; BATCH_KEYS when none is said.
    :raises TooManyShut: it is not single keys that do not open.
    """
    known = [] if passed_by is None else passed_by
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        to, _ = now()
        asked: list[Any] = [to, *_columns(known), keys or BATCH_KEYS]
        cursor.execute(f"{_TAKE} skip locked", asked)
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(_TAKE, asked)  # somebody is at the last ones: wait
            rows = cursor.fetchall()
        made, shut = _wrapped(rows, to)
        if made:
            cursor.execute(_PUT, [to, json.dumps(made)])
            count_wraps(cursor, to, len(made), at)
    known += shut
    if len(known) > MOST_SHUT:
        raise TooManyShut
    return len(rows)


def _wrapped(
    rows: list[tuple[UUID, str, int, bytes, int]], to: int
) -> tuple[list[dict[str, object]], list[KeyName]]:
    kek = provider()
    spots = [about(subject, domain, version) for subject, domain, version, *_ in rows]
    held = [(bytes(row[3]), spot, row[4]) for row, spot in zip(rows, spots, strict=True)]
    opened = kek.unwrap_all(held)
    left = [
        (row[:3], key, spot) for row, key, spot in zip(rows, opened, spots, strict=True) if key is not None
    ]
    shut = [row[:3] for row, key in zip(rows, opened, strict=True) if key is None]
    again = kek.wrap_all([(key, spot) for _, key, spot in left], to)
    made: list[dict[str, object]] = [
        {"subject": str(subject), "domain": domain, "version": version, "wrapped": wrapped.hex()}
        for ((subject, domain, version), _, _), (_, wrapped) in zip(left, again, strict=True)
    ]
    return made, shut


def _columns(names: Sequence[KeyName]) -> list[list[Any]]:
    return [[name[column] for name in names] for column in range(3)]


_TAKE = """
select subject, domain, version, wrapped, kek_version from vault_datakey
where kek_version < %s and (subject, domain, version) not in (
  select * from unnest(%s::uuid[], %s::varchar[], %s::integer[]))
order by kek_version limit %s for update
"""
_PUT = """
update vault_datakey key set wrapped = decode(made.wrapped, 'hex'), kek_version = %s
from jsonb_to_recordset(%s::jsonb) as made (subject uuid, domain varchar, version integer, wrapped text)
where key.subject = made.subject and key.domain = made.domain and key.version = made.version
"""
