"""One customer after the other, along their numbers or their creation; and numbers tried until one fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import far_days

STEP = 3
"""Neighbours lie so close: whoever walks along leaves out one or two."""

# A day's customers of a person, laid in the order of their numbers and of their creation: whoever walks along leaves
# rows of neighbours, in whatever order, whatever else is done between. The digits of a number count, so that K-0007 and
# K-0008 are neighbours; an erased customer has no place any more.
_RUNS = """
with opened as (
  select actor_id, (at at time zone %(zone)s)::date as day, customer, min(event_id) as event
  from trail_exposure
  where at >= %(since)s and at < %(until)s and actor_id is not null and act = any(%(acts)s)
  group by actor_id, day, customer),
held as (
  select actor_id, day, event, customer.id as place,
    translate(customer.number, translate(customer.number, '0123456789', ''), '') as digits
  from opened join customers_customer customer on customer.ref = opened.customer),
laid as (
  select actor_id, day, event, 'created' as way, place from held
  union all
  select actor_id, day, event, 'number', digits::bigint from held where length(digits) between 1 and 18),
steps as (
  select *, place - lag(place) over (partition by actor_id, day, way order by place) <= %(step)s as near from laid),
runs as (
  select *, count(*) filter (where near is not true) over (partition by actor_id, day, way order by place) as run
  from steps)
select actor_id, count(*), array_agg(event order by event), day from runs
group by actor_id, day, way, run having count(*) >= %(run)s order by actor_id, count(*) desc, way"""

# Whoever calls a list through from its top closes each contact with a line.
_LINED = """
select event.id from trail_event event join customers_contact contact on contact.id = event.contact
where event.at >= %(since)s and event.at < %(until)s and event.id = any(%(events)s) and contact.closed_at is not null"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who opened customers in order, and who searched for many numbers that nobody has."""
    found: dict[UUID, dict[str, Any]] = {}
    runs = view.rows(_RUNS, acts=["opened", "compared"], step=STEP, run=limits["run"])
    lined = {id for (id,) in view.rows(_LINED, events=[event for run in runs for event in run[2]])}
    for person, length, events, day in runs:
        # A list is called through with lines, and a line is quickly written: neighbours with lines count, but half.
        counted = len(events) - len(lined.intersection(events)) / 2
        if counted < limits["run"]:
            continue
        mark = found.setdefault(person, {"longest": 0, "counted": 0.0, "days": set(), "events": set()})
        mark["longest"], mark["counted"] = max(mark["longest"], length), max(mark["counted"], counted)
        mark["days"].add(day)
        mark["events"].update(events)
    marks = [
        Mark(
            person=person,
            score=mark["counted"] / limits["run"],
            features={"longest": mark["longest"], "days": len(mark["days"])},
            events=sorted(mark["events"]),
        )
        for person, mark in found.items()
    ]
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
        return gettext("Searched %(misses)s numbers in a day that no customer has.") % dict(features)
    return gettext(
        "Opened %(longest)s customers with neighbouring numbers in a day (days like this: %(days)s)."
    ) % dict(features)


ENUMERATION = Detector(
    code="enumeration",
    name=_("One after the other"),
    words=_(
        "Customers opened along their numbers or the order of their creation, or many numbers tried that nobody has."
    ),
    limits=(
        Limit(
            "run",
            10,
            _(
                "customers in a day whose numbers are neighbours; with a line in their contact they count half"
            ),
            least=3,
        ),
        Limit("misses", 25, _("searches in a day that find nobody, at least")),
        Limit("z", 6, _("distance of those from the usual, in robust standard deviations")),
    ),
    search=search,
    explain=explain,
)
