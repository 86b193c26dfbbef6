"""Curiosity about customers of the highest tier (S4-55)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import times
from customers.models import VIP

PAST = 2
"""So many periods before say what was usual for a person."""

# VIPs are few: what was shown of them comes by index. Who deals with VIPs all year does so this month: it is the
# departure from one's own past that counts, and more than the colleagues' usual. Who has no past is held against the
# colleagues alone.
_SEEN = """
with seen as (
  select actor_id, customer, at >= %(since)s as now, array_agg(event_id order by at) as events
  from customers_customer held cross join lateral (
    select actor_id, customer, at, event_id from trail_exposure
    where customer = held.ref and at < %(until)s
    and at >= %(since)s - %(past)s * (%(until)s::timestamptz - %(since)s::timestamptz)
    and actor_id is not null and act = any(%(acts)s) offset 0) exposure
  where held.tier = %(vip)s
  group by actor_id, customer, now),
counted as (
  select actor_id, peers, coalesce(n, 0) as n,
    case when %(periods)s >= 1 then coalesce(past, 0) / %(periods)s::float end as past from audit_home
  left join (select actor_id, count(*) filter (where now) as n, count(*) filter (where not now) as past
    from seen group by actor_id) each using (actor_id)),
peer as (
  select peers, percentile_cont(0.5) within group (order by n) as usual from counted group by peers),
spread as (
  select peers, percentile_cont(0.5) within group (order by abs(n - usual)) as spread
  from counted join peer using (peers) group by peers),
far as (
  select actor_id, n, usual, case when past is not null then (n - past) / sqrt(greatest(past, 1))
      else (n - usual) / greatest(1.4826 * spread, sqrt(greatest(usual, 1))) end as z
  from counted join peer using (peers) join spread using (peers)
  where n >= %(least)s and n > usual)
select actor_id, n, usual, z,
  (select array_agg(events[1]) from seen where seen.actor_id = far.actor_id and now)
from far where z >= %(z)s"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who dealt with far more VIP customers than the colleagues."""
    rows = view.rows(
        _SEEN,
        periods=_periods(view),
        vip=VIP,
        past=PAST,
        acts=["opened", "revealed", "compared"],
        least=limits["customers"],
        z=limits["z"],
    )
    return [
        Mark(
            person=person,
            score=min(float(z) / limits["z"], number / limits["customers"]),
            features={"vips": number, "times": times(number, usual)},
            events=events,
        )
        for person, number, usual, z, events in rows
    ]


def _periods(view: View) -> float:
    """Return how many periods before this one the trail holds, of those that are asked for."""
    ((first,),) = view.rows("select min(at) from trail_event")
    return min(PAST, (view.since - first) / (view.until - view.since)) if first else 0.0


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how many, against the colleagues."""
    return gettext("Opened %(vips)s VIP customers, %(times)s times as many as colleagues.") % dict(features)


VIP_CURIOSITY = Detector(
    code="vip",
    name=_("Curiosity about VIP customers"),
    words=_(
        "Far more customers of the VIP tier than the person opened before, and more than colleagues open."
    ),
    limits=(
        Limit("customers", 6, _("VIP customers in the period, at least")),
        Limit("z", 4, _("distance from the usual, in standard deviations")),
    ),
    search=search,
    explain=explain,
)
