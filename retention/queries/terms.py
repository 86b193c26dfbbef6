"""Until when values are kept, and why: one statement, for one customer's page and for the list of all.

A value is kept until the latest end among the purposes that need it, at most as long as its field's schedule says, and
at least as long as a law wants: what lies between is storage only. Each term ends with its last day in the time zone
of the house, as `lawbook.terms` counts. What lies in L4 counts from the newest that was handed over of a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from classification.models import END_OF_RELATIONSHIP
from consent.queries.answers import ends
from retention.rules import Rules

TERM, WITHDRAWN, RELATIONSHIP_ENDED, NO_PURPOSE = REASONS = (
    "term",
    "withdrawal",
    "relationship_ended",
    "no_purpose",
)

DUE, FLOORED = "due", "floored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Until when one value is kept. `until` None: while the relationship or a consent lasts.

    `rule` names the schedule (`field:…`, `category:…`) or the purpose (`purpose:…`) that ends it; `starts` from when
    that counts. `floor_until`: until when a law wants it kept; `store_until`: until when the schedule stores it after
    the end. `held` is how many values the customer has.
    """

    customer: int
    ref: UUID
    field: str
    collected: datetime
    until: datetime | None
    rule: str
    starts: str
    reason_code: str
    floor_until: datetime | None
    store_until: datetime | None
    ended: bool
    held: int


def terms(customers: Mapping[int, UUID], rules: Rules, at: datetime, *, only: str = "") -> list[Term]:
    """Return the terms of everything that these customers (id → ref) hold, in one statement, by customer and field.

    :param only: DUE, those whose term is over at `at`; FLOORED, those that a law wants kept at `at`; all without it.
    """
    if not customers:
        return []
    said, consents = ends(customers.values(), at).query.sql_with_params()
    # Every part of the statement is a constant of this app or of the compiler's; what varies is in the parameters.
    sql = "".join((_HEAD, said, _TAIL, _ONLY[only], _ORDER))
    params = {
        "ids": list(customers),
        "zone": settings.TIME_ZONE,
        "at": at,
        **_columns("f", rules.fields, _FIELD_COLUMNS),
        **_columns("n", rules.needs, _NEED_COLUMNS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_named(sql, consents), params | _numbered(consents))
        return [_term(row) for row in cursor.fetchall()]


_FIELD_COLUMNS = (
    "field",
    "schedule",
    "starts",
    "months",
    "floor_from",
    "floor_months",
    "store_months",
    "unserved",
)
_NEED_COLUMNS = ("field", "purpose", "starts", "months", "asks")


def _columns(letter: str, rows: Sequence[object], names: Sequence[str]) -> dict[str, list[Any]]:
    return {f"{letter}_{name}": [getattr(row, name) for row in rows] for name in names}


def _named(sql: str, consents: Sequence[Any]) -> str:
    """Give the compiler's unnamed parameters names, because a statement may not mix both kinds."""
    named: Iterator[str] = (f"%(c{place})s" for place in range(len(consents)))
    first, *rest = sql.split("%s")
    return first + "".join(next(named) + part for part in rest)


def _numbered(consents: Sequence[Any]) -> dict[str, Any]:
    return {f"c{place}": value for place, value in enumerate(consents)}


def _end(day: str, months: str) -> str:
    """Return the SQL of the midnight that ends the last day of a term that began on a day."""
    return f"(({day} + {months} * interval '1 month')::date + 1)::timestamp at time zone %(zone)s"


def _start(starts: str) -> str:
    return (
        f"case {starts} when 'collection' then collected_day when 'last_contact' then touched_day"
        " when 'end_of_relationship' then relationship_until end"
    )


_HEAD = """
with one as (
  select id, ref, relationship_until, origins, created_at from customers_customer where id = any(%(ids)s)),
touched as (
  select customer_id, max(last_act_at) as at from customers_contact where customer_id = any(%(ids)s) group by 1),
held as (
  select one.id, one.ref, one.relationship_until, origin.key as field,
    coalesce((origin.value ->> 'collected_at')::timestamptz, one.created_at) as collected
  from one cross join lateral jsonb_each(one.origins) origin
  union all  -- what lies in L4; originals of evidence have a floor of their own
  select one.id, one.ref, one.relationship_until, apart.field, max(apart.created_at)
  from one join files_apartdeposit apart on apart.subject = one.ref
    left join files_apartorder ordered on ordered.deposit_id = apart.id
  where apart.refused = '' and apart.reference is null and ordered.deposit_id is null
    and not one.origins ? apart.field
  group by 1, 2, 3, 4),
known as (
  select held.*, count(*) over (partition by held.id) as number,
    (collected at time zone %(zone)s)::date as collected_day,
    (greatest(touched.at, collected) at time zone %(zone)s)::date as touched_day
  from held left join touched on touched.customer_id = held.id),
rule as (
  select * from unnest(%(f_field)s::text[], %(f_schedule)s::text[], %(f_starts)s::text[], %(f_months)s::int[],
    %(f_floor_from)s::text[], %(f_floor_months)s::int[], %(f_store_months)s::int[], %(f_unserved)s::timestamptz[])
    as rule (field, schedule, starts, months, floor_from, floor_months, store_months, unserved)),
need as (
  select * from unnest(%(n_field)s::text[], %(n_purpose)s::text[], %(n_starts)s::text[], %(n_months)s::int[],
    %(n_asks)s::bool[]) as need (field, purpose, starts, months, asks)),
said (subject, purpose, ended) as ("""
_TAIL = Template("""),
needed as (
  select distinct on (known.id, known.field) known.id, known.field, need.purpose, need.starts,
    need.asks and said.ended is not null as withdrawn,
    case
      when need.starts = 'withdrawal' and said.subject is null then $unasked
      when need.starts = 'withdrawal' then
        coalesce($withdrawn, 'infinity')
      else least(case when need.asks then said.ended end,
        coalesce($needed, 'infinity'))
    end as until
  from known join need on need.field = known.field
    left join said on said.subject = known.ref and said.purpose = need.purpose
  order by known.id, known.field, until desc, need.purpose),
longest as (
  select known.*, rule.schedule, rule.starts as schedule_starts, rule.store_months,
    needed.purpose, needed.starts as need_starts, coalesce(needed.withdrawn, false) as withdrawn,
    coalesce(needed.until, rule.unserved, 'infinity') as needed_until, needed.id is null as without,
    coalesce($most, 'infinity') as most,
    $least as floor_until
  from known left join rule on rule.field = known.field
    left join needed on needed.id = known.id and needed.field = known.field),
kept as (
  select *, least(needed_until, most) as until from longest)
select id, ref, field, collected, nullif(until, 'infinity'), most < needed_until, schedule, schedule_starts, purpose,
  need_starts, withdrawn, without, floor_until,
  case when until < 'infinity' then ((until at time zone %(zone)s) + store_months * interval '1 month')
    at time zone %(zone)s end,
  coalesce(relationship_until < (%(at)s at time zone %(zone)s)::date, false), number
from kept""").substitute(
    unasked=_end("collected_day", "need.months"),
    withdrawn=_end("(said.ended at time zone %(zone)s)::date", "need.months"),
    needed=_end(_start("need.starts"), "need.months"),
    most=_end(_start("rule.starts"), "rule.months"),
    least=_end(_start("rule.floor_from"), "rule.floor_months"),
)
_ONLY = {"": "", DUE: " where until <= %(at)s", FLOORED: " where floor_until > %(at)s"}
_ORDER = " order by id, field"


def _term(row: Sequence[Any]) -> Term:
    (id, ref, field, collected, until, capped, schedule, schedule_starts, purpose, starts) = row[:10]
    withdrawn, without, floor_until, store_until, ended, held = row[10:]
    by_schedule = capped or without
    starts = schedule_starts if by_schedule else starts
    return Term(
        customer=id,
        ref=ref,
        field=field,
        collected=collected,
        until=until,
        rule=(schedule or "") if by_schedule else f"purpose:{purpose}",
        starts=starts or "",
        reason_code=_reason(capped=capped, withdrawn=withdrawn, without=without, starts=starts or ""),
        floor_until=floor_until,
        store_until=store_until,
        ended=ended,
        held=held,
    )


def _reason(*, capped: bool, withdrawn: bool, without: bool, starts: str) -> str:
    if capped:
        return RELATIONSHIP_ENDED if starts == END_OF_RELATIONSHIP else TERM
    if without:
        return NO_PURPOSE
    if withdrawn:
        return WITHDRAWN
    return RELATIONSHIP_ENDED if starts == END_OF_RELATIONSHIP else TERM
