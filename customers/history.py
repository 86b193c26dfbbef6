"""What a field held before: written down whenever a value is replaced or cleared, never edited (S0-4, S2-5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from classification.queries import Catalogue, FieldSpec
from customers.models import Customer, ValueChange
from customers.values import as_text, place
from customers.writing import Difference
from kinds import registry
from trail.actor import Actor
from vault import transform
from vault.keyring import Keys
from vault.opening import CannotOpen

SEALED_LEVEL, APART_LEVEL = 3, 4


def replaced(
    customer: Customer, known: Catalogue, change: Difference, *, keys: Keys, by: Actor, at: datetime
) -> list[ValueChange]:
    """Return what a difference is about to overwrite, to be called before `merge` and saved with the row."""
    return [
        _old(customer, known, code, keys, by, at, cleared=code in change.cleared)
        for code in sorted({*change.values.codes, *change.cleared})
        if code in customer.open or code in customer.sealed
    ]


def save(rows: Collection[ValueChange]) -> None:
    """Write old values down, inside the transaction that overwrites them."""
    ValueChange.objects.bulk_create(rows)


def changed(customer: Customer, fields: Collection[str]) -> set[str]:
    """Return which of these fields held another value before."""
    rows = ValueChange.objects.filter(customer=customer, field__in=fields)
    return set(rows.values_list("field", flat=True))


def mask_all(customers: Collection[Customer], spec: FieldSpec) -> None:
    """Mask the old texts of a field that is sealed from now on."""
    rows = ValueChange.objects.filter(customer__in=customers, field=spec.code, level__lt=SEALED_LEVEL)
    changed = list(rows)
    for row in changed:
        row.text, row.level = registry.get(spec.kind).mask(row.text), SEALED_LEVEL
    ValueChange.objects.bulk_update(changed, ["text", "level"], batch_size=1000)


def hide_all(customers: Collection[Customer], spec: FieldSpec) -> None:
    """Hide the old texts and masks of a field that is L4 from now on: that there were some is all that stays."""
    rows = ValueChange.objects.filter(customer__in=customers, field=spec.code, level__lt=APART_LEVEL)
    rows.update(text=transform.HIDDEN, level=APART_LEVEL)


def _old(
    customer: Customer,
    known: Catalogue,
    code: str,
    keys: Keys,
    by: Actor,
    at: datetime,
    *,
    cleared: bool,
) -> ValueChange:
    spec = known.get(code)
    text, level = _text_and_level(customer, spec, keys)
    return ValueChange(
        customer=customer,
        field=code,
        text=text,
        level=level,
        origin=customer.origins.get(code, {}),
        at=at,
        by_number=by.number,
        cleared=cleared,
    )


def _text_and_level(customer: Customer, spec: FieldSpec, keys: Keys) -> tuple[str, int]:
    """Return what may be kept of the value that is held now: the stricter of where it lies and of its field."""
    if spec.apart:
        return transform.HIDDEN, APART_LEVEL
    sealed = customer.sealed.get(spec.code)
    if sealed is not None:
        try:
            return transform.mask(spec.kind, sealed, place(customer.ref, spec.code), keys), SEALED_LEVEL
        except CannotOpen:
            return transform.HIDDEN, SEALED_LEVEL
    text = as_text(customer.open[spec.code])
    if spec.level >= SEALED_LEVEL:
        return registry.get(spec.kind).mask(text), SEALED_LEVEL
    return text, spec.level
