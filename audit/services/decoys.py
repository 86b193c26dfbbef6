"""Plant decoy customers, and raise the alarm when one is touched."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from audit import events
from audit.models import Decoy
from audit.queries import decoys
from audit.queries.decoys import Touch
from customers.models import Portfolio
from customers.services import planting
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

MOST_AT_ONCE = 20
LOOKED_BACK = timedelta(days=7)
"""A sweep that did not run for so long still raises every alarm."""
_ONE_SWEEP = 0x6465636F79
"""The advisory lock under which sweeps run, so that nothing is told twice."""


class NotAllowed(PermissionError):
    """The person's roles do not plant decoys."""


class BadCount(ValueError):
    """1 to 20 decoys are planted at once."""


def plant(portfolio: str, count: int, *, by: Actor, at: datetime) -> list[UUID]:
    """Plant decoys among the customers of a portfolio; return them.

    They count in every figure as customers do: were they left out, whoever compares two figures could tell.

    :param portfolio: its code.
    :raises NotAllowed, BadCount: see there.
    :raises Portfolio.DoesNotExist: there is none of this code.
    :raises customers.services.planting.TooFewNeighbours: the portfolio is too small to hide anybody.
    """
    if by.id is None or not may(by, "decoy.plant"):
        raise NotAllowed("decoy.plant")
    if not 1 <= count <= MOST_AT_ONCE:
        raise BadCount
    among = Portfolio.objects.get(code=portfolio)
    with transaction.atomic():
        planted = [planting.plant(among, by=by, at=at) for _ in range(count)]
        Decoy.objects.bulk_create(
            Decoy(customer=ref, planted_at=at, planted_by_id=by.id, planted_by_number=by.number)
            for ref in planted
        )
        trail.record(events.DECOYS_PLANTED, by=by, at=at, facts={"count": count, "portfolio": portfolio})
    return planted


def sweep(*, by: Actor, at: datetime) -> list[int]:
    """Record an alarm for each event that touched a decoy and was not told of yet; return those events."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_SWEEP])
        touches: dict[int, list[Touch]] = defaultdict(list)
        for touch in decoys.touched(at - LOOKED_BACK, at):
            touches[touch.event].append(touch)
        told = Event.objects.filter(kind=events.DECOY_TOUCHED.code, at__gte=at - LOOKED_BACK)
        known = set(told.values_list("facts__touched", flat=True))
        fresh = [event for event in touches if event not in known]
        for event in fresh:
            trail.record(events.DECOY_TOUCHED, by=by, at=at, facts=_facts(touches[event]))
    return fresh


def _facts(touches: list[Touch]) -> dict[str, object]:
    first = touches[0]
    return {
        "touched": first.event,
        "person": str(first.person),
        "act": first.act,
        "customers": len({touch.customer for touch in touches}),
    }
