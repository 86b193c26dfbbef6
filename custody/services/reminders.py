"""Tell the custodians that a rotation or an escrow drill is overdue."""

from __future__ import annotations

from datetime import datetime

from custody.queries.register import register
from staff.queries import holders_of
from staff.roles import CUSTODIAN
from staff.services.notifications import notify
from trail.actor import Actor

PAGE = "/keys/"


def remind(*, by: Actor, at: datetime) -> int:
    """Tell the custodians of what is overdue; return how many things are."""
    overdue = register(at).overdue
    for due in overdue:
        notify(holders_of(CUSTODIAN, at), "keys_overdue", params={"what": due.code}, link=PAGE, at=at)
    return len(overdue)
