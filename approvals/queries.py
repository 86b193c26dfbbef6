"""What waits for whom, and what became of what somebody proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from approvals import registry
from approvals.models import Proposal, Signature
from approvals.registry import Line, Seat
from approvals.rules import WAITING, open_seats, state
from approvals.seats import seats_of, seats_of_all
from staff.models import Person
from staff.permissions import may
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open seat with the people who may fill it, for display."""

    seat: Seat
    people: tuple[Person, ...]


def inbox(actor: Actor, at: datetime) -> list[Proposal]:
    """Return the proposals that this actor can sign now, oldest first."""
    waiting = [
        one
        for one in Proposal.objects.waiting(at).prefetch_related("signatures").order_by("proposed_at")
        if _has_no_part(actor, one)
    ]
    seats = seats_of_all(waiting, at)
    return [one for one in waiting if _fills(actor, open_seats(one, seats[one.pk]))]


def may_sign(actor: Actor, proposal: Proposal, at: datetime) -> bool:
    """Return whether a signature of this actor would count now."""
    if not _has_no_part(actor, proposal) or state(proposal, at) != WAITING:
        return False
    seats = seats_of(registry.get(proposal.kind), proposal.content, at)
    return _fills(actor, open_seats(proposal, seats))


def _has_no_part(actor: Actor, proposal: Proposal) -> bool:
    """Tell whether the actor neither asked nor has answered."""
    asked = proposal.proposer_id == actor.id and not registry.get(proposal.kind).proposer_may_sign
    answered = any(one.signer_id == actor.id for one in proposal.signatures.all())
    return actor.id is not None and not asked and not answered


def _fills(actor: Actor, seats: Sequence[Seat]) -> bool:
    return any(actor.id in seat.eligible for seat in seats)


@dataclass(frozen=True, slots=True)
class TakenPart:
    """What somebody has to do with: their own proposals, and those they answered; newest first."""

    proposed: tuple[Proposal, ...] = ()
    answered: tuple[Proposal, ...] = ()


def taken_part(actor: Actor, *, limit: int = 50) -> TakenPart:
    """Return the newest proposals that this actor made and those they answered; two queries."""
    if actor.id is None:
        return TakenPart()
    proposed = Proposal.objects.filter(proposer_id=actor.id).values("pk")[:limit]
    answered = Proposal.objects.filter(
        pk__in=Signature.objects.filter(signer_id=actor.id).values("proposal")
    ).values("pk")[:limit]
    rows = Proposal.objects.filter(Q(pk__in=proposed) | Q(pk__in=answered)).prefetch_related("signatures")
    return TakenPart(
        tuple(row for row in rows if row.proposer_id == actor.id),
        tuple(row for row in rows if any(one.signer_id == actor.id for one in row.signatures.all())),
    )


def waiting_for(proposal: Proposal, at: datetime) -> list[Waiting]:
    """Return the open seats and who may fill them; empty once the proposal is over."""
    if state(proposal, at) != WAITING:
        return []
    kind = registry.get(proposal.kind)
    seats = open_seats(proposal, seats_of(kind, proposal.content, at))
    barred = set() if kind.proposer_may_sign else {proposal.proposer_id}
    barred |= {one.signer_id for one in proposal.signatures.all()}
    wanted = {one for seat in seats for one in seat.eligible} - barred
    people = {one.pk: one for one in Person.objects.filter(pk__in=wanted)}
    return [
        Waiting(seat, tuple(sorted((people[one] for one in seat.eligible - barred), key=str)))
        for seat in seats
    ]


def visible(actor: Actor, id: UUID, at: datetime) -> Proposal | None:
    """Return a proposal that this actor has to do with (proposed, signed, may sign) or may read; None otherwise."""
    found = Proposal.objects.filter(pk=id).prefetch_related("signatures").first()
    if found is None:
        return None
    involved = found.proposer_id == actor.id or any(s.signer_id == actor.id for s in found.signatures.all())
    return found if involved or may(actor, "people.read") or may_sign(actor, found, at) else None


def lines(proposal: Proposal) -> list[Line]:
    """Return a proposal as people read it."""
    return list(registry.get(proposal.kind).describe(proposal.content))


def about(proposals: Sequence[Proposal]) -> list[str]:
    """Return in a few words what each proposal is about; kinds that can tell of many at once are asked once."""
    told: dict[UUID, str] = {}
    for code in {one.kind for one in proposals}:
        rows, many = [one for one in proposals if one.kind == code], registry.get(code).about_many
        if many is not None:
            told.update(zip([row.pk for row in rows], many([row.content for row in rows]), strict=True))
    return [
        told[one.pk] if one.pk in told else " · ".join(str(line.after) for line in lines(one)[:2])
        for one in proposals
    ]


def history_of(person: UUID) -> list[Proposal]:
    """Return the proposals whose content names this person, newest first."""
    about = Q(content__person=str(person))
    return list(Proposal.objects.filter(about).prefetch_related("signatures"))
