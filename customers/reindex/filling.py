"""Index customers in an epoch, and take the rows of older epochs away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from classification.queries import Catalogue, FieldSpec
from customers.models import Customer, IndexEntry
from customers.values import DOMAIN, place
from vault import transform
from vault.blind_index import EXACT
from vault.keyring import Keys, keys_for
from vault.opening import CannotOpen

Entry = dict[str, object]


class Filled(NamedTuple):
    """How many rows were new, and how many values could not be indexed because they did not open."""

    new: int
    unreadable: int


def lacking(known: Catalogue, epoch: int) -> QuerySet[Customer]:
    """Return the customers with a value that the index of an epoch does not have."""
    missing = Q(pk__in=())
    for spec in known.searchable:
        if EXACT in spec.index_kinds:
            rows = IndexEntry.objects.filter(customer=OuterRef("pk"), field=spec.code, epoch=epoch)
            missing |= Q(~Exists(rows), sealed__has_key=spec.code)
    return Customer.objects.filter(missing)


def fill(ids: Sequence[int], known: Catalogue, epoch: int) -> Filled:
    """Write the rows of an epoch for these customers, inside the caller's transaction."""
    held = list(
        Customer.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .only("ref", "sealed")
    )
    keys = keys_for([one.ref for one in held], DOMAIN)
    rows: list[Entry] = []
    unreadable = 0
    for one in held:
        for spec in known.searchable:
            try:
                rows += _entries(one, spec, keys, epoch)
            except CannotOpen:
                unreadable += 1
    if not rows:
        return Filled(0, unreadable)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [json.dumps(rows)])
        return Filled(int(cursor.rowcount), unreadable)


def _entries(customer: Customer, spec: FieldSpec, keys: Keys, epoch: int) -> list[Entry]:
    sealed = customer.sealed.get(spec.code)
    if sealed is None:
        return []
    found = transform.index(spec.kind, spec.index_kinds, sealed, place(customer.ref, spec.code), keys)
    return [
        {"field": spec.code, "epoch": one, "digest": digest.hex(), "customer": customer.pk}
        for one, digest in found
        if one == epoch
    ]


def delete_before(epoch: int, rows: int) -> int:
    """Delete some of the rows of older epochs; return how many, 0 when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [epoch, rows])
        return int(cursor.rowcount)


def vacuum_index() -> None:
    """Rewrite the table of the index, so that its file holds nothing of deleted rows.

    Searches wait for it; it waits for them no longer than LONGEST_WAIT, so that none queues behind it for long.

    :raises RuntimeError: inside a transaction, where PostgreSQL cannot.
    """
    if connection.in_atomic_block:
        raise RuntimeError("VACUUM FULL runs outside any transaction.")
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
        try:
            cursor.execute("vacuum full customers_indexentry")
        finally:
            cursor.execute("reset lock_timeout")


LONGEST_WAIT = "10s"
_INSERT = """
insert into customers_indexentry (field, epoch, digest, customer_id)
select made.field, made.epoch, decode(made.digest, 'hex'), made.customer
from jsonb_to_recordset(%s::jsonb) as made (field text, epoch smallint, digest text, customer bigint)
on conflict do nothing
"""
_DELETE = """
delete from customers_indexentry where ctid = any(array(
  select ctid from customers_indexentry where epoch < %s limit %s))
"""
