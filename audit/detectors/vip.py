"""Curiosity about customers of the highest tier (S4-55)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.detectors.detector import Detector, Limit, Limits
from audit.detectors.marks import Mark
from audit.detectors.passes import View
from audit.detectors.robust import times
from customers.models import VIP

# Colleagues who dealt with none count as none; with fewer than four colleagues the least number speaks alone.
_SEEN = """
with seen as (
  select actor_id, customer, array_agg(event_id order by at) as events
  from trail_exposure exposure join customers_customer held on held.ref = exposure.customer and held.tier = %(vip)s
  where at >= %(since)s and at < %(until)s and actor_id is not null and act = any(%(acts)s)
  group by actor_id, customer),
counted as (
  select actor_id, peers, coalesce(n, 0) as n from audit_home
  left join (select actor_id, count(*) as n from seen group by actor_id) each using (actor_id)),
peer as (
  select peers, percentile_cont(0.5) within group (order by n) as usual, count(*) as people
  from counted group by peers),
spread as (
  select peers, percentile_cont(0.5) within group (order by abs(n - usual)) as spread
  from counted join peer using (peers) group by peers),
far as (
  select actor_id, n, usual, case when people >= 4
    then (n - usual) / greatest(1.4826 * spread, sqrt(greatest(usual, 1))) else %(z)s end as z
  from counted join peer using (peers) join spread using (peers) where n >= %(least)s)
select actor_id, n, usual, z,
  (select array_agg(events[1]) from seen where seen.actor_id = far.actor_id)
from far where z >= %(z)s"""


def search(view: View, limits: Limits) -> list[Mark]:
    """Mark who dealt with far more VIP customers than the colleagues."""
    rows = view.rows(
        _SEEN, vip=VIP, acts=["opened", "revealed", "compared"], least=limits["customers"], z=limits["z"]
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


def explain(features: Mapping[str, int | float | str]) -> str:
    """Say how many, against the colleagues."""
    return _now("Opened %(vips)s VIP customers, %(times)s times as many as colleagues.") % dict(features)


VIP_CURIOSITY = Detector(
    code="vip",
    name=_("Curiosity about VIP customers"),
    words=_("Far more customers of the VIP tier than colleagues of the same role and department open."),
    limits=(
        Limit("customers", 6, _("VIP customers in the period, at least")),
        Limit("z", 5, _("distance from the colleagues, in robust standard deviations")),
    ),
    search=search,
    explain=explain,
)
