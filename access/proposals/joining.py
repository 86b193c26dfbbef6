"""The proposal of a new person, complete: account, roles, portfolios and the enrolment link, in one signature."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from access.proposals.holdings import give_role
from access.proposals.logins import issue
from access.proposals.reach import portfolio
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, Seat
from customers.services import placing
from staff import queries, roles
from staff.events import PERSON_MADE
from staff.models import Enrolment, Person
from staff.models.enrolments import ENROL
from trail import services as trail
from trail.actor import Actor


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
                is_demo=settings.DEMO,  # or the demo, which is for demo people only, would not start again
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
        Line(_("Full name"), after=content["name"]),
        Line(_("Department"), after=str(subjects.department(content["department"]))),
        Line(_("Roles"), after=subjects.words_of(content["roles"])),
        Line(_("Portfolios"), after=gettext(", ").join(content["portfolios"])),
        Line(
            _("Enrolment link goes to"), after=content["email"] or _("the proposer, and a code to the signer")
        ),
        Line(_("Valid until"), after=subjects.moment(content["valid_until"])),
    ]


KINDS = (
    subjects.kind_of_right(
        "person.new",
        _("New person"),
        check=check_person,
        seats=seats_person,
        apply=apply_person,
        describe=describe_person,
    ),
)
