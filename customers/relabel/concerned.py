"""Whose values a label concerns, and whose are not yet where it wants them. By predicate: no list, no mark."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from classification.queries import FieldSpec
from customers.models import Customer, Misfit, ValueChange

Customers = QuerySet[Customer]
_SEALED_CODES = "select distinct jsonb_object_keys(sealed) from customers_customer"
_OPEN_CODES = "select distinct jsonb_object_keys(open) from customers_customer"


def holding(field: str) -> Customers:
    """Return the customers who have a value in a field, wherever it lies."""
    return Customer.objects.filter(Q(open__has_key=field) | Q(sealed__has_key=field))


def concerned(spec: FieldSpec) -> Customers:
    """Return the customers whose value or old values have to be looked at."""
    held = Q(open__has_key=spec.code) | Q(sealed__has_key=spec.code)
    past = spec.sealed or spec.apart
    return Customer.objects.filter(held | _with_bare_past(spec) if past else held)


def misplaced(spec: FieldSpec) -> Customers:
    """Return the customers whose value does not lie where its field wants it; those kept sealed as misfits do."""
    if spec.sealed:
        return Customer.objects.filter(Q(open__has_key=spec.code) | _with_bare_past(spec))
    kept = misfits(spec.code).filter(customer=OuterRef("pk"))
    if spec.apart:
        return concerned(spec).filter(~Exists(kept))
    return Customer.objects.filter(~Exists(kept), sealed__has_key=spec.code)


def misfits(field: str) -> QuerySet[Misfit]:
    """Return the held values that do not fit a field; those replaced since are none any more."""
    replaced = ValueChange.objects.filter(
        customer=OuterRef("customer"), field=OuterRef("field"), at__gte=OuterRef("at")
    )
    return Misfit.objects.filter(~Exists(replaced), field=field)


def suspicious(specs: Iterable[FieldSpec]) -> list[FieldSpec]:
    """Return the fields of which some value lies where it should not: two looks at the whole table."""
    lying: dict[bool, set[str]] = {}
    with connection.cursor() as cursor:
        for sealed, sql in ((True, _SEALED_CODES), (False, _OPEN_CODES)):
            cursor.execute(sql)
            lying[sealed] = {row[0] for row in cursor.fetchall()}
    return [
        spec
        for spec in specs
        if spec.code in lying[not spec.sealed] or (spec.apart and spec.code in lying[False])
    ]


def _with_bare_past(spec: FieldSpec) -> Q:
    bare = ValueChange.objects.filter(customer=OuterRef("pk"), field=spec.code, level__lt=spec.level)
    return Q(Exists(bare))
