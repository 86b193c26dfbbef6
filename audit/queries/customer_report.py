"""Who saw one customer, as it may be told to the customer: by role and purpose, never by name, and without a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from trail.exposed import REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people of one role did for one purpose: how often, between when, and with which fields.

    `roles` is empty where no person acted: upkeep, imports, the customer's own visit to a public page (`mode`).
    `masked` names the fields that were shown masked and nothing more.
    """

    roles: tuple[str, ...]
    mode: str
    purpose: str
    act: str
    times: int
    first: datetime
    last: datetime
    clear: tuple[str, ...]
    masked: tuple[str, ...]


def told(customer: UUID, *, since: datetime, until: datetime) -> list[Told]:
    """Return what was shown or changed of a customer in a period, most often first; refusals showed nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [customer, since, until, REFUSED, since, until])
        return [
            Told(
                roles=tuple(roles),
                mode=mode,
                purpose=purpose,
                act=act,
                times=times,
                first=first,
                last=last,
                clear=tuple(clear or ()),
                masked=tuple(sorted(set(masked or ()) - set(clear or ()))),
            )
            for roles, mode, purpose, act, times, first, last, clear, masked in cursor.fetchall()
        ]


_TOLD = """
with acts as (
  select e.roles, case when e.actor_id is null then e.mode else '' end as mode, e.purpose,
    x.act, x.at, x.clear, x.masked
  from trail_exposure x join trail_event e on e.id = x.event_id and e.at = x.at
  where x.customer = %s and x.at >= %s and x.at < %s and x.act <> %s and e.at >= %s and e.at < %s),
fields as (
  select roles, mode, purpose, act, array_agg(distinct field order by field) filter (where open) as clear,
    array_agg(distinct field order by field) filter (where not open) as masked
  from (select roles, mode, purpose, act, unnest(clear) as field, true as open from acts
    union all select roles, mode, purpose, act, unnest(masked), false from acts) each
  group by roles, mode, purpose, act)
select roles, mode, purpose, act, count(*), min(at), max(at), max(fields.clear), max(fields.masked)
from acts left join fields using (roles, mode, purpose, act)
group by roles, mode, purpose, act order by count(*) desc, max(at) desc"""
