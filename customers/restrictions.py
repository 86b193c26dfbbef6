"""What of whom is only stored: restrictions by customer and field, and how they are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Customer, Restriction

Restricted = Mapping[tuple[int, str], Restriction]
"""By the customer's id and the field, "" for everything."""


def restricted(customers: Collection[int], at: datetime) -> Restricted:
    """Return the restrictions of these customers (ids) at a time, in one query."""
    rows = Restriction.objects.in_force(at).filter(customer__in=list(customers)).order_by("kept_until", "pk")
    return {(row.customer_id, row.field): row for row in rows}


def restriction_of(found: Restricted, customer: int, field: str) -> Restriction | None:
    """Return what restricts a field of a customer, None where nothing does."""
    return found.get((customer, "")) or found.get((customer, field))


def unrestricted(rows: QuerySet[Customer], at: datetime) -> QuerySet[Customer]:
    """Leave out the customers of whom anything is only stored: for whoever counts or makes samples of many."""
    return rows.filter(~Exists(Restriction.objects.in_force(at).filter(customer=OuterRef("pk"))))
