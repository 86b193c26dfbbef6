"""What others may ask of customers: who is within reach, lists, search, contacts."""

from collections.abc import Collection
from uuid import UUID

from customers.models import Customer, number_key
from customers.numbers import folded_number
from customers.reach import (
    editable_by,
    importable_by,
    portfolios_filled_by,
    portfolios_imported_by,
    portfolios_seen_by,
    visible_to,
)

__all__ = [
    "editable_by",
    "importable_by",
    "numbers_of",
    "portfolios_filled_by",
    "portfolios_imported_by",
    "portfolios_seen_by",
    "ref_of_number",
    "visible_to",
]


def ref_of_number(typed: str) -> UUID | None:
    """Return the UUID of the customer with this number, whoever asks: for the trail, which holds no value.

    Hyphens, spaces and case do not matter; None when there is none, or more than one.
    """
    found = Customer.objects.annotate(folded=number_key()).filter(folded=folded_number(typed))
    refs = list(found.values_list("ref", flat=True)[:2])
    return refs[0] if len(refs) == 1 else None


def numbers_of(refs: Collection[UUID]) -> dict[UUID, str]:
    """Return the numbers of these customers, whoever asks, in one query: for readers of the trail."""
    return dict(Customer.objects.filter(ref__in=list(refs)).values_list("ref", "number"))
