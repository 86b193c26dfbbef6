"""Proposals about working hours: of the whole house, or of one department that works at other times (S0-41)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind
from audit import events
from audit.models import WorkingHours
from audit.models.thresholds import MINUTES_OF_A_DAY
from audit.proposals.signers import guards
from staff.models import Department
from trail import services as trail
from trail.actor import Actor

KIND = "audit.working_hours"
STEP = 30
NUMBERS = ("opens", "closes", "every_day")


def content_of(department: str, *, opens: int, closes: int, every_day: bool, at: datetime) -> dict[str, Any]:
    """Return the canonical content of a change, with the version in force that it supersedes (or 0)."""
    current = WorkingHours.objects.in_force(at).filter(department=department).first()
    return {
        "department": department,
        "opens": opens,
        "closes": closes,
        "every_day": every_day,
        "supersedes": current.number if current else 0,
        "today": said(current) if current else "",
    }


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be applied, and one that changes nothing."""
    _insist_sound(content)
    current = _current(content, at)
    if current is not None and all(getattr(current, name) == content[name] for name in NUMBERS):
        raise CannotApply("nothing_changes")


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> WorkingHours:
    """Put the signed hours in force: end the version that they supersede, start the next."""
    _insist_sound(content)
    current = _current(content, at, locked=True)
    if current is not None:
        current.until = at
        current.save(update_fields=["until"])
    made = WorkingHours.objects.create(
        department=content["department"],
        number=content["supersedes"] + 1,
        since=at,
        proposal=proposal.pk,
        **{name: content[name] for name in NUMBERS},
    )
    facts = {"department": made.department, "version": made.number, "proposal": str(proposal.pk)}
    trail.record(events.WORKING_HOURS_CHANGED, by=by, at=at, facts=facts)
    return made


def describe(content: Content) -> list[Line]:
    """Show the hours, today's against what is asked."""
    asked = WorkingHours(**{name: content[name] for name in NUMBERS})
    return [
        Line(_("department"), after=content["department"] or _("the whole house")),
        Line(_("working hours"), before=content["today"], after=said(asked)),
    ]


def said(hours: WorkingHours) -> str:
    """Put hours as people write them, with "7/7" where days off are worked as well."""
    return f"{clock(hours.opens)}–{clock(hours.closes)}{' 7/7' if hours.every_day else ''}"


def clock(minutes: int) -> str:
    """Put minutes of a day as a time."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _insist_sound(content: Content) -> None:
    opens, closes = content["opens"], content["closes"]
    on_half_hours = opens % STEP == 0 and closes % STEP == 0
    if not on_half_hours or opens == closes or not (0 <= opens < MINUTES_OF_A_DAY >= closes >= 0):
        raise CannotApply("hours_bad")
    department = content["department"]
    if department and not Department.objects.filter(code=department, active=True).exists():
        raise CannotApply("unknown_department", department=department)


def _current(content: Content, at: datetime, *, locked: bool = False) -> WorkingHours | None:
    """:raises CannotApply: another change came between."""
    rows = WorkingHours.objects.in_force(at).filter(department=content["department"])
    current = (rows.select_for_update() if locked else rows).first()
    if (current.number if current else 0) != content["supersedes"]:
        raise CannotApply("changed_meanwhile")
    return current


CHANGE = ProposalKind(
    code=KIND,
    name=_("Change of working hours"),
    seats=guards,
    apply=apply,
    describe=describe,
    check=check,
    permission="detectors.propose",
    lifetime=timedelta(days=14),
)
