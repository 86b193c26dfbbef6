"""One customer after the other, in the order of numbers or of creation; and numbers tried until one fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import far_days

STEP = 3
"""Neighbours lie so close: whoever walks along leaves out one or two."""

# The digits of a number, so that K-0007 and K-0008 are neighbours; an erased customer has no place any more.
_RUNS = """
with opened as (
  select exposure.actor_id, exposure.at, exposure.event_id, customer.id as place,
    translate(customer.number, translate(customer.number, '0123456789', ''), '') as digits
  from trail_exposure exposure join customers_customer customer on customer.ref = exposure.customer
  where exposure.at >= %(since)s and exposure.at < %(until)s and exposure.actor_id is not null
    and exposure.act = any(%(acts)s)),
moves as (
  select actor_id, at, event_id, place,
    case when length(digits) between 1 and 18 then digits::bigint end as digits,
    lag(place) over later as left_place, lag(at) over later as left_at,
    lag(case when length(digits) between 1 and 18 then digits::bigint end) over later as left_digits
  from opened window later as (partition by actor_id order by at, event_id)),
steps as (
  select actor_id, at, event_id,
    at - left_at <= interval '30 minutes'
      and (abs(place - left_place) <= %(step)s or abs(digits - left_digits) <= %(step)s) as near
  from moves where left_place is distinct from place),
runs as (
  select *, count(*) filter (where near is not true) over (partition by actor_id order by at, event_id) as run
  from steps)
select actor_id, count(*), array_agg(event_id order by at) from runs
group by actor_id, run having count(*) >= %(run)s order by actor_id, count(*) desc"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who opened customers in order, and who searched for many numbers that nobody has."""
    found: dict[UUID, dict[str, Any]] = {}
    for person, length, events in view.rows(_RUNS, acts=["opened", "compared"], step=STEP, run=limits["run"]):
        mark = found.setdefault(
            person,
            {"score": length / limits["run"], "features": {"longest": length, "runs": 0}, "events": []},
        )
        mark["features"]["runs"] += 1
        mark["events"] += events
    marks = [Mark(person=person, **mark) for person, mark in found.items()]
    tried: dict[UUID, Mark] = {}
    for far in far_days(view, "misses", least=limits["misses"], z=limits["z"]):
        if far.person not in found and (
            far.person not in tried or far.z / limits["z"] > tried[far.person].score
        ):
            tried[far.person] = Mark(
                person=far.person,
                score=min(far.z / limits["z"], far.number / limits["misses"]),
                features={"misses": far.number},
                spans=[view.day(far.day)],
                kinds=("customer.listed",),
            )
    return [*marks, *tried.values()]


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how long the rows were, or how many numbers were tried."""
    if "misses" in features:
        return _now("Searched %(misses)s numbers in a day that no customer has.") % dict(features)
    return _now(
        "Opened %(longest)s customers one after the other in the order of their numbers (rows like this: %(runs)s)."
    ) % dict(features)


ENUMERATION = Detector(
    code="enumeration",
    name=_("One after the other"),
    words=_(
        "Customers opened in the order of their numbers or of their creation, or many numbers tried that nobody has."
    ),
    limits=(
        Limit("run", 10, _("customers in order, one within half an hour of the other"), least=3),
        Limit("misses", 25, _("searches in a day that find nobody, at least")),
        Limit("z", 6, _("distance of those from the usual, in robust standard deviations")),
    ),
    search=search,
    explain=explain,
)
