"""Erase customers, or single fields of one: rows, index rows, histories, contacts. What cannot be taken back.

The journal in the keyring is written before any of this (`vault.journal`), so that a crash or a restored backup is
followed by the same again. Everything here may be called twice: what is gone already is passed over, and no second
event is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from classification.queries import Catalogue, catalogue
from customers import events
from customers.digests import erased_exposure, written_exposure
from customers.models import Contact, Customer, IndexEntry, LabelDoubt, Misfit, ValueChange
from customers.numbers import folded_number
from customers.values import DOMAIN, LEVEL, place
from customers.writing import without_detail
from trail.actor import Actor
from trail.services import record
from vault import shredding
from vault.journal import Gone, Known
from vault.keyring import Keys, destroy_keys, keys_for
from vault.place import Place
from vault.rekeying import next_keys, renewed_all

IDENTITY = "resident_id"
COUNTED = {
    "customers": Customer.objects.filter,
    "index_rows": IndexEntry.objects.filter,
    "old_values": ValueChange.objects.filter,
    "contacts": Contact.objects.filter,
}
"""What a record counts before and after."""


@dataclass(slots=True)
class Before:
    """What one batch is about to erase: how the journal knows it, and what later shows that it is gone."""

    gone: list[Gone] = field(default_factory=list)
    sealed: list[tuple[str, Place]] = field(default_factory=list, repr=False)
    ids: list[int] = field(default_factory=list)
    index_rows: int = 0


def known_by(refs: Collection[UUID], at: datetime) -> tuple[Before, Keys]:
    """Return by what these customers are known, for the journal and for the proof, with the keys that open it."""
    known = catalogue(at)
    kind = known.get(IDENTITY).kind if IDENTITY in known else ""
    before = Before()
    for customer in Customer.objects.filter(ref__in=refs).order_by("pk"):
        marks = [
            Known(IDENTITY, kind, customer.sealed[code], place(customer.ref, code))
            for code in (IDENTITY,)
            if kind and code in customer.sealed
        ]
        before.gone.append(Gone(customer.ref, number=folded_number(customer.number), known=tuple(marks)))
        before.ids.append(customer.pk)
        before.sealed += [(text, place(customer.ref, code)) for code, text in customer.sealed.items()]
    before.index_rows = IndexEntry.objects.filter(customer__in=before.ids).count()
    return before, keys_for(refs, DOMAIN)


def count(refs: Collection[UUID]) -> dict[str, int]:
    """Count the rows that these customers have, by what they are."""
    refs = list(refs)
    return {
        name: rows(**{"ref__in" if name == "customers" else "customer__ref__in": refs}).count()
        for name, rows in COUNTED.items()
    }


def levels(parts: Mapping[UUID, Collection[str]], at: datetime) -> dict[str, int]:
    """Count the values that are to go, by level; no fields named is all of them."""
    known, counted = catalogue(at), Counter[str]()
    for customer in Customer.objects.filter(ref__in=list(parts)).only("ref", "open", "sealed"):
        wanted = _with_derived(known, parts[customer.ref])
        counted["L3"] += len(customer.sealed.keys() & (wanted or customer.sealed.keys()))
        for code in customer.open.keys() & (wanted or customer.open.keys()):
            counted[f"L{min(known.get(code).level, 2) if code in known else 2}"] += 1
    return dict(counted)


def erase_customers(refs: Iterable[UUID], *, record_id: UUID, by: Actor, at: datetime) -> int:
    """Erase whole customers with everything that hangs on them; return how many were still there."""
    with without_detail(), transaction.atomic():
        rows = Customer.objects.select_related("portfolio").select_for_update(of=("self",))
        held = list(rows.filter(ref__in=list(refs)).order_by("pk"))
        if held:
            Customer.objects.filter(pk__in=[one.pk for one in held]).delete()
            facts = {"record": str(record_id), "customers": len(held)}
            exposures = [erased_exposure(one) for one in held]
            record(events.ERASED, by=by, at=at, facts=facts, exposures=exposures)
    return len(held)


def destroy_value_keys(refs: Iterable[UUID]) -> int:
    """Destroy the keys of all sealed values of erased customers; return how many. Only the worker may."""
    return destroy_keys(refs, DOMAIN)


def keys_left(refs: Iterable[UUID]) -> int:
    """Count the data keys that these customers still have."""
    return shredding.remaining(refs, DOMAIN)


def found_by_index(before: Before) -> int:
    """Count the index rows that still lead to one of these customers."""
    return IndexEntry.objects.filter(customer__in=before.ids).count()


def retained(most: int) -> list[UUID]:
    """Return some customers who stay, whose keys are tried on what was erased."""
    return list(Customer.objects.order_by("-pk").values_list("ref", flat=True)[:most])


def erase_fields(
    ref: UUID, fields: Collection[str], *, record_id: UUID, by: Actor, at: datetime, collected_until: datetime
) -> tuple[str, ...]:
    """Erase fields of a customer who stays, and seal the others under a new key; return what was still there.

    The old key lives until `customers.rekey.resealing.end_old_keys`, so that a read that has begun can end. What does
    not open, as in data restored from before its key was destroyed, stays as it is.

    :param collected_until: a value collected later is another one, and stays.
    """
    codes = _with_derived(catalogue(at), fields)
    held = Customer.objects.filter(ref=ref).first()
    if held is None:
        return ()
    sealed_too = any(_goes(held, code, collected_until) for code in codes & held.sealed.keys())
    keys = next_keys([ref], DOMAIN, since=collected_until, at=at) if sealed_too else keys_for([ref], DOMAIN)
    with without_detail(), transaction.atomic():
        rows = Customer.objects.select_related("portfolio").select_for_update(of=("self",))
        customer = rows.filter(ref=ref).first()
        if customer is None:
            return ()
        keys.confirm()  # under the lock: what is sealed here is sealed under keys that no rotation has ended
        gone = sorted(code for code in codes if _goes(customer, code, collected_until))
        ValueChange.objects.filter(customer=customer, field__in=codes, at__lte=collected_until).delete()
        if gone:
            _drop(customer, gone, keys, at)
            facts = {"record": str(record_id), "fields": gone, "version": customer.version}
            record(events.FIELDS_ERASED, by=by, at=at, facts=facts, exposures=[written_exposure(customer)])
    return tuple(gone)


def rewrite_open_values() -> None:
    """Rewrite the tables of open values and of their histories: the monthly end of bytes that were erased."""
    with connection.cursor() as cursor:
        for table in ("customers_customer", "customers_valuechange"):
            cursor.execute(f"vacuum (full) {table}")


def _with_derived(known: Catalogue, fields: Collection[str]) -> set[str]:
    derived = {spec.code for code in fields if code in known for spec in known.derived_from(code)}
    return {*fields, *derived}


def _goes(customer: Customer, code: str, collected_until: datetime) -> bool:
    if code not in customer.open and code not in customer.sealed:
        return False
    collected = customer.origins.get(code, {}).get("collected_at")
    return collected is None or datetime.fromisoformat(collected) <= collected_until


def _drop(customer: Customer, gone: Collection[str], keys: Keys, at: datetime) -> None:
    for document in (customer.open, customer.sealed, customer.origins):
        for code in gone:
            document.pop(code, None)
    customer.sealed, _new, _lost = renewed_all(customer.sealed, customer.ref, DOMAIN, LEVEL, keys)
    customer.version, customer.updated_at = customer.version + 1, at
    customer.save(update_fields=["open", "sealed", "origins", "version", "updated_at"])
    IndexEntry.objects.filter(customer=customer, field__in=gone).delete()
    Misfit.objects.filter(customer=customer, field__in=gone).delete()
    LabelDoubt.objects.filter(customer=customer, field__in=gone).delete()
