"""Values that somebody should confirm with the customer: past the interval of their schedule (S2-14). No values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import Expression

from classification.queries import Catalogue
from classification.schedules import Schedules, schedules
from customers.models import Customer

LIMIT = 200
"""So many customers a list tells of: whoever has more to confirm begins with these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """One field of a customer, and since when it is to be confirmed."""

    ref: UUID
    number: str
    field: str
    known_since: datetime


class HasStale(Expression):
    """Whether any origin of a customer is older than its field's interval allows."""

    conditional = True

    def __init__(self, given: Sequence[Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.given = tuple(given)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return _HAS_STALE, self.given


_HAS_STALE = """exists (select from jsonb_each(customers_customer.origins) origin
  join unnest(%s::text[], %s::int[]) as every (field, months) on every.field = origin.key
  where coalesce(origin.value ->> 'verified_at', origin.value ->> 'collected_at')::timestamptz
    < %s - every.months * interval '1 month'
    and not exists (select from customers_restriction stored where stored.customer_id = customers_customer.id
      and stored.field in ('', origin.key) and stored.since <= %s and (stored.until is null or stored.until > %s)))"""
"""What is only stored is confirmed with nobody."""


def stale(
    customers: QuerySet[Customer],
    known: Catalogue,
    at: datetime,
    *,
    most: int = LIMIT,
    kept: Schedules | None = None,
) -> list[Stale]:
    """Return what is to be confirmed of these customers, by customer number; two statements.

    :param customers: what the reader may change: `customers.reach.editable_by`.
    :param most: so many customers at most.
    :param kept: the schedules in force, where the caller has them.
    """
    months = intervals(known, kept or schedules(at))
    if not months:
        return []
    given = (list(months), list(months.values()), at, at, at)
    ids = customers.filter(HasStale(given)).order_by("number").values_list("pk", flat=True)[:most]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [*given[:2], list(ids), at, at, at])
        return [
            Stale(ref=ref, number=number, field=field, known_since=since)
            for ref, number, field, since in cursor.fetchall()
        ]


_LINES = """
select customer.ref, customer.number, origin.key,
  coalesce(origin.value ->> 'verified_at', origin.value ->> 'collected_at')::timestamptz as known
from customers_customer customer cross join lateral jsonb_each(customer.origins) origin
  join unnest(%s::text[], %s::int[]) as every (field, months) on every.field = origin.key
where customer.id = any(%s)
  and coalesce(origin.value ->> 'verified_at', origin.value ->> 'collected_at')::timestamptz
    < %s - every.months * interval '1 month'
  and not exists (select from customers_restriction stored where stored.customer_id = customer.id
    and stored.field in ('', origin.key) and stored.since <= %s and (stored.until is null or stored.until > %s))
order by customer.number, known, origin.key"""


def intervals(known: Catalogue, kept: Schedules) -> dict[str, int]:
    """Return after how many months each field is confirmed again, fields without an interval left out."""
    found = {spec.code: kept.of(spec) for spec in known.holdable}
    return {code: one.verify_months for code, one in found.items() if one and one.verify_months}
