"""Customers of other regions, offices of other regions (S0-41), and travel faster than anybody can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View, half_hours, merged
from audit.detectors.robust import far_days, far_people, times

# Days at an office of another region are few; their half hours come from the trail.
_OFFICES = """
with away as (
  select distinct actor_id, day, home.region as home from audit_acts acts join audit_home home using (actor_id)
  where day >= %(first_day)s and acts.site_region not in ('', home.region) and home.region <> ''),
halves as (
  select actor_id, bucket, min(site_region) as region from away cross join lateral (
    select date_bin('30 minutes', at, '2000-01-01Z') as bucket, site_region from trail_event event
    where event.actor_id = away.actor_id and at >= away.day::timestamp at time zone %(zone)s
    and at < (away.day + 1)::timestamp at time zone %(zone)s and at >= %(base)s and at < %(until)s
    and mode <> 'system' and site_region not in ('', away.home) offset 0) event
  group by actor_id, bucket)
select actor_id, min(region), count(distinct (bucket at time zone %(zone)s)::date), sum(customers)::int,
  array_agg(distinct bucket order by bucket)
from halves join audit_seen using (actor_id, bucket)
where bucket > %(since)s - interval '30 minutes'
group by actor_id having sum(customers) >= %(least)s"""

# Only people of several sites are worth the sort.
_JUMPS = """
with travellers as (
  select actor_id from audit_acts where site <> '' and day >= %(first_day)s - 1
  group by actor_id having count(distinct site) > 1),
stays as (
  select actor_id, id, at, site, site_region,
    lag(id) over later as left_by, lag(at) over later as left_at, lag(site) over later as left_site,
    lag(site_region) over later as left_region
  from travellers cross join lateral (
    select id, at, site, site_region from trail_event where actor_id = travellers.actor_id
    and at >= %(since)s - interval '1 day' and at < %(until)s and site <> '' offset 0) event
  window later as (partition by actor_id order by at, id))
select actor_id, left_by, id, extract(epoch from at - left_at) / 60, site_region <> left_region,
  left_site || ' → ' || site
from stays
where site <> left_site and at >= %(since)s
  and at - left_at < case when site_region <> left_region then %(far)s else %(near)s end * interval '1 minute'
order by actor_id, at"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who dealt with customers of other regions, or dealt with customers from offices of other regions."""
    marks: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"score": 0.0, "features": {}, "spans": []})
    for far in far_days(view, "abroad", least=limits["customers"], z=limits["z"]):
        mark = marks[far.person]
        mark["features"]["days"] = mark["features"].get("days", 0) + 1
        mark["features"]["dealings"] = mark["features"].get("dealings", 0) + far.number
        mark["score"] = max(mark["score"], min(far.z / limits["z"], far.number / limits["customers"]))
        mark["spans"].append(view.day(far.day))
    for total in far_people(view, "abroad", least=limits["month"], z=limits["z"]):
        mark = marks[total.person]
        mark["score"] = max(mark["score"], min(total.z / limits["z"], total.number / limits["month"]))
        mark["features"] |= {"total": total.number, "total_times": times(total.number, total.usual)}
        mark["spans"] = mark["spans"] or [(view.since, view.until)]
    for person, region, days, customers, buckets in view.rows(_OFFICES, least=limits["office"]):
        mark = marks[person]
        mark["score"] = max(mark["score"], customers / limits["office"])
        mark["features"] |= {"office": region, "office_days": days, "office_dealings": customers}
        mark["spans"] += half_hours(view, buckets)
    return [
        Mark(person=person, score=mark["score"], features=mark["features"], spans=merged(mark["spans"]))
        for person, mark in marks.items()
    ]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say which regions were crossed: those of customers, those of offices."""
    said = []
    if "days" in features:
        said.append(
            ngettext(
                "Dealt %(dealings)s times with customers of other regions on %(days)s day, which colleagues do not.",
                "Dealt %(dealings)s times with customers of other regions on %(days)s days, which colleagues do not.",
                int(features["days"]),
            )
        )
    if "total" in features:
        said.append(
            gettext(
                "%(total)s dealings with customers of other regions in the whole period, %(total_times)s times those"
                " of the colleagues."
            )
        )
    if "office" in features:
        said.append(
            ngettext(
                "Dealt with customers %(office_dealings)s times from an office in another region (%(office)s)"
                " on %(office_days)s day.",
                "Dealt with customers %(office_dealings)s times from offices in other regions (%(office)s)"
                " on %(office_days)s days.",
                int(features["office_days"]),
            )
        )
    return " ".join(said) % dict(features)


def search_travel(view: View, limits: Limits) -> list[Mark]:
    """Mark who acted at two sites with less time between than the way takes."""
    jumps: dict[UUID, list[tuple[int, int, float, bool, str]]] = defaultdict(list)
    for person, left, came, minutes, region, way in view.rows(
        _JUMPS, far=limits["regions"], near=limits["sites"]
    ):
        jumps[person].append((left, came, float(minutes), region, way))
    marks = []
    for person, found in jumps.items():
        if len(found) < limits["jumps"]:
            continue
        fastest = min(found, key=lambda jump: jump[2])
        marks.append(
            Mark(
                person=person,
                score=len(found) / limits["jumps"],
                features={"jumps": len(found), "minutes": round(fastest[2], 1), "way": fastest[4]},
                events=sorted({event for left, came, *_rest in found for event in (left, came)}),
            )
        )
    return marks


def explain_travel(features: Mapping[str, int | float | str]) -> str:
    """Say how often, and the fastest."""
    return ngettext(
        "Acted at two sites faster than anybody travels %(jumps)s time: %(way)s within %(minutes)s minutes.",
        "Acted at two sites faster than anybody travels %(jumps)s times, the fastest %(way)s"
        " within %(minutes)s minutes.",
        int(features["jumps"]),
    ) % dict(features)


CROSS_REGION = Detector(
    code="cross_region",
    name=_("Other regions"),
    words=_(
        "Customers whose portfolio lies in another region, and acts from an office in another region, where"
        " colleagues have none."
    ),
    limits=(
        Limit("z", 6, _("distance from the usual, in robust standard deviations")),
        Limit("customers", 8, _("dealings with customers of other regions in a day, at least")),
        Limit("month", 25, _("dealings with customers of other regions in the whole period, at least")),
        Limit("office", 40, _("dealings from an office in another region, at least")),
    ),
    search=search,
    explain=explain,
)
TRAVEL = Detector(
    code="travel",
    name=_("Faster than travel"),
    words=_(
        "One account acts at two sites with less time between than the way takes: somebody shares a login."
    ),
    limits=(
        Limit("regions", 120, _("minutes between sites of different regions")),
        Limit("sites", 10, _("minutes between sites of one region"), least=0),
        Limit("jumps", 1, _("such jumps")),
    ),
    search=search_travel,
    explain=explain_travel,
)
