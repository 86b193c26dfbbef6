"""Numbers of customers for readers of the trail, whoever asks: no value, and no reach needed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from customers.models import Customer, number_key
from customers.numbers import folded_number


def ref_of_number(typed: str) -> UUID | None:
    """Return the UUID of the customer with this number; None when there is none, or more than one.

    Hyphens, spaces and case do not matter.
    """
    found = Customer.objects.annotate(folded=number_key()).filter(folded=folded_number(typed))
    refs = list(found.values_list("ref", flat=True)[:2])
    return refs[0] if len(refs) == 1 else None


def numbers_of(refs: Collection[UUID]) -> dict[UUID, str]:
    """Return the numbers of these customers, in one query."""
    return dict(Customer.objects.filter(ref__in=list(refs)).values_list("ref", "number"))
