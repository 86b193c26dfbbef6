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
    found = register(at)
    overdue = [due.code for due in found.dues if due.overdue]
    for code in overdue:
        notify(holders_of(CUSTODIAN, at), "keys_overdue", params={"what": code}, link=PAGE, at=at)
    return len(overdue)
