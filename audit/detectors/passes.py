"""One pass over the trail that the detectors share: half hours, days and people, in tables of the transaction.

The events of the period are read once and grouped by day, the exposures once and grouped twice (customers within half
hours, then half hours; `count(distinct)` would be many times slower), and everything else is asked of the small result,
or by index of the few events that it points to. It lies in unlogged tables and is taken back at the end: the
application's role makes no temporary tables. A period shorter than four weeks is read with what came before it, so that
there is something to compare with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import SQL, Identifier

BASE = timedelta(days=28)
"""At least so much is read, so that people have a history to be compared with."""
HALF_HOUR = timedelta(minutes=30)
PEERS = 4
"""With fewer people of the same roles in a department, the whole house is compared with."""
SERVING = ("agent", "supervisor", "head")
"""Roles whose reads have a contact (architecture.md §4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is looked at: the period, and from when on there is something to compare it with."""

    since: datetime
    until: datetime
    at: datetime
    base: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the house."""
        return ZoneInfo(timezone.get_default_timezone_name())

    @property
    def first_day(self) -> date:
        """The local day of `since`."""
        return self.since.astimezone(self.zone).date()

    def day(self, day: date) -> tuple[datetime, datetime]:
        """Return a local day as a span, cut at the end of the period."""
        start = datetime.combine(day, time.min, self.zone)
        return start, min(start + timedelta(days=1), self.until)

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Ask the tables of the pass, or the trail; `since`, `until`, `base`, `zone`, `first_day` are known."""
        known: Mapping[str, Any] = {
            "since": self.since,
            "until": self.until,
            "base": self.base,
            "zone": str(self.zone),
            "first_day": self.first_day,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, {**known, **given})
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def half_hours(view: View, buckets: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Return half hours as spans, cut at the ends of the period: neighbours as one."""
    return merged([(max(start, view.since), min(start + HALF_HOUR, view.until)) for start in buckets])


def merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return spans that touch or overlap as one, so that no event is told twice."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


@contextmanager
def prepared(since: datetime, until: datetime, at: datetime) -> Iterator[View]:
    """Fill the tables of the pass for a period, and take all of it back afterwards.

    :raises ValueError: the period has no length, or its times no zone.
    """
    if since.tzinfo is None or until.tzinfo is None or since >= until:
        raise ValueError("a period has a beginning, an end after it, and a time zone")
    zone = timezone.get_default_timezone()
    first = datetime.combine(timezone.localdate(min(since, until - BASE), zone), time.min, zone)
    view = View(since=since, until=until, at=at, base=min(first, since))
    with transaction.atomic():
        before = transaction.savepoint()
        try:
            _make(view)
            yield view
        finally:
            transaction.savepoint_rollback(before)


def _make(view: View) -> None:
    days = _days(view)
    given: dict[str, Any] = {
        "base": view.base,
        "until": view.until,
        "first": days[0],
        "dawns": [view.day(day)[0] for day in days],
        "serving": list(SERVING),
        "peers": PEERS,
    }
    with connection.cursor() as cursor:
        # Statistics of a few thousand rows are enough to tell many from few. Where a loop over an index is right, the
        # statement says so itself (lateral).
        cursor.execute(
            "set local work_mem = '256MB'; set local enable_nestloop = off; set local enable_sort = off;"
            " set local default_statistics_target = 10"
        )
        for table, statement in _TABLES:
            cursor.execute(statement, given)
            cursor.execute(SQL("analyze {}").format(Identifier(table)))


def _days(view: View) -> list[date]:
    """Return the local days from the base on."""
    first, last = (moment.astimezone(view.zone).date() for moment in (view.base, view.until))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# The local day of a moment, looked up among the first moments of all days: a tenth of what a time zone costs.
_DAY = Template("%(first)s::date + width_bucket($moment, %(dawns)s::timestamptz[]) - 1")

# Days of people at a site: what they did that is counted by event.
_ACTS = Template("""
insert into audit_acts (actor_id, department, site, site_region, day, acts, listed, misses, exported, refused, outside)
select actor_id, department, site, site_region, $day as day,
  count(*) as acts,
  coalesce(sum((facts->>'rows')::int) filter (where kind = 'customer.listed' and facts->>'how' <> 'recent'), 0)
    as listed,
  count(*) filter (where kind = 'customer.listed' and facts->>'how' not in ('recent', 'list', 'name')
    and facts->>'rows' = '0') as misses,
  coalesce(sum((facts->>'rows')::int) filter (where kind in ('customer.exported', 'customer.clear_exported')), 0)
    as exported,
  count(*) filter (where kind in ('reveal.refused', 'compare.refused', 'export.refused', 'budget.refused',
    'restricted.refused'))
    as refused,
  count(*) filter (where kind in ('customer.opened', 'field.revealed') and contact is null and request = ''
    and roles && %(serving)s) as outside
from trail_event
where at >= %(base)s and at < %(until)s and actor_id is not null and mode <> 'system'
group by actor_id, department, site, site_region, day""").substitute(day=_DAY.substitute(moment="at"))

# Who they are: department and region where they mostly act, roles of their last act, and whom they compare with: those
# of the same roles in the department, the department's most common roles where they are few, the house's same roles
# where all are few.
_HOME = """
insert into audit_home (actor_id, department, region, roles, peers)
with acted as (
  select actor_id, department, site_region, sum(acts) as acts from audit_acts
  group by actor_id, department, site_region),
mostly as (
  select distinct on (actor_id) actor_id, department from (
    select actor_id, department, sum(acts) as acts from acted group by actor_id, department) each
  order by actor_id, acts desc, department),
placed as (
  select distinct on (actor_id) actor_id, site_region as region from (
    select actor_id, site_region, sum(acts) as acts from acted group by actor_id, site_region) each
  order by actor_id, acts desc, site_region),
found as (
  select actor_id, department, region, last.roles from mostly join placed using (actor_id)
  cross join lateral (select array_to_string(event.roles, ' ') as roles from trail_event event
    where event.actor_id = mostly.actor_id and event.at >= %(base)s and event.at < %(until)s
    order by event.at desc limit 1) last),
crowd as (
  select department, roles, count(*) as people,
    first_value(roles) over (partition by department order by count(*) desc, roles) as most,
    max(count(*)) over (partition by department) as crowd
  from found group by department, roles)
select actor_id, department, region, roles,
  case when people >= %(peers)s then department || ' ' || roles
    when crowd >= %(peers)s then department || ' ' || most else roles end
from found join crowd using (department, roles)"""

# Half hours of people: the customers that they dealt with one by one, and how many of those were of another region.
_SEEN = """
insert into audit_seen (actor_id, bucket, customers, abroad)
select actor_id, bucket, count(*) as customers,
  count(*) filter (where each.region not in ('', home.region) and home.region <> '') as abroad
from (
  select actor_id, date_bin('30 minutes', at, '2000-01-01Z') as bucket, portfolio_region as region, customer
  from trail_exposure
  where at >= %(base)s and at < %(until)s and actor_id is not null
    and act in ('opened', 'revealed', 'compared', 'used')
  group by actor_id, bucket, region, customer) each
join audit_home home using (actor_id)
group by actor_id, bucket"""

# Days of people: every measure that is compared day by day; a day without any is a day with 0.
_DAYS = Template("""
insert into audit_days (actor_id, day, peers, customers, abroad, listed, taken, refused, misses)
select actor_id, day, peers, sum(customers) as customers, sum(abroad) as abroad, sum(listed) as listed,
  sum(taken) as taken, sum(refused) as refused, sum(misses) as misses
from (
  select actor_id, day, 0 as customers, 0 as abroad, listed, exported as taken, refused, misses from audit_acts
  union all
  select actor_id, $day, customers, abroad, 0, 0, 0, 0 from audit_seen) each
join audit_home home using (actor_id)
group by actor_id, day, peers""").substitute(day=_DAY.substitute(moment="bucket"))

_TABLES = (("audit_acts", _ACTS), ("audit_home", _HOME), ("audit_seen", _SEEN), ("audit_days", _DAYS))
