"""Write many new customers at once: COPY in binary, straight from psycopg, index rows with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from customers.models import STANDARD
from customers.values import Open

_CUSTOMER = (
    "copy customers_customer (id, ref, number, portfolio_id, tier, relationship_since, relationship_until,"
    " version, open, sealed, origins, created_at, updated_at) from stdin (format binary)"
)
_CUSTOMER_TYPES = (
    "int8", "uuid", "varchar", "int8", "varchar", "date", "date",
    "int4", "jsonb", "jsonb", "jsonb", "timestamptz", "timestamptz",
)  # fmt: skip
_ENTRY = "copy customers_indexentry (field, epoch, digest, customer_id) from stdin (format binary)"
_ENTRY_TYPES = ("varchar", "int2", "bytea", "int8")


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer ready to be written: everything cleaned, sealed and digested."""

    ref: UUID
    number: str
    portfolio_id: int
    open: Mapping[str, Open]
    sealed: Mapping[str, str]
    origins: Mapping[str, Mapping[str, str]]
    index_rows: Sequence[tuple[str, int, bytes]]
    dates: Mapping[str, date] = field(default_factory=dict)
    tier: str = STANDARD


def insert(customers: Sequence[NewCustomer], *, at: datetime) -> list[int]:
    """Write new customers with their index rows inside the caller's transaction; return their ids in order."""
    ids = _draw_ids(len(customers))
    _copy(
        _CUSTOMER,
        _CUSTOMER_TYPES,
        (
            (
                id,
                one.ref,
                one.number,
                one.portfolio_id,
                one.tier,
                one.dates.get("relationship_since"),
                one.dates.get("relationship_until"),
                1,
                one.open,
                one.sealed,
                one.origins,
                at,
                at,
            )
            for id, one in zip(ids, customers, strict=True)
        ),
    )
    insert_entries((*row, id) for id, one in zip(ids, customers, strict=True) for row in one.index_rows)
    return ids


def insert_entries(rows: Iterable[tuple[str, int, bytes, int]]) -> None:
    """Write index rows (field, epoch, digest, customer id)."""
    _copy(_ENTRY, _ENTRY_TYPES, rows)


def _draw_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence('customers_customer', 'id')) from generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(statement: str, types: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
