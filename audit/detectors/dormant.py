"""An account that slept comes alive and reads customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View

AFTER = timedelta(days=7)
"""What is read within a week of waking counts."""
LONGEST = timedelta(days=400)
"""Further back nobody looks: the account slept for all we know."""

# The first half hour of a person in what was read has its predecessor further back in the trail: one indexed look
# per person. Who never acted before slept since the account was made, or since the trail begins: what was before it,
# nobody knows.
_WOKEN = """
with half as (
  select distinct actor_id, bucket from audit_acts),
before as (
  select actor_id, bucket, lag(bucket) over (partition by actor_id order by bucket) as left_at from half),
first as (
  select actor_id, bucket, coalesce(left_at,
    (select event.at from trail_event event where event.actor_id = before.actor_id
      and event.at >= before.bucket - %(longest)s and event.at < before.bucket
      order by event.at desc limit 1),
    (select greatest(joined_at, (select min(at) from trail_event)) from staff_person
      where staff_person.id = before.actor_id)) as left_at
  from before where bucket > %(since)s - interval '30 minutes'
    and (left_at is null or bucket - left_at >= %(days)s * interval '1 day')),
woken as (
  select actor_id, bucket, extract(day from bucket - left_at)::int as slept from first
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
    return _now(
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
