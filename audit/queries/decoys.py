"""Which customers are decoys, and who touched one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.models import Decoy
from trail.exposed import COMPARED, EXPORTED, OPENED, REVEALED, USED
from trail.models import Exposure

TOUCHING = (OPENED, REVEALED, COMPARED, EXPORTED, USED)
"""Acts that are meant for one customer. Being listed beside others is nobody's doing, so it does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One event that touched a decoy."""

    event: int
    at: datetime
    person: UUID | None
    customer: UUID
    act: str


def refs() -> set[UUID]:
    """Return the customers that are decoys."""
    return set(Decoy.objects.values_list("customer", flat=True))


def touched(since: datetime, until: datetime) -> list[Touch]:
    """Return who touched a decoy in a period (`since` included, `until` not), earliest first."""
    found = Exposure.objects.filter(
        customer__in=list(refs()), at__gte=since, at__lt=until, act__in=TOUCHING, actor_id__isnull=False
    )
    rows = found.order_by("at", "id").values_list("event_id", "at", "actor_id", "customer", "act")
    return [
        Touch(event=event, at=at, person=person, customer=customer, act=act)
        for event, at, person, customer, act in rows
    ]
