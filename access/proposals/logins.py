"""Proposals about logging in: a new password, a new second factor, the end of a freeze."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from access.proposals import subjects
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line
from staff.events import UNFROZEN
from staff.models import Enrolment, Freeze, Person
from staff.models.enrolments import ENROL, FACTOR, PASSWORD
from staff.models.rights import frozen_at
from staff.services import enrolments, sessions
from trail import services as trail
from trail.actor import Actor


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


KINDS = (
    subjects.kind_of_right(
        "password.reset",
        _("Reset a password"),
        check=check_reset,
        apply=apply_password_reset,
        describe=describe_reset,
    ),
    subjects.kind_of_right(
        "factor.reset",
        _("Reset a second factor"),
        check=check_reset,
        apply=apply_factor_reset,
        describe=describe_reset,
    ),
    subjects.kind_of_right(
        "freeze.undo",
        _("Undo a freeze"),
        permission="person.unfreeze_propose",
        check=check_unfreeze,
        apply=apply_unfreeze,
        describe=describe_unfreeze,
    ),
)
