"""How far a breach reaches: customers × fields × levels that an account, a session, an address or a period was shown.

One statement, whatever the size: exposures that are alike are folded first, so that ten million of them become as
many rows as there are customers and sets of fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from audit.models import BreachRadius
from trail.exposed import EXPORTED, LISTED, OPENED, REVEALED

SHOWING = (LISTED, OPENED, REVEALED, EXPORTED)
"""Acts that put something before somebody's eyes. A refusal, a comparison, a write and a sending do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose reading is measured: of a period, narrowed to a person, a session, an address, or several of these.

    `since` is included, `until` is not; an empty `session` or `ip` narrows nothing.
    """

    since: datetime
    until: datetime
    person: UUID | None = None
    session: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfField:
    """Of how many customers a field was shown in the clear, and of how many others masked only."""

    field: str
    clear: int
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Radius:
    """What was exposed. `levels`: highest level in the clear (0: nothing) → customers; `groups`: group → customers."""

    customers: int
    times: int
    first: datetime | None
    last: datetime | None
    levels: Mapping[int, int]
    fields: tuple[OfField, ...]
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One exposed customer: the fields shown in the clear and those shown masked only, how often and when."""

    customer: UUID
    level: int
    clear: tuple[str, ...]
    masked: tuple[str, ...]
    times: int
    first: datetime
    last: datetime


def scope_of(made: BreachRadius) -> Scope:
    """Return whose reading a kept radius measured."""
    return Scope(
        since=made.since,
        until=made.until,
        person=made.person_id,
        session=made.session,
        ip=made.ip or "",
    )


def radius(scope: Scope, groups: Mapping[str, str]) -> Radius:
    """Return what the scope exposed.

    :param groups: field → the group in which a customer with this field in the clear counts once.
    """
    named = {"fields": list(groups), "groups": list(groups.values())}
    with connection.cursor() as cursor:
        cursor.execute(f"{_SEEN}{_COUNTS}", _parameters(scope) | named)
        rows = cursor.fetchall()
    of: dict[str, list[tuple[Any, ...]]] = {}
    for what, *row in rows:
        of.setdefault(what, []).append(tuple(row))
    (_code, customers, times, first, last) = of["all"][0]
    return Radius(
        customers=customers,
        times=times or 0,
        first=first,
        last=last,
        levels={int(code): number for code, number, *_rest in of.get("level", [])},
        fields=tuple(
            OfField(field=code, clear=clear, masked=masked)
            for code, clear, masked, *_rest in sorted(of.get("field", []))
        ),
        groups={code: number for code, number, *_rest in of.get("group", [])},
    )


def reached(scope: Scope, *, most: int) -> Iterator[Reached]:
    """Yield the exposed customers, highest level first, `most` of them."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SEEN}{_CUSTOMERS}", _parameters(scope) | {"most": most})
        for customer, level, clear, masked, times, first, last in cursor.fetchall():
            yield Reached(
                customer=customer,
                level=level,
                clear=tuple(clear),
                masked=tuple(masked),
                times=times,
                first=first,
                last=last,
            )


def _parameters(scope: Scope) -> dict[str, Any]:
    return {
        "since": scope.since,
        "until": scope.until,
        "acts": list(SHOWING),
        "person": scope.person,
        "session": scope.session,
        "ip": scope.ip or None,
    }


# An exposure does not say from where; the events of the session or the address do, and are asked for first.
_SEEN = """with seen as materialized (
  select customer, clear, masked, max(level) as level, count(*) as times, min(at) as first, max(at) as last
  from trail_exposure where at >= %(since)s and at < %(until)s and act = any(%(acts)s)
  and (%(person)s::uuid is null or actor_id = %(person)s)
  and ((%(session)s = '' and %(ip)s::inet is null) or event_id = any(array(
    select id from trail_event where at >= %(since)s and at < %(until)s
    and (%(person)s::uuid is null or actor_id = %(person)s)
    and (%(session)s = '' or session_hash = %(session)s) and (%(ip)s::inet is null or ip = %(ip)s::inet))))
  group by customer, clear, masked),
pairs as (
  select customer, field, bool_or(open) as open from (
    select customer, unnest(clear) as field, true as open from seen
    union all select customer, unnest(masked), false from seen) each
  group by customer, field)"""

_COUNTS = """, people as (
  select customer, max(level) as level, sum(times) as times, min(first) as first, max(last) as last
  from seen group by customer),
grouped as (select * from unnest(%(fields)s::text[], %(groups)s::text[]) as named(field, name))
select 'all', '', count(*), sum(times)::bigint, min(first), max(last) from people
union all select 'level', level::text, count(*), 0, null, null from people group by level
union all select 'field', field, count(*) filter (where open), count(*) filter (where not open), null, null
  from pairs group by field
union all select 'group', name, count(distinct customer), 0, null, null
  from pairs join grouped using (field) where open group by name"""

_CUSTOMERS = """
select seen.customer, max(level), coalesce(max(fields.clear), '{}'), coalesce(max(fields.masked), '{}'),
  sum(times)::bigint, min(first), max(last)
from seen left join (
  select customer, array_agg(field order by field) filter (where open) as clear,
    array_agg(field order by field) filter (where not open) as masked from pairs group by customer) fields
  using (customer)
group by seen.customer order by max(level) desc, min(first), seen.customer limit %(most)s"""
