"""Seal this host in an emergency, and open it again. Its pages, logins and the trail go on meanwhile."""

from __future__ import annotations

from datetime import datetime

from restricted import events, people, proving
from restricted.models import SealOrder, Unsealing
from restricted.sealing import holding
from trail import services as trail
from trail.actor import Actor


class NotSealed(Exception):
    """There is nothing to lift."""


def seal(*, code: str, by: Actor, at: datetime) -> int:
    """Seal this host and return the number of the order: from now on no L4 value opens (S0-23).

    The order stands even where the trail then refuses, as on the main site.

    :raises people.NotTheirs: not a role that does this.
    :raises FactorRefused, attempts.TooMany: the code; nothing was done.
    """
    people.insist(by, people.SEALS)
    proving.prove(code, by=by, at=at)
    order = SealOrder.objects.create(by_number=by.number, at=at)
    trail.record(events.SEALED, by=by, at=at, facts={"order": order.number})
    return order.number


def unseal(*, by: Actor, at: datetime) -> int:
    """Open this host again; return the number of the order that ends. For whoever looks after the host.

    :raises NotSealed: no order holds.
    """
    order = holding()
    if order is None:
        raise NotSealed
    trail.record(events.UNSEALED, by=by, at=at, facts={"order": order.number})
    Unsealing.objects.create(seal_order=order.number, at=at)
    return order.number
