"""Logins and customers outside working hours: by the country's calendar and the department's hours (S0-41)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View, half_hours
from audit.queries.hours import hours_by_department
from lawbook import calendar

# First the half hours in which a department does not work, as spans; then, by index, what people did in those alone.
_OUTSIDE = """
with day as (select * from unnest(%(days)s::date[], %(works)s::boolean[]) as day(day, works)),
hours as (
  select * from unnest(%(departments)s::text[], %(opens)s::int[], %(closes)s::int[], %(every)s::boolean[])
    as hours(department, opens, closes, every)),
slot as (
  select bucket, local::date as day, (extract(hour from local) * 60 + extract(minute from local))::int as minute
  from generate_series(date_bin('30 minutes', %(since)s, '2000-01-01Z'), %(until)s, interval '30 minutes') bucket
  cross join lateral (select bucket at time zone %(zone)s as local) there),
closed as materialized (
  select hours.department, slot.bucket, slot.day from slot join day using (day) cross join hours
  where not (every or coalesce(works, true))
    or (opens < closes and (minute < opens - %(grace)s or minute >= closes + %(grace)s))
    or (opens > closes and minute >= closes + %(grace)s and minute < opens - %(grace)s)),
numbered as (
  select *, bucket - row_number() over (partition by department order by bucket) * interval '30 minutes' as island
  from closed),
spans as (
  select department, min(bucket) as since, max(bucket) + interval '30 minutes' as until from numbered
  group by department, island),
outside as (
  select actor_id, bucket, (bucket at time zone %(zone)s)::date as day, count(*) filter (where login) as logins
  from spans cross join lateral (
    select actor_id, date_bin('30 minutes', at, '2000-01-01Z') as bucket, kind = 'staff.login' as login
    from trail_event where at >= spans.since and at < spans.until and at >= %(base)s and at < %(until)s
    and actor_id is not null and mode <> 'system'
    and case when department = any(%(departments)s) then department else '' end = spans.department offset 0) act
  group by actor_id, bucket, day)
select actor_id, coalesce(sum(customers), 0)::int, sum(logins)::int, count(distinct day),
  array_agg(distinct bucket order by bucket)
from outside left join audit_seen seen using (actor_id, bucket)
group by actor_id
having sum(customers) >= %(customers)s or sum(logins) >= %(logins)s"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who dealt with many customers, or logged in often, when nobody of the department works."""
    known, hours = calendar.current(), hours_by_department(view.at)
    days = days_of(view)
    found = view.rows(
        _OUTSIDE,
        days=days,
        works=[_works(known, day) for day in days],
        departments=list(hours),
        opens=[held.opens for held in hours.values()],
        closes=[held.closes for held in hours.values()],
        every=[held.every_day for held in hours.values()],
        grace=limits["grace"],
        customers=limits["customers"],
        logins=limits["logins"],
    )
    return [
        Mark(
            person=person,
            score=max(customers / limits["customers"], logins / limits["logins"]),
            features={"dealings": customers, "logins": logins, "days": days_out},
            spans=half_hours(view, buckets),
        )
        for person, customers, logins, days_out, buckets in found
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how often, and on how many days."""
    return ngettext(
        "Dealt with customers %(dealings)s times and logged in %(logins)s times outside working hours,"
        " on %(days)s day.",
        "Dealt with customers %(dealings)s times and logged in %(logins)s times outside working hours,"
        " on %(days)s days.",
        int(features["days"]),
    ) % dict(features)


def days_of(view: View) -> list[date]:
    """Return the local days of the period."""
    last = (view.until - timedelta(microseconds=1)).astimezone(view.zone).date()
    return [view.first_day + timedelta(days=n) for n in range((last - view.first_day).days + 1)]


def unknown_years(view: View) -> list[int]:
    """Return the years of the period whose holidays and make-up days nobody has said yet."""
    known = calendar.current()
    return sorted({day.year for day in days_of(view) if _works(known, day) is None})


def _works(known: calendar.WorkingCalendar, day: date) -> bool | None:
    """Return whether a day is worked; None when its year is not known: then only the time of day counts."""
    try:
        return known.works(day)
    except calendar.UnknownYear:
        return None


OFF_HOURS = Detector(
    code="off_hours",
    name=_("Outside working hours"),
    words=_(
        "Logins and dealings with customers on days off, at night, or outside the hours of the department."
    ),
    limits=(
        Limit("customers", 12, _("dealings with customers outside working hours")),
        Limit("logins", 4, _("logins outside working hours")),
        Limit("grace", 60, _("minutes before and after working hours that do not count"), least=0),
    ),
    search=search,
    explain=explain,
)
