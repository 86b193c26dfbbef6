"""The monthly detectors over a trail of BENCH_EVENTS events, a tenth of it in the month that they look at."""

from __future__ import annotations

import os
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from audit import run
from audit.detectors import registry
from audit.models import Audit
from audit.models.audits import HAND
from audit.queries.audits import AUDIT_JOB
from audit.report_files import FORMATS
from audit.services import reports
from bench.filling import without_indexes
from bench.measure import Line, seconds
from jobs import running
from jobs import services as jobs
from lawbook import calendar
from trail import services as trail
from trail.actor import Actor

EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))
THREE = ("off_hours", "high_frequency", "cross_region")
ZONE = ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = datetime(2025, 9, 1, tzinfo=ZONE), datetime(2025, 10, 1, tzinfo=ZONE)
MONTHS = 10

# A month of a thousand people in forty departments and four regions, in the working hours of its working days, written
# in the order of time as in life: in any other, ten million rows take an hour.
_FILL = """
with made as (
  insert into trail_event (at, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as,
    mode, kind, facts, decision, rule, purpose, request, zone, session_hash, contact)
  select at, md5('bench' || person)::uuid, 'BD' || person, 'BD' || person, '{agent}', 'bd' || person %% 40,
    'site' || person %% 4, 'region' || person %% 4, '', 'human', 'customer.opened', '{"held": 1}', '', '', 'service',
    '', '', '', md5('contact' || place)::uuid
  from (select place, abs(hashint8(place)) %% %(people)s as person,
      (%(days)s::timestamptz[])[(place - 1) * %(worked)s / %(events)s + 1]
      + %(opens)s * interval '1 hour' + (place - 1) * %(worked)s %% %(events)s * interval '9.5 hours' / %(events)s as at
    from generate_series(1::bigint, %(events)s) as place) plan
  returning id, at, actor_id, ltrim(actor_number, 'BD')::int as person)
insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select at, id, actor_id, md5('customer' || (random() * 1e6)::int)::uuid, '',
  'region' || case when random() < 0.02 then (person + 1) %% 4 else person %% 4 end, '{}', '{}', 2, 'opened'
from made"""


def lines() -> list[Line]:
    """Measure three detectors, and all of them, over one month."""
    _fill()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from trail_event where at >= %s and at < %s", [SINCE, UNTIL])
        month = cursor.fetchone()[0]
    three = seconds(lambda: registry.detect(since=SINCE, until=UNTIL, at=UNTIL, only=THREE), times=2)
    whole = seconds(lambda: registry.detect(since=SINCE, until=UNTIL, at=UNTIL), times=2)
    once = seconds(_pass_once, times=2)
    plain = f"one plain hourly pass {once:.2f} s"
    return [
        Line(
            f"three detectors over a month of {month:,} events of {EVENTS:,}",
            f"{three:.2f} s",
            plain,
            f"{three / once:.1f}x",
            "<= 1.5 s per 1 M",
        ),
        Line(
            f"all detectors over a month of {month:,} events of {EVENTS:,}",
            f"{whole:.2f} s",
            plain,
            f"{whole / once:.1f}x",
            "<= 15 s per 1 M",
        ),
        _monthly_run(month, plain),
    ]


def _monthly_run(month: int, plain: str) -> Line:
    """Run the month's audit as its job does, write the report and set it as PDF and XLSX; once: a second finds nothing.

    An audit of its own each time, so that a data directory that was measured before is measured again.
    """
    by, at = Actor.system(AUDIT_JOB), trail.clock()
    until = UNTIL - timedelta(seconds=Audit.objects.count())
    audit = Audit.objects.create(kind=HAND, since=SINCE, until=until, started_at=at)
    job = jobs.start(AUDIT_JOB, by=by, at=at, parameters={"audit": str(audit.pk)})

    def whole() -> None:
        running.run(job.pk, run.examine)
        report = reports.write(SINCE, until, by=by, at=trail.clock())
        for write in FORMATS.values():
            write(report, event=report.event, by=by, at=at)

    taken = seconds(whole, times=1)
    job.refresh_from_db()
    if job.finished_at is None or job.error_code:
        raise RuntimeError(job.error_code or "the audit did not finish")
    return Line(
        f"the whole monthly run over {month:,} events of {EVENTS:,}: detectors, {job.outcome['new']} new findings,"
        " report as PDF and XLSX",
        f"{taken:.2f} s",
        plain,
        "",
        "<= 15 s per 1 M",
    )


_HOURLY = """
select count(*), sum(acts) from (
  select actor_id, date_bin('1 hour', at, '2000-01-01Z') as hour, count(*) as acts from trail_event
  where at >= %(since)s and at < %(until)s group by actor_id, hour) events
union all
select count(*), sum(customers) from (
  select actor_id, hour, count(*) as customers from (
    select actor_id, date_bin('1 hour', at, '2000-01-01Z') as hour, customer from trail_exposure
    where at >= %(since)s and at < %(until)s group by actor_id, hour, customer) each
  group by actor_id, hour) exposures"""


def _pass_once() -> None:
    """Read the month once and count acts and customers of people by the hour: below this nobody gets."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local work_mem = '256MB'")
        cursor.execute(_HOURLY, {"since": SINCE, "until": UNTIL})


def _fill() -> None:
    """Append the events once per data directory."""
    trail.make_partitions(by=Actor.system("bench"), at=trail.clock(), first=date(2024, 12, 1), months=14)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from trail_event where actor_number = 'BD1' and at < %s", [UNTIL])
        if cursor.fetchone()[0]:
            return
        with without_indexes("trail_event", "trail_exposure"):
            for month in range(1, MONTHS + 1):
                _append(cursor, EVENTS // MONTHS, people=1000, opens=8.5, days=_worked(month))
            # Five of them worked at night, too: a month without a finding is none to measure a report by.
            _append(cursor, EVENTS // MONTHS // 100, people=5, opens=0, days=_worked(SINCE.month))


def _append(cursor: CursorWrapper, events: int, *, people: int, opens: float, days: list[datetime]) -> None:
    given: dict[str, Any] = {
        "events": events,
        "people": people,
        "opens": opens,
        "days": days,
        "worked": len(days),
    }
    cursor.execute(_FILL, given)


def _worked(month: int) -> list[datetime]:
    known = calendar.current()
    days = [datetime(2025, month, day, tzinfo=ZONE) for day in range(1, monthrange(2025, month)[1] + 1)]
    return [day for day in days if known.works(day.date())]
