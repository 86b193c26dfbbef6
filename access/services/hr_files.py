"""Confirm a personnel file: leavers are cut off at once, movers lose what came with the old place (S0-31)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.services import review_decisions, rights
from staff import step_up
from staff.events import HR_FILE_CONFIRMED
from staff.hr.comparing import Change, Diff, compare
from staff.models import Department, HrFile, Person, RoleHolding
from staff.models.rights import live
from staff.permissions import may
from staff.roles import AGENT, ANALYST, SUPERVISOR
from staff.services import lapsing
from staff.services.hr_files import lines_of
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

OF_A_PLACE = frozenset({AGENT, SUPERVISOR, ANALYST})
"""Roles that reach customers through a department or its portfolios: they end with it. What is new is proposed."""


class NotConfirmed(Exception):
    """Nothing was changed: `confirmed` (already), `problems` (rows to put right), `changed` (look at it again)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def diff_of(file: HrFile, *, by: Actor, at: datetime) -> Diff:
    """Return what a file in hand would change now."""
    return compare(lines_of(file), asked_by=by.id, at=at)


def confirm(file: UUID, *, seen: str, by: Actor, at: datetime) -> Diff:
    """Carry out what was shown: all of it or nothing; one event for each person, and one for the file.

    :param seen: the digest of the diff that the person read.
    :raises NotAllowed: without `people.take_away`.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises NotConfirmed: with the reason.
    """
    if not may(by, "people.take_away"):
        raise NotAllowed("people.take_away")
    step_up.require(by, at=at)
    with transaction.atomic():
        row = HrFile.objects.select_for_update().get(pk=file)
        if row.confirmed_at is not None:
            raise NotConfirmed("confirmed")
        found = diff_of(row, by=by, at=at)
        if found.problems:
            raise NotConfirmed("problems")
        if found.digest != seen:
            raise NotConfirmed("changed")
        for leaver in found.leavers:
            rights.leave(leaver.person, by=by, at=at)
        for mover in found.movers:
            _move(mover, by, at)
        row.confirmed_at = at
        row.save(update_fields=["confirmed_at"])
        trail.record(HR_FILE_CONFIRMED, by=by, at=at, facts=_facts(row, found))
    return found


def _move(mover: Change, by: Actor, at: datetime) -> None:
    person = Person.objects.select_related("department").select_for_update(of=("self",)).get(pk=mover.person)
    held = RoleHolding.objects.filter(live(at), person=person, role__in=OF_A_PLACE)
    for key in list(held.values_list("pk", flat=True)):
        lapsing.end(RoleHolding, key, by=by, at=at)
    rights.move(person, Department.objects.get(code=mover.to), by=by, at=at)
    review_decisions.close_ended(person.pk, by=by, at=at)


def _facts(row: HrFile, found: Diff) -> dict[str, object]:
    return {
        "file": str(row.pk),
        "file_sha256": row.sha256,
        "rows": len(row.rows),
        "leavers": len(found.leavers),
        "movers": len(found.movers),
        "unknown": len(found.unknown),
    }
