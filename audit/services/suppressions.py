"""Put a pattern aside until a day, with a reason; end that early (entities.md: suppression needs reason and end)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit import detecting, events
from audit.deciding import DECIDE
from audit.models import Suppression
from files.services import put_text
from staff import step_up
from staff.models import Department, Person
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor

LONGEST = timedelta(days=366)
ABOUT = "suppression.reason"


class NotSuppressed(Exception):
    """Nothing was put aside: `not_yours`, `own` (about oneself), `bad_until`, `unknown` (detector or department)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def suppress(
    detector: str,
    *,
    person: UUID | None = None,
    department: str = "",
    reason: str,
    until: datetime,
    by: Actor,
    at: datetime,
) -> Suppression:
    """Put what a detector finds aside: of one person, of a department, or of everybody (but never of oneself).

    What it covers is still recorded, and shown as put aside. Alarms and reports cannot be put aside.

    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises NotSuppressed: with the reason.
    """
    if by.id is None or not may(by, DECIDE):
        raise NotSuppressed("not_yours")
    step_up.require(by, at=at)
    if person == by.id:
        raise NotSuppressed("own")
    if not at < until <= at + LONGEST:
        raise NotSuppressed("bad_until")
    who = Person.objects.filter(pk=person).first() if person else None
    if detector not in {one.code for one in detecting.every()} or (person and who is None):
        raise NotSuppressed("unknown")
    if department and not Department.objects.filter(code=department).exists():
        raise NotSuppressed("unknown")
    with transaction.atomic():
        made = Suppression.objects.create(
            detector=detector,
            person=person,
            number=who.number if who else "",
            name=who.name if who else "",
            department=department,
            reason=put_text(reason, about=ABOUT, subject=None, by=by, at=at),
            since=at,
            until=until,
            by_id=by.id,
            by_number=by.number,
            by_name=by.name,
        )
        facts = {
            "suppression": str(made.pk),
            "detector": detector,
            "person": str(person or ""),
            "department": department,
            "until": until.isoformat(),
            "reason": str(made.reason),
        }
        trail.record(events.SUPPRESSED, by=by, at=at, facts=facts)
    return made


def end(id: UUID, *, by: Actor, at: datetime) -> bool:
    """Let a pattern count again; return whether it was put aside.

    :raises NotSuppressed: not_yours.
    """
    if by.id is None or not may(by, DECIDE):
        raise NotSuppressed("not_yours")
    with transaction.atomic():
        row = Suppression.objects.active(at).select_for_update().filter(pk=id).first()
        if row is None:
            return False
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        facts = {"suppression": str(id), "detector": row.detector}
        trail.record(events.SUPPRESSION_ENDED, by=by, at=at, facts=facts)
    return True
