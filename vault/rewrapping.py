"""Wrap data keys anew under the KEK that wraps now. What they seal stays as it is.

A batch takes rows that lie under an older KEK and that nobody else is at, so that two jobs share the work, and a
killed one leaves nothing half done. Reads go on: a row is under the one or the other KEK, and both unwrap.
"""

from datetime import datetime
from uuid import UUID

from django.db import connections, transaction

from vault.keks import now
from vault.keyring import about, count_wraps
from vault.noticing import ALIAS
from vault.providers import provider

BATCH_KEYS = 5000


def left() -> int:
    """Return how many data keys lie under older KEKs than the one that wraps."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "select count(*) from vault_datakey where kek_version < (select current from vault_keknow)"
        )
        count: int = cursor.fetchone()[0]
    return count


def rewrap(*, at: datetime, keys: int = 0) -> int:
    """Wrap the next data keys anew and return how many; 0 when there are none.

    :param keys: how many at most; BATCH_KEYS when none is said.
    :raises vault.opening.CannotOpen: when one does not open under the KEK that its row names.
    """
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        to, _ = now()
        cursor.execute(f"{_TAKE} skip locked", [to, keys or BATCH_KEYS])
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(_TAKE, [to, keys or BATCH_KEYS])  # somebody is at the last ones: wait
            rows = cursor.fetchall()
        if rows:
            cursor.execute(_PUT, [to, *_wrapped(rows, to)])
            count_wraps(cursor, to, len(rows), at)
    return len(rows)


def _wrapped(rows: list[tuple[UUID, str, int, bytes, int]], to: int) -> list[list[object]]:
    kek = provider()
    columns: list[list[object]] = [[], [], [], []]
    for subject, domain, version, wrapped, kek_version in rows:
        spot = about(subject, domain, version)
        _, again = kek.wrap(kek.unwrap(bytes(wrapped), spot, kek_version), spot, to)
        for column, said in zip(columns, (subject, domain, version, again), strict=True):
            column.append(said)
    return columns


_TAKE = """
select subject, domain, version, wrapped, kek_version from vault_datakey
where kek_version < %s order by kek_version limit %s for update
"""
_PUT = """
update vault_datakey key set wrapped = made.wrapped, kek_version = %s
from unnest(%s::uuid[], %s::varchar[], %s::integer[], %s::bytea[]) as made (subject, domain, version, wrapped)
where key.subject = made.subject and key.domain = made.domain and key.version = made.version
"""
