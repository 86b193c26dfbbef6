"""Write many customers at once: new ones by binary COPY straight from psycopg, changed ones by one UPDATE."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import connection
from psycopg.types.json import Jsonb

from customers.models import STANDARD, Customer
from customers.values import Open
from customers.writing import Overtaken

_CUSTOMER = (
    "copy {} (id, ref, number, portfolio_id, tier, relationship_since, relationship_until,"
    " version, open, sealed, salt, origins, created_at, updated_at) from stdin (format binary)"
)
_CUSTOMER_TYPES = (
    "int8", "uuid", "varchar", "int8", "varchar", "date", "date",
    "int4", "jsonb", "jsonb", "uuid", "jsonb", "timestamptz", "timestamptz",
)  # fmt: skip
_UPDATE = """
update customers_customer held
set open = new.open::jsonb, sealed = new.sealed::jsonb, salt = new.salt, origins = new.origins::jsonb,
  version = new.version, relationship_since = new.since, relationship_until = new.until, updated_at = new.at
from unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::date[], %s::date[],
  %s::timestamptz[]) as new (id, version, open, sealed, salt, origins, since, until, at)
where held.id = new.id and held.version = new.version - 1"""
_DELETE = """
delete from customers_indexentry held using unnest(%s::bigint[], %s::text[]) as gone (customer, field)
where held.customer_id = gone.customer and held.field = gone.field"""
_ENTRY = "copy customers_indexentry (field, epoch, digest, customer_id) from stdin (format binary)"
_ENTRY_TYPES = ("varchar", "int2", "bytea", "int8")

FIRST_VERSION = 1

Changed = Sequence[tuple[Customer, Collection[str], Sequence[tuple[str, int, bytes]]]]
"""Rows, each with the fields whose index rows go and with its new index rows."""


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
    salt: UUID = field(default_factory=uuid4)
    version: int = FIRST_VERSION

    @property
    def relationship_since(self) -> date | None:
        """From when on they are a customer."""
        return self.dates.get("relationship_since")

    @property
    def relationship_until(self) -> date | None:
        """Until when they were one."""
        return self.dates.get("relationship_until")


def insert(customers: Sequence[NewCustomer], *, at: datetime) -> None:
    """Write new customers with their index rows inside the caller's transaction."""
    insert_as_made(customers, len(customers), at=at)


def insert_as_made(customers: Iterable[NewCustomer], count: int, *, at: datetime) -> None:
    """Write so many new customers as `insert` does, each as it is made: the database works on one while the next is
    sealed.

    :param customers: making one asks nothing of this database, which is in the middle of taking them.
    """
    ids, made = _draw_ids(count), list[tuple[int, NewCustomer]]()

    def noted() -> Iterator[tuple[int, NewCustomer]]:
        for one in zip(ids, customers, strict=True):
            made.append(one)
            yield one

    copy_customers(noted(), at=at)
    insert_entries((*row, id) for id, one in made for row in one.index_rows)


def copy_customers(
    customers: Iterable[tuple[int, NewCustomer]], *, at: datetime, table: str = Customer._meta.db_table
) -> None:
    """Write the rows of new customers alone, by id.

    :param table: another table of the same shape, for benchmarks.
    """
    written = _Written()
    _copy(
        _CUSTOMER.format(table),
        _CUSTOMER_TYPES,
        (
            (
                id,
                one.ref,
                one.number,
                one.portfolio_id,
                one.tier,
                one.relationship_since,
                one.relationship_until,
                one.version,
                Jsonb(one.open, dumps=_json),
                Jsonb(one.sealed, dumps=_json),
                one.salt,
                written(one.origins),
                at,
                at,
            )
            for id, one in customers
        ),
    )


def update(changed: Changed) -> None:
    """Write merged rows over the versions that were read, inside the caller's transaction and its locks.

    :raises Overtaken: one of the rows is no longer at that version.
    """
    customers = [customer for customer, _, _ in changed]
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE,
            [
                [one.pk for one in customers],
                [one.version for one in customers],
                [_json(one.open) for one in customers],
                [_json(one.sealed) for one in customers],
                [one.salt for one in customers],
                [_json(one.origins) for one in customers],
                [one.relationship_since for one in customers],
                [one.relationship_until for one in customers],
                [one.updated_at for one in customers],
            ],
        )
        if cursor.rowcount != len(customers):
            raise Overtaken
    replace_entries(changed)


def replace_entries(changed: Changed) -> None:
    """Write the index rows of these fields anew, inside the caller's transaction and its locks."""
    gone = [(one.pk, code) for one, codes, _ in changed for code in codes]
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [[pk for pk, _ in gone], [code for _, code in gone]])
    insert_entries((*row, one.pk) for one, _, rows in changed for row in rows)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Written:
    """Writes a document that many rows share once: all values of an import have the same origin."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[object, Jsonb]] = {}

    def __call__(self, document: object) -> Jsonb:
        known = self._texts.get(id(document))
        if known is None:
            # With the document itself, so that no other one gets its id meanwhile.
            known = self._texts[id(document)] = (document, Jsonb(_json(document), dumps=str))
        return known[1]


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
