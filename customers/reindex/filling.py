"""Index customers in an epoch, and take the rows of older epochs away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from classification.queries import Catalogue, FieldSpec
from customers.models import Customer, IndexEntry
from customers.together import OneOfIds
from customers.values import DOMAIN, place
from trail.rewriting import rewrite
from vault import transform
from vault.blind_index import EXACT
from vault.keyring import Keys, keys_for
from vault.opening import CannotOpen

Entry = tuple[str, str, int]
"""Field, digest in hex, customer."""


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
        .filter(OneOfIds("pk", ids))
        .order_by("pk")
        .values_list("pk", "ref", "sealed")
    )
    keys = keys_for([ref for _, ref, _ in held], DOMAIN)
    keys.unwrap_all()
    specs = list(known.searchable)
    rows: list[Entry] = []
    unreadable = 0
    for pk, ref, sealed in held:
        for spec in specs:
            try:
                rows += _entries(pk, ref, sealed, spec, keys, epoch)
            except CannotOpen:
                unreadable += 1
    if not rows:
        return Filled(0, unreadable)
    fields, digests, customers = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [epoch, _array(fields), _array(digests), _array(map(str, customers))])
        return Filled(int(cursor.rowcount), unreadable)


def _entries(
    pk: int, ref: UUID, sealed: Mapping[str, str], spec: FieldSpec, keys: Keys, epoch: int
) -> list[Entry]:
    text = sealed.get(spec.code)
    if text is None:
        return []
    found = transform.index_in(epoch, spec.kind, spec.index_kinds, text, place(ref, spec.code), keys)
    return [(spec.code, digest.hex(), pk) for digest in found]


def _array(plain: Iterable[str]) -> str:
    """Write texts that need no quotes as PostgreSQL reads an array: far quicker than quoting each."""
    return f"{{{','.join(plain)}}}"


def delete_before(epoch: int, rows: int) -> int:
    """Delete some of the rows of older epochs; return how many, 0 when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [epoch, rows])
        return int(cursor.rowcount)


def vacuum_index() -> None:
    """Rewrite the table of the index, so that its file holds nothing of deleted rows.

    Searches wait for it; it waits for them no longer than LONGEST_WAIT, so that none queues behind it for long.

    :raises StillRead: somebody still reads the table as it was.
    """
    rewrite("customers_indexentry", longest_wait=LONGEST_WAIT)


LONGEST_WAIT = "10s"
_INSERT = """
insert into customers_indexentry (epoch, field, digest, customer_id)
select %s, made.field, decode(made.digest, 'hex'), made.customer
from unnest(%s::text[], %s::text[], %s::bigint[]) as made (field, digest, customer)
on conflict do nothing
"""
_DELETE = """
delete from customers_indexentry where ctid = any(array(
  select ctid from customers_indexentry where epoch < %s limit %s))
"""
