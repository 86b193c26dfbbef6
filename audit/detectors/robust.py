"""How far a day lies from what is usual, by medians: one wild day moves a mean, but not a median.

z = (value - median) / scale. The scale is the median absolute deviation, made comparable with a standard deviation
(1.4826), but never less than the square root of the median: counts vary by so much by themselves.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from audit.detectors.passes import View

DAYS_OF_ONES_OWN = 5
"""With fewer active days a person has no history, and is held against the others alone."""
COLUMNS = frozenset({"customers", "abroad", "listed", "taken", "refused", "misses"})

_FAR = """
with own as (
  select actor_id, percentile_cont(0.5) within group (order by {column}) as usual, count(*) as days
  from audit_days group by actor_id),
own_spread as (
  select actor_id, percentile_cont(0.5) within group (order by abs({column} - usual)) as spread
  from audit_days join own using (actor_id) group by actor_id),
peer as (
  select peers, percentile_cont(0.5) within group (order by {column}) as usual from audit_days group by peers),
peer_spread as (
  select peers, percentile_cont(0.5) within group (order by abs({column} - usual)) as spread
  from audit_days join peer using (peers) group by peers),
scored as (
  select actor_id, day, {column} as n, own.usual as own_usual, peer.usual as peer_usual,
    case when own.days >= %(own_days)s
      then ({column} - own.usual) / greatest(1.4826 * own_spread.spread, sqrt(greatest(own.usual, 1))) end as own_z,
    ({column} - peer.usual) / greatest(1.4826 * peer_spread.spread, sqrt(greatest(peer.usual, 1))) as peer_z
  from audit_days
  join own using (actor_id) join own_spread using (actor_id)
  join peer using (peers) join peer_spread using (peers)
  where day >= %(first_day)s and {column} >= %(least)s)
select actor_id, day, n, own_usual, peer_usual, least(peer_z, coalesce(own_z, peer_z)) as z
from scored where least(peer_z, coalesce(own_z, peer_z)) >= %(z)s order by actor_id, day"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarDay:
    """One day of one person that lies far above what is usual, for the person and for the peers.

    :ivar z: the smaller of the two distances.
    """

    person: UUID
    day: date
    number: int
    own: float
    usual: float
    z: float


def far_days(view: View, column: str, *, least: float, z: float) -> list[FarDay]:
    """Return the days of people that lie far above their own and their peers'.

    :param least: days with less are never far.
    """
    rows = view.rows(_FAR.format(column=_known(column)), own_days=DAYS_OF_ONES_OWN, least=least, z=z)
    return [
        FarDay(person=who, day=day, number=n, own=own, usual=usual, z=far)
        for who, day, n, own, usual, far in rows
    ]


WHOLE = timedelta(days=14)
"""Totals of people are compared over periods of at least this length."""
PEOPLE = 4
"""Fewer colleagues say nothing about what is usual."""

_FAR_PEOPLE = """
with total as (
  select actor_id, min(peers) as peers, sum({column}) as n from audit_days where day >= %(first_day)s
  group by actor_id),
peer as (
  select peers, percentile_cont(0.5) within group (order by n) as usual, count(*) as people
  from total group by peers),
spread as (
  select peers, percentile_cont(0.5) within group (order by abs(n - usual)) as spread
  from total join peer using (peers) group by peers),
scored as (
  select actor_id, n::bigint as n, usual,
    (n - usual) / greatest(1.4826 * spread, sqrt(greatest(usual, 1)), 0.1 * usual) as z
  from total join peer using (peers) join spread using (peers)
  where n >= %(least)s and people >= %(people)s)
select actor_id, n, usual, z from scored where z >= %(z)s order by actor_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarTotal:
    """What one person did in the whole period, far above the colleagues."""

    person: UUID
    number: int
    usual: float
    z: float


def far_people(view: View, column: str, *, least: float, z: float) -> list[FarTotal]:
    """Return the people whose total lies far above their peers': the slow pattern that no single day shows."""
    if view.until - view.since < WHOLE:
        return []
    rows = view.rows(_FAR_PEOPLE.format(column=_known(column)), least=least, z=z, people=PEOPLE)
    return [FarTotal(person=who, number=n, usual=usual, z=far) for who, n, usual, far in rows]


def times(number: float, usual: float) -> float:
    """Return how many times the usual number it is, for people to read; where nothing is usual, against one."""
    return round(number / max(usual, 1.0), 1)


def _known(column: str) -> str:
    if column not in COLUMNS:
        raise ValueError(column)
    return column
