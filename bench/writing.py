"""Write and read customers with four sealed values against the same rows with the same values plain.

The peer is a table of the same columns and indexes whose third document holds the values as they are: no check
of its shape, no data keys, no sealing. Both are read as model rows, by the same index.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

import psycopg
from django.db import connection, models, transaction

from bench.measure import ROWS, Line, seconds
from classification.queries import catalogue
from customers import bulk
from customers.bulk import NewCustomer
from customers.models import Customer, Portfolio
from customers.values import index_rows, seal_all
from kinds.synthetic import Person, people
from vault import opening
from vault.keyring import Keys, keys_for, make_keys
from vault.place import Place

SEALED = ("mobile", "resident_id", "address", "email")
TABLE = "bench_plain"


class Plain(models.Model):
    """The same customer with nothing sealed."""

    ref = models.UUIDField()
    number = models.TextField()
    portfolio = models.ForeignKey(Portfolio, models.DO_NOTHING, related_name="+")
    tier = models.TextField()
    relationship_since = models.DateField(null=True)
    relationship_until = models.DateField(null=True)
    version = models.IntegerField()
    open = models.JSONField()
    sealed = models.JSONField()
    origins = models.JSONField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: "ClassVar[models.Manager[Plain]]" = models.Manager()

    class Meta:
        app_label = "customers"
        managed = False
        db_table = TABLE

    def __str__(self) -> str:
        return str(self.pk)


def make_plain_table() -> None:
    """Make the plain table anew, as the owner: the columns and indexes of the real one, not its checks."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(f"drop table if exists {TABLE}")
        owner.execute(f"create table {TABLE} (like customers_customer including defaults including indexes)")
        owner.execute(f"grant all on {TABLE} to custinfo_app")


def index_plain_mobiles() -> None:
    """Make the btree by which a plain mobile number is found, and let the planner know of the rows."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(f"create index on {TABLE} ((sealed ->> 'mobile'))")
        owner.execute(f"analyze {TABLE}")


def make_customers(portfolios: Sequence[Portfolio], count: int, at: datetime, *, start: int = 0) -> None:
    """Write customers with five sealed values and their index rows."""
    drafts = [
        draft(one, portfolios[one.number % len(portfolios)], start) for one in people(count, seed=start)
    ]
    bulk.insert(ready(drafts, at), at=at)


def remove_customers(ids: Iterable[int]) -> None:
    """Delete customers by id with their index rows, which is all that hangs on customers of the bench."""
    gone = list(ids)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from customers_indexentry where customer_id = any(%s)", [gone])
        cursor.execute("delete from customers_customer where id = any(%s)", [gone])


def draft(one: Person, portfolio: Portfolio, start: int) -> tuple[NewCustomer, dict[str, str]]:
    """Return a customer with nothing sealed yet, and the values to seal."""
    values = {code: getattr(one, code) for code in (*SEALED, "bank_card")}
    open = {"full_name": one.name, "member_level": one.member_level}
    return NewCustomer(uuid4(), f"N{start + one.number}", portfolio.pk, open, {}, {}, ()), values


def ready(drafts: Sequence[tuple[NewCustomer, Mapping[str, str]]], at: datetime) -> list[NewCustomer]:
    """Return customers as an import writes them: keys made, values sealed, index rows worked out."""
    known = catalogue(at)
    keys = make_keys([one.ref for one, _values in drafts], "L3", at=at)
    return [
        replace(one, sealed=seal_all(one.ref, values, keys), index_rows=index_rows(known, values))
        for one, values in drafts
    ]


def lines(portfolios: Sequence[Portfolio], at: datetime) -> list[Line]:
    """Measure 10,000 rows: written in bulk, read and left sealed, read and all four opened."""
    own, _ = Portfolio.objects.get_or_create(
        code="BROWS", defaults={"name": "BROWS", "department": portfolios[0].department}
    )
    drafts = [
        (one, {code: values[code] for code in SEALED})
        for one, values in (draft(person, own, 9_000_000) for person in people(ROWS, seed=5))
    ]
    refs = [one.ref for one, _values in drafts]

    def write_plain() -> None:
        rows = (replace(one, sealed=values) for one, values in drafts)
        bulk.copy_customers(enumerate(rows, 1), at=at, table=TABLE)

    def write_sealed(keys: Keys) -> None:
        rows = (replace(one, sealed=seal_all(one.ref, values, keys)) for one, values in drafts)
        bulk.copy_customers(enumerate(rows, 900_000_000), at=at)

    keys_made = seconds(lambda: make_keys(refs, "L3", at=at), times=1)
    keys = make_keys(refs, "L3", at=at)
    peer_write = seconds(write_plain, times=1)
    our_write = seconds(lambda: write_sealed(keys), times=1)

    def read_plain() -> list[str]:
        return ["".join(row.sealed[code] for code in SEALED) for row in Plain.objects.filter(portfolio=own)]

    def read_left() -> int:
        return sum(len(row.sealed) for row in Customer.objects.filter(portfolio=own))

    def read_opened() -> None:
        keys = keys_for(refs, "L3")
        for row in Customer.objects.filter(portfolio=own):
            for code in SEALED:
                opening._clear_text(row.sealed[code], Place(row.ref, "L3", code, 3), keys)

    peer, left, opened = seconds(read_plain), seconds(read_left), seconds(read_opened)
    remove_customers(Customer.objects.filter(portfolio=own).values_list("pk", flat=True))
    return [
        _line("read 10,000 rows, left sealed", left, peer, "<= 1.4x"),
        _line("read 10,000 rows, 4 values opened, keys included", opened, peer, "<= 2.7x"),
        _line("bulk write of 10,000 rows, keys made before", our_write, peer_write, "<= 2.5x"),
        _line("bulk write of 10,000 rows, keys included", our_write + keys_made, peer_write, ""),
    ]


def _line(work: str, ours: float, peer: float, goal: str) -> Line:
    return Line(work, f"{ours * 1000:.0f} ms", f"plain {peer * 1000:.0f} ms", f"{ours / peer:.1f}x", goal)
