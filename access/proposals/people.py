"""Proposals about who somebody is and what they may be: new person, role, headship, move, resets, end of a freeze.

A security manager proposes; the head of the person's department signs (`staff.queries.signers_for_person`).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from access.proposals.reach import portfolio
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from customers.services import placing
from staff import queries, roles
from staff.events import HEADSHIP_GIVEN, MOVED, PERSON_CHANGED, PERSON_MADE, ROLE_GIVEN, UNFROZEN
from staff.models import Enrolment, Freeze, Headship, Person, RoleHolding
from staff.models.enrolments import ENROL, FACTOR, PASSWORD
from staff.models.rights import frozen_at, live
from staff.services import enrolments, sessions
from trail import services as trail
from trail.actor import Actor

MONTH = timedelta(days=30)


def check_person(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a person who could not be set up."""
    subjects.department(content["department"])
    if set(content["roles"]) - set(roles.GIVEN):
        raise CannotApply("unknown_role")
    try:
        subjects.insist_no_conflict((), content["roles"], content["number"])
    except CannotApply:
        subjects.record_conflict("", content["roles"], by=by, at=at)
        raise
    if Person.objects.filter(number__iexact=content["number"], left_at__isnull=True).exists():
        raise CannotApply("number_taken", number=content["number"])
    until = parse_datetime(content["valid_until"]) if content["valid_until"] else None
    if until is not None and until <= at:
        raise CannotApply("over_already")
    for code in content["portfolios"]:
        portfolio(code)
    try:
        Person(
            number=content["number"], name=content["name"], email=content["email"], joined_at=at
        ).clean_fields(exclude=["department", "password"])
    except ValidationError as problem:
        raise CannotApply("bad_person", fields=sorted(problem.message_dict)) from None


def seats_person(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head of the department that the person joins."""
    joined = subjects.department(content["department"])
    return subjects.head_seat(queries.signers_for_department(joined.pk, at))


def apply_person(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Enrolment:
    """Set a person up completely: account, roles, portfolios, enrolment; or nothing at all."""
    check_person(content, by, at)
    try:
        with transaction.atomic():
            made = Person.objects.create_user(
                content["number"],
                content["name"],
                email=content["email"],
                department=subjects.department(content["department"]),
                joined_at=at,
                valid_until=parse_datetime(content["valid_until"]) if content["valid_until"] else None,
            )
    except IntegrityError:
        raise CannotApply("number_taken", number=content["number"]) from None
    facts = {"person": str(made.pk), "number": made.number, "proposal": str(proposal.pk)}
    trail.record(PERSON_MADE, by=by, at=at, facts=facts)
    for role in sorted(content["roles"]):
        give_role(made, role, proposal=proposal, by=by, at=at)
    for code in content["portfolios"]:
        placing.give_portfolio(portfolio=code, person=made.pk, by=by, at=at, request=str(proposal.pk))
    return issue(made, ENROL, mail_to=content["email"], proposal=proposal, by=by, at=at)


def describe_person(content: Content) -> list[Line]:
    """Say who joins, as what, with which book of customers."""
    return [
        Line(_("Staff number"), after=content["number"]),
        Line(_("Name"), after=content["name"]),
        Line(_("Department"), after=str(subjects.department(content["department"]))),
        Line(_("Roles"), after=subjects.words_of(content["roles"])),
        Line(_("Portfolios"), after="、".join(content["portfolios"])),
        Line(
            _("Enrolment link goes to"), after=content["email"] or _("the proposer, and a code to the signer")
        ),
        Line(_("Valid until"), after=content["valid_until"] or _("no end")),
    ]


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
    until = content.get("until") or _("no end")
    return [
        subjects.line_of(content),
        Line(_("Role"), after=str(roles.NAMES[content["role"]])),
        Line(_("Until"), after=until),
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
    from access.services.rights import end_reach

    person = subjects.subject(content, locked=True)
    insist_move(person, content, at)
    former = person.department.code
    Headship.objects.filter(live(at), person=person).update(until=at)
    end_reach(person, by=by, at=at)
    person.department = subjects.department(content["department"])
    person.moved_at = at
    person.save(update_fields=["department", "moved_at"])
    facts = {
        "person": str(person.pk),
        "from": former,
        "to": person.department.code,
        "proposal": str(proposal.pk),
    }
    trail.record(MOVED, by=by, at=at, facts=facts)
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
    until = today.valid_until.isoformat() if today.valid_until else str(_("no end"))
    return [
        subjects.line_of(content),
        Line(_("Mail address for the enrolment link"), before=today.email, after=content["email"]),
        Line(_("Valid until"), before=until, after=content["valid_until"] or _("no end")),
    ]


def check_reset(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a reset for somebody who does not work here, or for oneself."""
    subjects.insist_not_self(content, by)
    subjects.insist_working(subjects.subject(content), at)


def apply_password_reset(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Enrolment:
    """End the password and every session, and issue a link to set a new one."""
    person = subjects.subject(content, locked=True)
    subjects.insist_working(person, at)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    sessions.end_all(person.pk)
    # A person who never enrolled gets the whole enrolment again.
    never = person.password_set_at is None
    return issue(person, ENROL if never else PASSWORD, mail_to=person.email, proposal=proposal, by=by, at=at)


def apply_factor_reset(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Enrolment:
    """End every factor and session, and issue a link to set a new factor."""
    person = subjects.subject(content, locked=True)
    subjects.insist_working(person, at)
    Authenticator.objects.filter(user=person).delete()
    sessions.end_all(person.pk)
    never = person.password_set_at is None
    return issue(person, ENROL if never else FACTOR, mail_to=person.email, proposal=proposal, by=by, at=at)


def describe_reset(content: Content) -> list[Line]:
    """Say whose login is reset, and where the link goes."""
    mail = subjects.subject(content).email
    return [
        subjects.line_of(content),
        Line(_("Enrolment link goes to"), after=mail or _("the proposer, and a code to the signer")),
    ]


def issue(
    person: Person, purpose: str, *, mail_to: str, proposal: Proposal, by: Actor, at: datetime
) -> Enrolment:
    """Issue an enrolment: by mail, or the link for the proposer and the code for the signer."""
    return enrolments.issue(
        person,
        purpose,
        by=by,
        at=at,
        mail_to=mail_to,
        link_for=proposal.proposer_id,
        code_for=by.id,
        proposal=proposal.pk,
    )


def check_unfreeze(content: Content, by: Actor, at: datetime) -> None:
    """Refuse where nothing is frozen."""
    subjects.insist_not_self(content, by)
    _frozen(content, at)


def apply_unfreeze(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Freeze:
    """End the freeze that was signed for."""
    subjects.subject(content, locked=True)
    row = _frozen(content, at)
    row.until, row.proposal = at, proposal.pk
    row.save(update_fields=["until", "proposal"])
    facts = {"person": content["person"], "proposal": str(proposal.pk)}
    trail.record(UNFROZEN, by=by, at=at, facts=facts)
    return row


def _frozen(content: Content, at: datetime) -> Freeze:
    row = Freeze.objects.filter(
        frozen_at(at), pk=content["freeze"], person_id=UUID(content["person"])
    ).first()
    if row is None:
        raise CannotApply("not_frozen")
    return row


def describe_unfreeze(content: Content) -> list[Line]:
    """Say whose freeze ends."""
    return [subjects.line_of(content), Line(_("State"), before=_("frozen"), after=_("works again"))]


def _kind(code: str, name: Any, **parts: Any) -> ProposalKind:
    return ProposalKind(
        code=code,
        name=name,
        **{"permission": "people.propose", "lifetime": MONTH, "seats": subjects.seats_for_person, **parts},
    )


KINDS = (
    _kind(
        "person.new",
        _("New person"),
        check=check_person,
        seats=seats_person,
        apply=apply_person,
        describe=describe_person,
    ),
    _kind("role.give", _("Give a role"), check=check_role, apply=apply_role, describe=describe_role),
    _kind(
        "headship.give",
        _("Give a headship"),
        check=check_headship,
        apply=apply_headship,
        describe=describe_headship,
    ),
    _kind(
        "person.move",
        _("Move to another department"),
        check=check_move,
        seats=seats_move,
        apply=apply_move,
        describe=describe_move,
    ),
    _kind(
        "person.change",
        _("Change mail address or end of an account"),
        check=check_change,
        apply=apply_change,
        describe=describe_change,
    ),
    _kind(
        "password.reset",
        _("Reset a password"),
        check=check_reset,
        apply=apply_password_reset,
        describe=describe_reset,
    ),
    _kind(
        "factor.reset",
        _("Reset a second factor"),
        check=check_reset,
        apply=apply_factor_reset,
        describe=describe_reset,
    ),
    _kind(
        "freeze.undo",
        _("Undo a freeze"),
        permission="person.unfreeze_propose",
        check=check_unfreeze,
        apply=apply_unfreeze,
        describe=describe_unfreeze,
    ),
)
