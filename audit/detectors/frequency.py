"""Many customers in a day, in sixty minutes, or in the whole period, against one's own past and the peers (S0-41)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark, Span
from audit.detectors.passes import View
from audit.detectors.robust import far_days, far_people, times

HOUR = timedelta(hours=1)
ACTS = ("opened", "revealed", "compared", "used")

# Three half hours in a row hold every sixty minutes that begin in the first: only where they hold enough customers is
# it worth to look at the moments themselves. One of the three holds a third of them, so the search begins there; what
# is usual is worked out for whoever is found so, and for their peers, not for the whole house.
_CANDIDATES = """
with starts as (
  select distinct actor_id, bucket - place * interval '30 minutes' as bucket
  from audit_seen cross join generate_series(0, 2) place where customers * 3 >= %(least)s),
halves as materialized (
  select actor_id, starts.bucket as start, starts.bucket + place * interval '30 minutes' as bucket
  from starts cross join generate_series(0, 2) place
  where starts.bucket > %(since)s - interval '30 minutes'),
reach as materialized (
  select actor_id, start as bucket, sum(customers) as n from halves join audit_seen using (actor_id, bucket)
  group by actor_id, start having sum(customers) >= %(least)s),
busy as (
  select distinct actor_id from reach),
compared as (
  select actor_id, peers from audit_home
  where peers in (select peers from audit_home where actor_id in (select actor_id from busy))),
hours as materialized (
  select actor_id, peers, date_bin('1 hour', bucket, '2000-01-01Z') as hour, sum(customers) as n
  from audit_seen join compared using (actor_id) group by actor_id, peers, hour),
own as (
  select actor_id, peers, percentile_cont(0.5) within group (order by n) as usual
  from hours join busy using (actor_id) group by actor_id, peers),
own_spread as (
  select actor_id, percentile_cont(0.5) within group (order by abs(n - usual)) as spread
  from hours join own using (actor_id) group by actor_id),
peer as (
  select peers, percentile_cont(0.5) within group (order by n) as usual from hours group by peers),
peer_spread as (
  select peers, percentile_cont(0.5) within group (order by abs(n - usual)) as spread
  from hours join peer using (peers) group by peers)
select actor_id, bucket, own.usual, greatest(1.4826 * own_spread.spread, sqrt(greatest(own.usual, 1))),
  peer.usual, greatest(1.4826 * peer_spread.spread, sqrt(greatest(peer.usual, 1)))
from reach
join own using (actor_id) join own_spread using (actor_id)
join peer using (peers) join peer_spread using (peers)
where n >= peer.usual + %(z)s * greatest(1.4826 * peer_spread.spread, sqrt(greatest(peer.usual, 1)))
  and n >= own.usual + %(z)s * greatest(1.4826 * own_spread.spread, sqrt(greatest(own.usual, 1)))
order by actor_id, bucket"""
_MOMENTS = """
select distinct asked.person, shown.at, shown.customer
from unnest(%(people)s::uuid[], %(starts)s::timestamptz[]) as asked(person, since)
cross join lateral (
  select at, customer from trail_exposure where actor_id = asked.person and at >= greatest(asked.since, %(since)s)
  and at < least(asked.since + interval '90 minutes', %(until)s) and act = any(%(acts)s) offset 0) shown
order by 1, 2"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who dealt with far more customers than is usual."""
    marks: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"scores": {}, "features": {}, "spans": []})
    for far in far_days(view, "customers", least=limits["day"], z=limits["z"]):
        mark = marks[far.person]
        mark["features"]["days"] = mark["features"].get("days", 0) + 1
        mark["spans"].append(view.day(far.day))
        if far.z / limits["z"] > mark["scores"].get("day", 0):
            mark["scores"]["day"] = far.z / limits["z"]
            mark["features"] |= {"dealings": far.number, "day_times": times(far.number, far.usual)}
    for person, (number, usual, z, span) in _hours(view, limits).items():
        mark = marks[person]
        mark["scores"]["hour"] = z / limits["z"]
        mark["features"] |= {"hour": number, "hour_times": times(number, usual)}
        mark["spans"].append(span)
    for total in far_people(view, "customers", least=limits["month"], z=limits["month_z"]):
        mark = marks[total.person]
        mark["scores"]["month"] = total.z / limits["month_z"]
        mark["features"] |= {"total": total.number, "total_times": times(total.number, total.usual)}
        mark["spans"] = mark["spans"] or [(view.since, view.until)]
    return [
        Mark(
            person=person,
            score=max(mark["scores"].values()),
            features=mark["features"],
            spans=sorted(mark["spans"]),
            kinds=("customer.opened", "field.revealed", "value.compared", "value.delivered"),
        )
        for person, mark in marks.items()
    ]


def _hours(view: View, limits: Limits) -> dict[UUID, tuple[int, float, float, Span]]:
    """Return the fullest sixty minutes of each person that are far enough: number, peers' usual, z, span."""
    asked = view.rows(_CANDIDATES, least=limits["hour"], z=limits["z"])
    usual = {person: (own, own_scale, peer, scale) for person, _b, own, own_scale, peer, scale in asked}
    moments: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    people, starts = [row[0] for row in asked], [row[1] for row in asked]
    for person, at, customer in view.rows(_MOMENTS, people=people, starts=starts, acts=list(ACTS)):
        moments[person].append((at, customer))
    found = {}
    for person, seen in moments.items():
        number, span = fullest_hour(seen)
        own, own_scale, peer, scale = usual[person]
        z = min((number - own) / own_scale, (number - peer) / scale)
        if number >= limits["hour"] and z >= limits["z"]:
            found[person] = (number, peer, z, span)
    return found


def fullest_hour(moments: Iterable[tuple[datetime, UUID]]) -> tuple[int, Span]:
    """Return how many different customers the fullest sixty minutes hold, and which they are.

    :param moments: when which customer was dealt with, in any order.
    """
    window: deque[tuple[datetime, UUID]] = deque()
    held: dict[UUID, int] = defaultdict(int)
    best, span = 0, None
    for at, customer in sorted(moments):
        window.append((at, customer))
        held[customer] += 1
        while window[0][0] <= at - HOUR:
            _gone, other = window.popleft()
            held[other] -= 1
            if not held[other]:
                del held[other]
        if len(held) > best:
            best, span = len(held), (window[0][0], at + timedelta(microseconds=1))
    if span is None:
        raise ValueError("no moments")
    return best, span


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say each window that was full: days, sixty minutes, the whole period."""
    said = []
    if "days" in features:
        said.append(
            ngettext(
                "Dealt with customers %(dealings)s times on %(days)s day, %(day_times)s times what colleagues do.",
                "Dealt with customers up to %(dealings)s times a day on %(days)s days, %(day_times)s times what"
                " colleagues do.",
                int(features["days"]),
            )
        )
    if "hour" in features:
        said.append(
            gettext("%(hour)s customers within sixty minutes, %(hour_times)s times a colleague's usual hour.")
        )
    if "total" in features:
        said.append(
            gettext("%(total)s dealings in the whole period, %(total_times)s times those of the colleagues.")
        )
    return " ".join(said) % dict(features)


HIGH_FREQUENCY = Detector(
    code="high_frequency",
    name=_("High frequency"),
    words=_(
        "Far more customers in a day, in any sixty minutes or in the whole period than the person and the"
        " colleagues usually deal with."
    ),
    limits=(
        Limit("z", 6, _("distance from the usual, in robust standard deviations")),
        Limit("day", 40, _("dealings in a day, at least")),
        Limit("hour", 20, _("customers within sixty minutes, at least"), least=2),
        Limit(
            "month_z",
            4,
            _("distance of the whole period from the colleagues', in robust standard deviations"),
        ),
        Limit("month", 200, _("dealings in the whole period, at least")),
    ),
    search=search,
    explain=explain,
)
