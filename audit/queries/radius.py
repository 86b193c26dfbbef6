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


def radius(scope: Scope, groups: Mapping[str, str]) -> Radius:
    """Return what the scope exposed.

    :param groups: field → the group in which a customer with this field in the clear counts once.
    """
    seen, given = _seen(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            f"with {seen}, {_PAIRS}, {_COUNTS}", [*given, list(groups), [groups[field] for field in groups]]
        )
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
    seen, given = _seen(scope)
    with connection.cursor() as cursor:
        cursor.execute(f"with {seen}, {_PAIRS} {_CUSTOMERS}", [*given, most])
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


def _seen(scope: Scope) -> tuple[str, list[Any]]:
    """Return the statement that folds the exposures of a scope, with its parameters."""
    tables, narrowed = "trail_exposure x", ["x.at >= %s", "x.at < %s", "x.act = any(%s)"]
    given: list[Any] = [scope.since, scope.until, list(SHOWING)]
    if scope.person is not None:
        narrowed.append("x.actor_id = %s")
        given.append(scope.person)
    if scope.session or scope.ip:
        # The exposure does not say from where; its event of the same time does.
        tables += " join trail_event e on e.id = x.event_id and e.at = x.at"
        narrowed += ["e.at >= %s", "e.at < %s"]
        given += [scope.since, scope.until]
    for column, value in (("e.session_hash = %s", scope.session), ("e.ip = %s::inet", scope.ip)):
        if value:
            narrowed.append(column)
            given.append(value)
    folded = (
        "seen as materialized (select x.customer, x.clear, x.masked, max(x.level) as level, count(*) as times,"
        f" min(x.at) as first, max(x.at) as last from {tables} where {' and '.join(narrowed)}"
        " group by x.customer, x.clear, x.masked)"
    )
    return folded, given


_PAIRS = """pairs as (
  select customer, field, bool_or(open) as open from (
    select customer, unnest(clear) as field, true as open from seen
    union all select customer, unnest(masked), false from seen) each
  group by customer, field)"""

_COUNTS = """people as (
  select customer, max(level) as level, sum(times) as times, min(first) as first, max(last) as last
  from seen group by customer),
grouped as (select * from unnest(%s::text[], %s::text[]) as named(field, name))
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
group by seen.customer order by max(level) desc, min(first), seen.customer limit %s"""
