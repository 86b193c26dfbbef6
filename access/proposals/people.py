"""Proposals about somebody who is here already: a move to another department, a mail address, an end."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, Seat
from staff import queries
from staff.events import PERSON_CHANGED
from staff.models import Person
from trail import services as trail
from trail.actor import Actor


def check_move(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a move that could not be made."""
    subjects.insist_not_self(content, by)
    insist_move(subjects.subject(content), content, at)


def insist_move(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can move there now."""
    subjects.insist_working(person, at)
    if subjects.department(content["department"]).pk == person.department_id:
        raise CannotApply("held_already", number=person.number)


def seats_move(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head of the department that receives the person."""
    joined = subjects.department(content["department"])
    return subjects.head_seat(queries.signers_for_department(joined.pk, at, never={UUID(content["person"])}))


def apply_move(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Person:
    """Move the person; headships, portfolios and single customers of the old place end (S0-31)."""
    from access.services import review_decisions, rights

    person = subjects.subject(content, locked=True)
    insist_move(person, content, at)
    to = subjects.department(content["department"])
    rights.move(person, to, proposal=str(proposal.pk), by=by, at=at)
    review_decisions.close_ended(person.pk, by=by, at=at)
    return person


def describe_move(content: Content) -> list[Line]:
    """Say from where to where, and what ends with it."""
    moving = subjects.subject(content)
    there = str(subjects.department(content["department"]))
    return [
        subjects.line_of(content),
        Line(_("Department"), before=str(moving.department), after=there),
        Line(_("Headships, portfolios, single customers"), after=_("end with the move")),
    ]


def check_change(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be made."""
    subjects.insist_not_self(content, by)
    insist_change(subjects.subject(content), content, at)


def insist_change(person: Person, content: Content, at: datetime) -> None:
    """Insist that mail address and end are sound, and differ from today's."""
    until = parse_datetime(content["valid_until"]) if content["valid_until"] else None
    if until is not None and until <= at:
        raise CannotApply("over_already")
    if person.left_at is not None:
        raise CannotApply("not_working", number=person.number)
    if (person.email, person.valid_until) == (content["email"], until):
        raise CannotApply("held_already", number=person.number)
    person.email, person.valid_until = content["email"], until
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as problem:
        raise CannotApply("bad_person", fields=sorted(problem.message_dict)) from None


def apply_change(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Person:
    """Change where enrolment links go, or how long the account is valid."""
    person = subjects.subject(content, locked=True)
    insist_change(person, content, at)
    person.save(update_fields=["email", "valid_until"])
    facts = {"person": str(person.pk), "proposal": str(proposal.pk)}
    trail.record(PERSON_CHANGED, by=by, at=at, facts=facts)
    return person


def describe_change(content: Content) -> list[Line]:
    """Say what changes."""
    today = subjects.subject(content)
    return [
        subjects.line_of(content),
        Line(_("Mail address for the enrolment link"), before=today.email, after=content["email"]),
        Line(
            _("Valid until"),
            before=subjects.moment(today.valid_until),
            after=subjects.moment(content["valid_until"]),
        ),
    ]


KINDS = (
    subjects.kind_of_right(
        "person.move",
        _("Move to another department"),
        check=check_move,
        seats=seats_move,
        apply=apply_move,
        describe=describe_move,
    ),
    subjects.kind_of_right(
        "person.change",
        _("Change mail address or end of an account"),
        check=check_change,
        apply=apply_change,
        describe=describe_change,
    ),
)
