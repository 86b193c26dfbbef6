"""What the pages of decisions receive: frozen, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from approvals import queries, registry
from approvals.models import APPROVE, Proposal, Signature
from approvals.reasons import Reasons
from approvals.registry import Line
from approvals.rules import WAITING, state
from approvals.words import STATES
from staff.models import Enrolment, Person
from trail.actor import Actor

LATE = 0.25
"""A proposal with less than this share of its time left is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """One proposal in a list."""

    id: UUID
    name: str
    about: str
    proposer: str
    proposed_at: datetime
    expires_at: datetime
    state: str
    state_words: str
    late: bool
    hash: str

    @classmethod
    def of_all(cls, proposals: Iterable[Proposal], at: datetime) -> "list[ProposalLine]":
        """Put proposals in words; the people are fetched in one query."""
        rows = list(proposals)
        people = names_of({row.proposer_id for row in rows})
        return [cls.of(row, people, about, at) for row, about in zip(rows, queries.about(rows), strict=True)]

    @classmethod
    def of(cls, row: Proposal, people: dict[UUID, str], about: str, at: datetime) -> "ProposalLine":
        """Put one proposal in words."""
        now = state(row, at)
        left, whole = row.expires_at - at, row.expires_at - row.proposed_at
        return cls(
            id=row.pk,
            name=str(registry.get(row.kind).name),
            about=about,
            proposer=people.get(row.proposer_id, row.proposer_number),
            proposed_at=row.proposed_at,
            expires_at=row.expires_at,
            state=now,
            state_words=str(STATES[now]),
            late=now == WAITING and left < whole * LATE,
            hash=row.content_hash,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """One signature."""

    name: str
    stood_in_for: str
    approved: bool
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatShown:
    """One seat that is still open, and who may fill it."""

    words: str
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionShown:
    """One proposal on its page."""

    line: ProposalLine
    lines: list[Line]
    reason: str
    hash: str
    answers: list[AnswerShown]
    seats: list[SeatShown]
    may_sign: bool
    may_withdraw: bool
    steps_up: bool
    gets_link: bool
    gets_code: bool
    may_send: bool

    def __repr__(self) -> str:
        return f"<decision {self.line.id}>"


def decision_shown(proposal: Proposal, why: Reasons, actor: Actor, at: datetime) -> DecisionShown:
    """Put a proposal with its people and its open answer in words."""
    signatures = list(proposal.signatures.all())
    represented = {one.stands_in_for for one in signatures if one.stands_in_for}
    people = names_of({proposal.proposer_id, *(one.signer_id for one in signatures), *represented})
    line = ProposalLine.of(proposal, people, queries.about([proposal])[0], at)
    made = Enrolment.objects.open(at).filter(proposal=proposal.pk).first()
    by_hand = made is not None and not made.mail_to
    return DecisionShown(
        line=line,
        lines=queries.lines(proposal),
        reason=why.proposed,
        hash=proposal.content_hash,
        answers=[
            AnswerShown(
                name=people.get(one.signer_id, one.signer_number),
                stood_in_for=people.get(one.stands_in_for, "") if one.stands_in_for else "",
                approved=one.answer == APPROVE,
                at=one.at,
                reason=(why.answers or {}).get(one.pk, ""),
            )
            for one in signatures
        ],
        seats=[
            SeatShown(
                words=str(one.seat.words), people=gettext(", ").join(str(person) for person in one.people)
            )
            for one in queries.waiting_for(proposal, at)
        ],
        may_sign=queries.may_sign(actor, proposal, at),
        may_withdraw=line.state == WAITING and proposal.proposer_id == actor.id,
        steps_up=registry.get(proposal.kind).step_up,
        gets_link=by_hand and made is not None and made.link_for == actor.id,
        gets_code=by_hand and made is not None and made.code_for == actor.id,
        may_send=made is not None and bool(made.mail_to) and proposal.proposer_id == actor.id,
    )


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return staff number and name by id, in one query."""
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=list(ids))}


def signers_of(proposals: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return who approved each of these proposals, in the order in which they signed; two queries."""
    rows = list(Signature.objects.filter(proposal__in=list(proposals), answer=APPROVE).order_by("at"))
    people = names_of({row.signer_id for row in rows})
    signed: dict[UUID, tuple[str, ...]] = {}
    for row in rows:
        name = people.get(row.signer_id, row.signer_number)
        signed[row.proposal_id] = (*signed.get(row.proposal_id, ()), name)
    return signed
