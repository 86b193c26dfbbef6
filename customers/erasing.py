"""Erase customers, or single fields of one: rows, index rows, histories, contacts. What cannot be taken back.

The journal in the keyring is written before any of this (`vault.journal`), so that a crash or a restored backup is
followed by the same again. Everything here may be called twice: what is gone already is passed over, and no second
event is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import Template
from uuid import UUID

from django.db import connection, transaction
from django.db.models.fields.json import KeyTextTransform

from classification.queries import Catalogue, catalogue
from customers import events
from customers.digests import erased_exposure, written_exposure
from customers.models import Contact, Customer, IndexEntry, LabelDoubt, Misfit, ValueChange
from customers.numbers import folded_number
from customers.proofs import ending_with, unnamed
from customers.together import OneOf, OneOfIds
from customers.values import DOMAIN, LEVEL, place
from customers.writing import step, without_detail
from files import ending
from trail.actor import Actor
from trail.rewriting import rewrite
from trail.services import record
from vault import shredding
from vault.journal import Gone, Known
from vault.keyring import Keys, destroy_keys, keys_for
from vault.place import Place
from vault.rekeying import next_keys, renewed_all

IDENTITY = "resident_id"
SAMPLE = 20
"""Customers of a chunk whose sealed values are tried afterwards."""
COUNTED: dict[str, type[Customer | IndexEntry | ValueChange | Contact]] = {
    "customers": Customer,
    "index_rows": IndexEntry,
    "old_values": ValueChange,
    "contacts": Contact,
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
    rows = Customer.objects.filter(OneOf("ref", refs)).order_by("pk")
    identity = KeyTextTransform(IDENTITY, "sealed")
    for pk, ref, number, text in rows.values_list("pk", "ref", "number", identity):
        marks = (Known(IDENTITY, kind, text, place(ref, IDENTITY)),) if kind and text else ()
        before.gone.append(Gone(ref, number=folded_number(number), known=marks))
        before.ids.append(pk)
    for ref, sealed in rows.values_list("ref", "sealed")[:SAMPLE]:
        before.sealed += [(text, place(ref, code)) for code, text in sealed.items()]
    before.index_rows = found_by_index(before)
    keys = keys_for(refs, DOMAIN)
    keys.unwrap_all()
    return before, keys


def count(refs: Collection[UUID]) -> dict[str, int]:
    """Count the rows that these customers have, by what they are."""
    ids = list(Customer.objects.filter(OneOf("ref", refs)).values_list("pk", flat=True))
    return {
        name: model._default_manager.filter(
            OneOfIds("pk" if model is Customer else "customer_id", ids)
        ).count()
        for name, model in COUNTED.items()
    }


def levels(parts: Mapping[UUID, Collection[str]], at: datetime) -> dict[str, int]:
    """Count the values that are to go, by level, in one statement; no fields named is all of them."""
    known, counted = catalogue(at), Counter[str]()
    fields = [",".join(sorted(_with_derived(known, fields))) for fields in parts.values()]
    with connection.cursor() as cursor:
        cursor.execute(_BY_FIELD, [list(parts), fields])
        for code, is_sealed, number in cursor.fetchall():
            level = 3 if is_sealed else min(known.get(code).level, 2) if code in known else 2
            counted[f"L{level}"] += number
    return dict(counted)


def erase_customers(refs: Iterable[UUID], *, record_id: UUID, by: Actor, at: datetime) -> int:
    """Erase whole customers with everything that hangs on them; return how many were still there."""
    with without_detail(), transaction.atomic():
        rows = (
            Customer.objects.select_for_update(of=("self",)).filter(OneOf("ref", list(refs))).order_by("pk")
        )
        held = list(rows.values_list("pk", "ref", "portfolio__code", "portfolio__region"))
        if held:
            _delete([pk for pk, *_ in held])
            facts = {"record": str(record_id), "customers": len(held)}
            exposures = [erased_exposure(ref, portfolio, region) for _pk, ref, portfolio, region in held]
            record(events.ERASED, by=by, at=at, facts=facts, exposures=exposures)
    return len(held)


def _delete(ids: Sequence[int]) -> None:
    """Delete customers with all rows that hang on them: one statement for each table, however many customers."""
    LabelDoubt.objects.filter(
        OneOfIds("customer_id", ids)
    ).delete()  # few, and rows of other tables hang on these
    with connection.cursor() as cursor:
        for table, column in _hanging_on():
            cursor.execute(_DELETE.substitute(table=table, column=column), [list(ids)])
        cursor.execute(_DELETE.substitute(table=Customer._meta.db_table, column="id"), [list(ids)])


def _hanging_on() -> list[tuple[str, str]]:
    """Return table and column of everything that goes with its customer."""
    return [
        (one.related_model._meta.db_table, str(one.field.column))
        for one in Customer._meta.related_objects
        if one.related_model is not LabelDoubt
    ]


def destroy_value_keys(refs: Iterable[UUID]) -> int:
    """Destroy the keys of all sealed values of erased customers; return how many. Only the worker may."""
    return destroy_keys(refs, DOMAIN)


def keys_left(refs: Iterable[UUID]) -> int:
    """Count the data keys that these customers still have."""
    return shredding.remaining(refs, DOMAIN)


def found_by_index(before: Before) -> int:
    """Count the index rows that still lead to one of these customers."""
    return IndexEntry.objects.filter(OneOfIds("customer_id", before.ids)).count()


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


def proofs_of(parts: Mapping[UUID, Collection[str]], at: datetime) -> tuple[int, int]:
    """Count the proofs of source that go when these fields go, and those that stay: they prove other values as well."""
    known, going, staying = catalogue(at), 0, 0
    for customer in Customer.objects.filter(ref__in=[ref for ref, fields in parts.items() if fields]):
        gone, kept = ending_with(customer, _with_derived(known, parts[customer.ref]))
        going, staying = going + len(gone), staying + len(kept)
    return going, staying


def leave_proofs(ref: UUID, *, since: datetime, at: datetime) -> None:
    """Seal the texts about a customer anew, but for the proofs of values that are gone; nothing where there is none."""
    if over := _proofs_over(ref):
        ending.seal_anew(ref, without=over, since=since, at=at)


def end_proofs(ref: UUID) -> None:
    """Destroy the key of those proofs, once nobody can be reading the other texts under it any more. Worker only."""
    if over := _proofs_over(ref):
        ending.end_old_keys(ref, without=over)


def _proofs_over(ref: UUID) -> list[UUID]:
    customer = Customer.objects.filter(ref=ref).first()
    return unnamed(customer) if customer else []


def rewrite_open_values() -> None:
    """Rewrite the tables of open values and of their histories: the monthly end of bytes that were erased."""
    rewrite("customers_customer", "customers_valuechange")


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
    step(customer, at)
    customer.save(update_fields=["open", "sealed", "salt", "origins", "version", "updated_at"])
    IndexEntry.objects.filter(customer=customer, field__in=gone).delete()
    Misfit.objects.filter(customer=customer, field__in=gone).delete()
    LabelDoubt.objects.filter(customer=customer, field__in=gone).delete()


_DELETE = Template("delete from $table where $column = any(%s)")
_BY_FIELD = """
select held.code, held.sealed, count(*)
from unnest(%s::uuid[], %s::text[]) as wanted (ref, fields)
join customers_customer customer on customer.ref = wanted.ref
cross join lateral (
  select jsonb_object_keys(customer.sealed), true union all select jsonb_object_keys(customer.open), false
) held (code, sealed)
where wanted.fields = '' or held.code = any(string_to_array(wanted.fields, ','))
group by 1, 2
"""
