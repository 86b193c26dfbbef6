"""More is read in the last days before somebody leaves the company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import times

BEFORE = timedelta(days=60)
"""So much of the time before the last days says what was usual."""

# A customer counts once a day; the rates are per day on which the person acted at all.
_LEAVERS = """
with leaver as (
  select id as person, coalesce(left_at, valid_until) as leaves from staff_person
  where coalesce(left_at, valid_until) >= %(since)s
    and coalesce(left_at, valid_until) - %(days)s * interval '1 day' < %(until)s
    and coalesce(left_at, valid_until) <= %(at)s),
shown as (
  select person, leaves, (exposure.at at time zone %(zone)s)::date as day, customer,
    exposure.at >= leaves - %(days)s * interval '1 day' as last
  from leaver join trail_exposure exposure on exposure.actor_id = person
    and exposure.at >= leaves - %(days)s * interval '1 day' - %(before)s and exposure.at < least(leaves, %(until)s)
    and exposure.act = any(%(acts)s) and exposure.level >= 3
  group by person, leaves, day, customer, last),
active as (
  select person, count(distinct (event.at at time zone %(zone)s)::date)
      filter (where event.at >= leaves - %(days)s * interval '1 day') as last_days,
    count(distinct (event.at at time zone %(zone)s)::date)
      filter (where event.at < leaves - %(days)s * interval '1 day') as earlier_days
  from leaver join trail_event event on event.actor_id = person
    and event.at >= leaves - %(days)s * interval '1 day' - %(before)s and event.at < least(leaves, %(until)s)
  group by person)
select person, leaves, count(*) filter (where last), count(*) filter (where not last), last_days, earlier_days
from shown join active using (person)
group by person, leaves, last_days, earlier_days having count(*) filter (where last) >= %(least)s"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark leavers who were shown far more values in the clear in their last days than before."""
    rows = view.rows(
        _LEAVERS,
        at=view.at,
        days=limits["days"],
        before=BEFORE,
        acts=["revealed", "exported", "used"],
        least=limits["customers"],
    )
    marks = []
    for person, leaves, last, earlier, last_days, earlier_days in rows:
        rate, usual = last / max(last_days, 1), earlier / max(earlier_days, 1)
        # Who was shown nothing before has no usual; one a day is as little as anybody's.
        ratio = rate / max(usual, 1.0)
        if ratio >= limits["times"]:
            marks.append(
                Mark(
                    person=person,
                    score=min(ratio / limits["times"], last / limits["customers"]),
                    features={
                        "values": last,
                        "days": int(limits["days"]),
                        "times": times(rate, usual),
                        "left": leaves.astimezone(view.zone).date().isoformat(),
                    },
                    spans=[(leaves - timedelta(days=limits["days"]), min(leaves, view.until))],
                    kinds=(
                        "field.revealed",
                        "customer.clear_exported",
                        "customer.exported",
                        "value.delivered",
                    ),
                )
            )
    return marks


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how much more, and when the person left."""
    return _now(
        "Was shown sensitive values of %(values)s customers in the clear in the last %(days)s days before leaving on"
        " %(left)s, %(times)s times as many a day as before."
    ) % dict(features)


LEAVING = Detector(
    code="leaving",
    name=_("Before leaving"),
    words=_(
        "Far more sensitive values in the clear in the last days before leaving the company than before."
    ),
    limits=(
        Limit("days", 14, _("last days before leaving")),
        Limit("customers", 30, _("customers with sensitive values in the clear, at least")),
        Limit("times", 2, _("times as many a day as before"), least=1.1),
    ),
    search=search,
    explain=explain,
)
