"""Proposals of what somebody is to be: a role, a headship."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line
from staff import queries, roles
from staff.events import HEADSHIP_GIVEN, ROLE_GIVEN
from staff.models import Headship, Person, RoleHolding
from staff.models.rights import live
from staff.services import lapsing
from trail import services as trail
from trail.actor import Actor


def check_role(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a role that could not be given."""
    person = subjects.subject(content)
    subjects.insist_not_self(content, by)
    try:
        insist_role(person, content["role"], at)
    except CannotApply as problem:
        if problem.code == "conflicting_roles":
            subjects.record_conflict(content["person"], [content["role"]], by=by, at=at)
        raise


def insist_role(person: Person, role: str, at: datetime) -> None:
    """Insist that this person can be given this role now."""
    subjects.insist_working(person, at)
    if role not in roles.GIVEN:
        raise CannotApply("unknown_role")
    held = queries.roles_of(person, at)
    if role in held:
        raise CannotApply("held_already", number=person.number)
    subjects.insist_no_conflict(held, [role], person.number)


def apply_role(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> RoleHolding:
    """Give the role, with the person's row locked."""
    person = subjects.subject(content, locked=True)
    insist_role(person, content["role"], at)
    until = parse_datetime(content["until"]) if content.get("until") else None
    return give_role(person, content["role"], proposal=proposal, by=by, at=at, until=until)


def give_role(
    person: Person, role: str, *, proposal: Proposal, by: Actor, at: datetime, until: datetime | None = None
) -> RoleHolding:
    """Write the holding; the database refuses a conflict once more."""
    lapsing.end_lapsed(person.pk, by=by, at=at)
    try:
        with transaction.atomic():
            held = RoleHolding.objects.create(
                person=person, role=role, since=at, until=until, proposal=proposal.pk
            )
    except IntegrityError:
        raise CannotApply("conflicting_roles", number=person.number, one=role, other="") from None
    facts = {"person": str(person.pk), "role": role, "proposal": str(proposal.pk)}
    trail.record(ROLE_GIVEN, by=by, at=at, facts=facts)
    return held


def describe_role(content: Content) -> list[Line]:
    """Say which role is added to which."""
    return [
        subjects.line_of(content),
        Line(_("Role"), after=str(roles.NAMES[content["role"]])),
        Line(_("Until"), after=subjects.moment(content.get("until"))),
    ]


def check_headship(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a headship that could not be given."""
    subjects.insist_not_self(content, by)
    person = subjects.subject(content)
    try:
        insist_headship(person, content, at)
    except CannotApply as problem:
        if problem.code == "conflicting_roles":
            subjects.record_conflict(content["person"], [roles.HEAD], by=by, at=at)
        raise


def insist_headship(person: Person, content: Content, at: datetime) -> None:
    """Insist that this person can lead this department now."""
    led = subjects.department(content["department"])
    subjects.insist_working(person, at)
    if Headship.objects.filter(live(at), person=person, department=led).exists():
        raise CannotApply("held_already", number=person.number)
    subjects.insist_no_conflict(queries.roles_of(person, at), [roles.HEAD], person.number)


def apply_headship(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Headship:
    """Give the headship, with the person's row locked."""
    person = subjects.subject(content, locked=True)
    insist_headship(person, content, at)
    led = subjects.department(content["department"])
    lapsing.end_lapsed(person.pk, by=by, at=at)
    try:
        with transaction.atomic():
            held = Headship.objects.create(person=person, department=led, since=at, proposal=proposal.pk)
    except IntegrityError:
        raise CannotApply("conflicting_roles", number=person.number, one=roles.HEAD, other="") from None
    facts = {"person": str(person.pk), "department": led.code, "proposal": str(proposal.pk)}
    trail.record(HEADSHIP_GIVEN, by=by, at=at, facts=facts)
    return held


def describe_headship(content: Content) -> list[Line]:
    """Say who is to lead what."""
    led = str(subjects.department(content["department"]))
    return [subjects.line_of(content), Line(_("Leads"), after=led)]


KINDS = (
    subjects.kind_of_right(
        "role.give", _("Give a role"), check=check_role, apply=apply_role, describe=describe_role
    ),
    subjects.kind_of_right(
        "headship.give",
        _("Give a headship"),
        check=check_headship,
        apply=apply_headship,
        describe=describe_headship,
    ),
)
