"""An account that slept comes alive and reads customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View

AFTER = timedelta(days=7)
"""What is read within a week of waking counts."""
LONGEST = timedelta(days=400)
"""Further back nobody looks: the account slept for all we know."""

# A day that follows a long silence, or a person's first in what was read: then the moments, by index. Whoever acted
# within those days before did not sleep: asked first, because it is the answer for nearly all. Who never acted before
# slept since the account was made, or since the trail begins: what was before it, nobody knows.
_WOKEN = """
with active as (
  select distinct actor_id, day from audit_acts),
before as (
  select actor_id, day, lag(day) over (partition by actor_id order by day) as last_day from active),
first as (
  select actor_id, last_day, bucket from before cross join lateral (
    select date_bin('30 minutes', at, '2000-01-01Z') as bucket from trail_event event
    where event.actor_id = before.actor_id and at >= before.day::timestamp at time zone %(zone)s
    and at < (before.day + 1)::timestamp at time zone %(zone)s and at >= %(base)s and at < %(until)s
    and mode <> 'system' order by at limit 1) woke
  where day >= %(first_day)s and (last_day is null or day - last_day >= %(days)s - 1)
    and bucket > %(since)s - interval '30 minutes'),
slept as (
  select * from first where not exists (
    select from trail_event event where event.actor_id = first.actor_id
    and event.at > bucket - %(days)s * interval '1 day' and event.at < bucket offset 0)),
silent as (
  select actor_id, bucket, coalesce(
    (select case when last_day is null then event.at else date_bin('30 minutes', event.at, '2000-01-01Z') end
      from trail_event event where event.actor_id = slept.actor_id
      and event.at >= slept.bucket - %(longest)s and event.at < slept.bucket
      order by event.at desc limit 1),
    (select greatest(joined_at, (select min(at) from trail_event)) from staff_person
      where staff_person.id = slept.actor_id)) as left_at
  from slept),
woken as (
  select actor_id, bucket, extract(day from bucket - left_at)::int as slept from silent
  where bucket - left_at >= %(days)s * interval '1 day')
select actor_id, woken.bucket, slept, sum(customers)::int
from woken join audit_seen seen using (actor_id)
where seen.bucket >= woken.bucket and seen.bucket < woken.bucket + %(after)s
group by actor_id, woken.bucket, slept having sum(customers) >= %(customers)s"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark whose account was silent for long and then dealt with customers."""
    rows = view.rows(
        _WOKEN,
        days=limits["days"],
        customers=limits["customers"],
        after=AFTER,
        longest=LONGEST,
    )
    return [
        Mark(
            person=person,
            score=min(slept / limits["days"], customers / limits["customers"]),
            features={"slept": slept, "dealings": customers},
            spans=[(max(woke, view.since), min(woke + AFTER, view.until))],
        )
        for person, woke, slept, customers in rows
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how long it slept, and what it did then."""
    return gettext(
        "The account did nothing for %(slept)s days, then dealt with customers %(dealings)s times within a week."
    ) % dict(features)


DORMANT = Detector(
    code="dormant",
    name=_("Dormant account come alive"),
    words=_("An account that did nothing for long, or never, and then deals with customers."),
    limits=(
        Limit("days", 60, _("days without any act"), least=7),
        Limit("customers", 5, _("dealings with customers within the week after")),
    ),
    search=search,
    explain=explain,
)
