"""Stand-ins with dates: a signer names who signs meanwhile, and whoever signs for the signer agrees to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals import events, services
from approvals.models import Proposal, StandIn
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from staff import queries as staff
from staff.models import Person
from staff.roles import HEAD, OFFICER, SUPERVISOR
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

KIND = "stand_in.name"
LONGEST = timedelta(days=92)
SIGNERS = frozenset({HEAD, OFFICER})
ABLE = frozenset({SUPERVISOR, HEAD, OFFICER})
"""Whoever stands in answers for people already; no agent signs for a head."""


def propose_stand_in(
    number: str, *, since: datetime, until: datetime, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose who signs for the actor from `since` to `until`.

    :param number: the staff number of the stand-in.
    :raises CannotApply: unknown_person, not_working, never_yourself, not_a_signer, bad_period.
    """
    found = Person.objects.filter(number__iexact=number.strip(), left_at__isnull=True).first()
    if found is None:
        raise CannotApply("unknown_person")
    content = {
        "person": str(by.id),
        "stand_in": str(found.pk),
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    return services.propose(KIND, content=content, reason_text=reason, by=by, at=at)


def end(id: int, *, by: Actor, at: datetime) -> StandIn:
    """End a stand-in at once; the person stood in for, or whoever signs for them, may.

    :raises StandIn.DoesNotExist: there is none in force.
    :raises NotAllowed: somebody else's.
    """
    with transaction.atomic():
        row = StandIn.objects.live(at).select_for_update(of=("self",)).select_related("person").get(pk=id)
        if by.id != row.person_id and by.id not in staff.signers_for_person(row.person, at):
            raise NotAllowed("stand_in.end")
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        facts = {"person": str(row.person_id), "stand_in": str(row.stand_in_id)}
        trail.record(events.STAND_IN_ENDED, by=by, at=at, facts=facts)
    return row


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse what could not be applied, and anybody who names a stand-in for somebody else."""
    if content["person"] != str(by.id):
        raise CannotApply("not_a_signer", number=by.number)
    _insist(content, at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> StandIn:
    """Put the stand-in in force."""
    person, stand_in = _insist(content, at)
    made = StandIn.objects.create(
        person=person,
        stand_in=stand_in,
        since=datetime.fromisoformat(content["since"]),
        until=datetime.fromisoformat(content["until"]),
        proposal=proposal.pk,
    )
    facts = {name: content[name] for name in ("person", "stand_in", "since", "until")}
    trail.record(events.STAND_IN_NAMED, by=by, at=at, facts=facts)
    return made


def seats(content: Content, at: datetime) -> Sequence[Seat]:
    """Whoever signs for the person agrees; the stand-in does not."""
    person = Person.objects.filter(pk=UUID(content["person"])).first()
    signers = staff.signers_for_person(person, at) if person else frozenset()
    return [Seat("head", signers - {UUID(content["stand_in"])}, _("Who signs for the person"))]


def describe(content: Content) -> Sequence[Line]:
    """Say who signs for whom, and for how long."""
    people = {str(one.pk): str(one) for one in Person.objects.filter(pk__in=_people(content))}
    return [
        Line(_("Stands in"), after=people.get(content["stand_in"], "")),
        Line(_("For"), after=people.get(content["person"], "")),
        Line(_("From"), after=_stamp(content["since"])),
        Line(_("Until"), after=_stamp(content["until"])),
    ]


def _people(content: Content) -> list[UUID]:
    return [UUID(content["person"]), UUID(content["stand_in"])]


def _insist(content: Content, at: datetime) -> tuple[Person, Person]:
    since, until = (datetime.fromisoformat(content[name]) for name in ("since", "until"))
    if not since < until <= since + LONGEST or until <= at:
        raise CannotApply("bad_period")
    one, other = _people(content)
    if one == other:
        raise CannotApply("never_yourself")
    found = {person.pk: person for person in Person.objects.filter(pk__in=(one, other))}
    for id, roles in ((one, SIGNERS), (other, ABLE)):
        if id not in found:
            raise CannotApply("unknown_person")
        if staff.person_state(found[id], at) != staff.WORKING:
            raise CannotApply("not_working", number=found[id].number)
        if not staff.roles_of(id, at) & roles:
            raise CannotApply("not_a_signer", number=found[id].number)
    return found[one], found[other]


def _stamp(written: str) -> str:
    return timezone.localtime(datetime.fromisoformat(written)).strftime("%Y-%m-%d %H:%M")


NAME = ProposalKind(
    code=KIND,
    name=_("Stand-in"),
    seats=seats,
    apply=apply,
    describe=describe,
    check=check,
    permission="stand_in.propose",
    lifetime=timedelta(days=14),
)
