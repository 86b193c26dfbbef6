"""The trail's state and the calendar of audits as first pages receive them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from audit.models import Audit
from audit.models.audits import MONTHLY
from audit.periods import month_before
from staff.permissions import may
from trail.actor import Actor
from trail.sealing.state import state

STALE_SEAL = timedelta(minutes=5)
STALE_WITNESS = timedelta(hours=26)
"""The witness by mail comes once a day; two hours are for the post."""
MONTHS = 12
SIGNED, OPEN, NONE = "signed", "open", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailShown:
    """How far the trail is sealed and witnessed; `unsealed_since` and `unwitnessed_since` begin the two tails."""

    events: int
    sealed: int
    sealed_at: datetime | None
    unsealed: int
    unsealed_since: datetime | None
    seal_is_stale: bool
    witnessed: int
    witnessed_at: datetime | None
    witness: str
    unwitnessed: int
    unwitnessed_since: datetime | None
    witness_is_stale: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of the calendar and how its audit stands."""

    name: str
    state: str
    signed_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The months that are over, newest first; `unsigned` counts those without a signed audit."""

    months: tuple[Month, ...]
    unsigned: int


def trail_shown(actor: Actor, at: datetime) -> TrailShown:
    """Return the trail's state, with the page of proofs for whoever opens it."""
    now = state(at)
    return TrailShown(
        events=now.events,
        sealed=now.sealed,
        sealed_at=now.sealed_at,
        unsealed=now.unsealed,
        unsealed_since=at - now.unsealed_for if now.unsealed else None,
        seal_is_stale=now.unsealed_for > STALE_SEAL,
        witnessed=now.witnessed,
        witnessed_at=now.witnessed_at,
        witness=now.witness,
        unwitnessed=now.unwitnessed,
        unwitnessed_since=at - now.unwitnessed_for if now.unwitnessed else None,
        witness_is_stale=now.unwitnessed_for > STALE_WITNESS,
        url=_address("desk:proof") if may(actor, "trail.prove") else "",
    )


def calendar(at: datetime) -> Calendar:
    """Return how the monthly audits of the last twelve months stand, in one query."""
    periods: list[tuple[datetime, datetime]] = []
    start = at
    for _number in range(MONTHS):
        periods.append(month_before(start))
        start = periods[-1][0]
    audits = {
        (one.since, one.until): one for one in Audit.objects.filter(kind=MONTHLY, since__gte=periods[-1][0])
    }
    months = tuple(_month(since, audits.get((since, until))) for since, until in periods)
    return Calendar(months=months, unsigned=sum(one.state != SIGNED for one in months))


def _month(since: datetime, audit: Audit | None) -> Month:
    return Month(
        name=timezone.localtime(since).strftime("%Y-%m"),
        state=NONE if audit is None else SIGNED if audit.signed_at else OPEN,
        signed_at=audit.signed_at if audit else None,
        url=_address("desk:audit", audit.pk) if audit else "",
    )


def _address(name: str, *given: object) -> str:
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""
