"""Sweep events that alarm into findings, each minute; whatever was swept before is left alone (S1-13, S2-40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.deciding import deciders
from audit.models import Finding
from audit.services.opening import from_alarm, open_all
from staff.services.notifications import notify
from trail import queries
from trail.actor import Actor

LOOKED_BACK = timedelta(days=2)
"""How far a sweep looks back: events commit out of order, and a worker may have slept; audits look at their period."""
AHEAD = timedelta(seconds=5)
BATCH = 200


def sweep(
    *, by: Actor, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> list[Finding]:
    """Open a finding for alarming events of the last days (or of a period) that have none; return those opened.

    A batch at a time: call it again while it returns something.
    """
    found = queries.events(since=since or at - LOOKED_BACK, until=until or at + AHEAD, alarm=True)
    swept = Finding.objects.filter(event=OuterRef("id"))
    waiting = list(found.filter(~Exists(swept)).order_by("at", "id")[:BATCH])
    with transaction.atomic():
        new = open_all([from_alarm(event) for event in waiting], by=by, at=at)
        for row in new:
            params = {"detector": row.code, "name": row.name}
            notify(deciders(row.person, at), "alarm_found", params=params, link=f"/findings/{row.pk}/", at=at)
    return new
