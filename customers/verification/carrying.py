"""Before a month of the trail leaves: tell again what it alone still tells of customers.

What is told again is the digest as it was recorded, never the one of what lies in the database now, so that a value
that was changed past every act stays accused.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from customers import events
from customers.models import Customer
from customers.verification.looking import bounds
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed
from trail.services import record

_AT_ONCE = 500
# The newest of each customer, and of these the ones in the month: an older one that was followed may go with it.
_LAST = """
select customer, portfolio, portfolio_region, digest from (
    select distinct on (customer) customer, portfolio, portfolio_region, digest, at from trail_exposure
    where customer {which} and digest is not null and substring(digest from 1 for 1) <> '\\x04'::bytea
    order by customer, id desc
) told where at >= %s and at < %s order by customer
"""


def carry(part: int, parts: int, *, since: datetime, until: datetime, by: Actor, at: datetime) -> int:
    """Tell again, for one of so many parts of the customers, what was told last within a period; return of how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(which="between %s and %s"), [*bounds(part, parts), since, until])
        customers = [row[0] for row in cursor.fetchall()]
    return sum(
        _tell(customers[start : start + _AT_ONCE], since, until, by, at)
        for start in range(0, len(customers), _AT_ONCE)
    )


def _tell(customers: list[UUID], since: datetime, until: datetime, by: Actor, at: datetime) -> int:
    with transaction.atomic():
        # Writers hold the row when they append: none comes between this look and what is told again.
        list(Customer.objects.filter(ref__in=customers).order_by("pk").select_for_update().values_list("pk"))
        with connection.cursor() as cursor:
            cursor.execute(_LAST.format(which="= any(%s::uuid[])"), [customers, since, until])
            rows = cursor.fetchall()
        told = [
            Exposed(customer, WRITTEN, portfolio=portfolio, region=region, digest=bytes(digest))
            for customer, portfolio, region, digest in rows
        ]
        if told:
            facts = {"month": f"{since:%Y-%m}", "customers": len(told)}
            record(events.DIGESTS_CARRIED, by=by, at=at, facts=facts, exposures=told)
    return len(told)
