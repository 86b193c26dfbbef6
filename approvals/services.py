"""Propose, approve, refuse, withdraw. The two-person rule, written once for the whole house.

Whoever proposes does not sign; each person signs once; every signature is bound to the hash of what that person saw.
The last signature that was missing carries the act out in the same transaction. Refusals of signatures are recorded,
and raised only after their record is on disk.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from approvals import events, registry
from approvals.models import APPROVE, REFUSE, Proposal, Signature
from approvals.registry import CannotApply, Content, ProposalKind, Seat
from approvals.rules import WAITING, open_seats, state
from approvals.seats import seats_of
from files.services import put_text
from staff import step_up
from staff.permissions import may
from staff.services.notifications import notify
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor
from trail.vocabulary import EventKind


class NotSigned(Exception):
    """The signature does not count; `code` says why.

    own, not_yours, signed_already, over, changed, cannot_apply.
    """

    def __init__(self, code: str, problem: CannotApply | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


class NobodyCanSign(Exception):
    """A seat has nobody who could fill it, so the proposal could never be carried out."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat.code)
        self.seat = seat


@dataclass(frozen=True, slots=True)
class Outcome:
    """A signature that counted; `applied` tells whether it was the last one needed, `result` what the act returned."""

    proposal: Proposal
    applied: bool
    result: object = None


def hash_of(kind: str, content: Content) -> str:
    """Return the hash that signatures are bound to: SHA-256 of the canonical JSON of kind and content."""
    written = json.dumps([kind, content], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(written.encode()).hexdigest()


def propose(
    kind: str, *, content: Mapping[str, Any], reason_text: str = "", by: Actor, at: datetime
) -> Proposal:
    """Lay an act before those who must sign it.

    :raises staff.services.people.NotAllowed: without the permission of this kind.
    :raises staff.step_up.StepUpNeeded: the kind wants a fresh second factor.
    :raises approvals.registry.CannotApply: it could not be carried out as things stand.
    :raises NobodyCanSign: a seat has nobody.
    """
    what = registry.get(kind)
    if by.id is None or (what.permission and not may(by, what.permission)):
        raise NotAllowed(what.permission)
    if what.step_up and what.asking_steps_up:
        step_up.require(by, at=at)
    plain = json.loads(json.dumps(content))
    what.check(plain, by, at)
    seats = _fillable(what, seats_of(what, plain, at), by)
    signers = frozenset().union(*(seat.eligible for seat in seats)) - {by.id}
    with transaction.atomic():
        made = Proposal.objects.create(
            kind=kind,
            content=plain,
            content_hash=hash_of(kind, plain),
            proposer_id=by.id,
            proposer_number=by.number,
            proposed_at=at,
            expires_at=at + what.lifetime,
            reason=_sealed(reason_text, by=by, at=at, readers=signers),
        )
        trail.record(events.PROPOSED, by=by, at=at, facts=_facts(made) | {"hash": made.content_hash})
        notify(signers, "proposal_waits", params={"kind": kind}, link=_link(made), at=at)
    return made


def approve(id: UUID, *, seen_hash: str, by: Actor, at: datetime) -> Outcome:
    """Sign a proposal; the last signature needed carries it out.

    :raises staff.step_up.StepUpNeeded: the kind wants a fresh second factor.
    :raises NotSigned: see its codes; the refusal is recorded.
    """
    try:
        return _signed(id, APPROVE, seen_hash, "", by=by, at=at)
    except CannotApply as problem:
        # The act failed, so the signature went with it; that it was tried stays on record.
        proposal = Proposal.objects.get(pk=id)
        trail.record(events.SIGNING_REFUSED, by=by, at=at, facts=_facts(proposal) | {"why": problem.code})
        raise NotSigned("cannot_apply", problem) from problem
    except IntegrityError:
        raise NotSigned("signed_already") from None


def refuse(id: UUID, *, reason: str, by: Actor, at: datetime) -> Outcome:
    """Refuse a proposal with a reason; that ends it.

    :raises NotSigned: see its codes; the refusal is recorded.
    """
    return _signed(id, REFUSE, None, reason, by=by, at=at)


def withdraw(id: UUID, *, by: Actor, at: datetime) -> Proposal:
    """Take back an own proposal that still waits.

    :raises NotSigned: it is not the actor's, or is over.
    """
    with transaction.atomic():
        proposal = _locked(id)
        if proposal.proposer_id != by.id:
            raise NotSigned("not_yours")
        if state(proposal, at) != WAITING:
            raise NotSigned("over")
        proposal.withdrawn_at = at
        proposal.save(update_fields=["withdrawn_at"])
        trail.record(events.WITHDRAWN, by=by, at=at, facts=_facts(proposal))
    return proposal


def narrow(
    id: UUID, *, content: Mapping[str, Any], seen_hash: str, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Replace a proposal by less, as one of its signers, and return what it was narrowed to: still unsigned.

    The proposer stays who it was. Signatures given to the wider content do not count for the narrower one. The caller
    has made sure that `content` asks for less.

    :raises staff.step_up.StepUpNeeded: the kind wants a fresh second factor.
    :raises NotSigned: by has no open seat, or what was read has changed; the refusal is recorded.
    """
    refused = ""
    with transaction.atomic():
        proposal = _locked(id)
        what = registry.get(proposal.kind)
        if what.step_up:
            step_up.require(by, at=at)
        seat, refused = _seat_for(proposal, what, seen_hash, by, at)
        if seat is None:
            trail.record(
                events.SIGNING_REFUSED, by=by, at=at, facts=_facts(proposal) | {"why": refused or "not_yours"}
            )
        else:
            made = _narrowed(proposal, content, reason, seat, by=by, at=at)
    if refused:
        raise NotSigned(refused)
    return made


def _narrowed(
    proposal: Proposal, content: Mapping[str, Any], reason: str, seat: Seat, *, by: Actor, at: datetime
) -> Proposal:
    plain = json.loads(json.dumps(content))
    made = Proposal.objects.create(
        kind=proposal.kind,
        content=plain,
        content_hash=hash_of(proposal.kind, plain),
        proposer_id=proposal.proposer_id,
        proposer_number=proposal.proposer_number,
        proposed_at=at,
        expires_at=proposal.expires_at,
        reason=_sealed(reason, by=by, at=at, readers=seat.eligible | {proposal.proposer_id}),
    )
    proposal.withdrawn_at, proposal.replaced_by = at, made.pk
    proposal.save(update_fields=["withdrawn_at", "replaced_by"])
    facts = _facts(proposal) | {"narrowed_to": str(made.pk), "hash": made.content_hash}
    trail.record(events.NARROWED, by=by, at=at, facts=facts)
    notify({made.proposer_id}, "proposal_narrowed", params=_told(made), link=_link(made), at=at)
    return made


def _signed(id: UUID, answer: str, seen_hash: str | None, reason: str, *, by: Actor, at: datetime) -> Outcome:
    refused = ""
    with transaction.atomic():
        proposal = _locked(id)
        what = registry.get(proposal.kind)
        if answer == APPROVE and what.step_up:
            step_up.require(by, at=at)
        seat, refused = _seat_for(proposal, what, seen_hash, by, at)
        if seat is not None:
            outcome = _answer(proposal, what, seat, answer, reason, by=by, at=at)
        else:
            kind: EventKind = events.SELF_APPROVAL if refused == "own" else events.SIGNING_REFUSED
            why = {} if refused == "own" else {"why": refused}
            trail.record(kind, by=by, at=at, facts=_facts(proposal) | why)
    if refused:
        raise NotSigned(refused)
    return outcome


def _seat_for(
    proposal: Proposal, what: ProposalKind, seen_hash: str | None, by: Actor, at: datetime
) -> tuple[Seat | None, str]:
    """Return the seat in which `by` may answer, or why there is none."""
    # SECURITY: whoever asks does not approve.
    if by.id is None or (proposal.proposer_id == by.id and not what.proposer_may_sign):
        return None, "own"
    if state(proposal, at) != WAITING:
        return None, "over"
    if any(one.signer_id == by.id for one in proposal.signatures.all()):
        return None, "signed_already"
    # SECURITY: an approval is of exactly what was read; content that changed since voids it.
    now = hash_of(proposal.kind, proposal.content)
    signed = {one.content_hash for one in proposal.signatures.all()}
    seen = now if seen_hash is None else seen_hash
    if {proposal.content_hash, *signed, seen} != {now}:
        return None, "changed"
    for seat in open_seats(proposal, seats_of(what, proposal.content, at)):
        if by.id in seat.eligible:
            return seat, ""
    return None, "not_yours"


def _answer(
    proposal: Proposal, what: ProposalKind, seat: Seat, answer: str, reason: str, *, by: Actor, at: datetime
) -> Outcome:
    if by.id is None:
        raise NotSigned("not_yours")
    Signature.objects.create(
        proposal=proposal,
        seat=seat.code,
        signer_id=by.id,
        signer_number=by.number,
        stands_in_for=seat.stand_ins.get(by.id),
        answer=answer,
        reason=_sealed(reason, by=by, at=at, readers={proposal.proposer_id}),
        content_hash=proposal.content_hash,
        at=at,
    )
    facts = _facts(proposal) | {"seat": seat.code, "hash": proposal.content_hash}
    trail.record(events.APPROVED if answer == APPROVE else events.REFUSED, by=by, at=at, facts=facts)
    if answer == REFUSE:
        notify(
            {proposal.proposer_id}, "proposal_refused", params=_told(proposal), link=_link(proposal), at=at
        )
        return Outcome(proposal, applied=False)
    if open_seats(Proposal.objects.get(pk=proposal.pk), seats_of(what, proposal.content, at)):
        return Outcome(proposal, applied=False)
    result = what.apply(proposal.content, proposal=proposal, by=by, at=at)
    proposal.applied_at = at
    proposal.save(update_fields=["applied_at"])
    signers = [one.signer_number for one in Signature.objects.filter(proposal=proposal)]
    trail.record(events.APPLIED, by=by, at=at, facts=_facts(proposal) | {"signers": signers})
    notify({proposal.proposer_id}, "proposal_applied", params=_told(proposal), link=_link(proposal), at=at)
    return Outcome(proposal, applied=True, result=result)


def _fillable(what: ProposalKind, seats: Sequence[Seat], by: Actor) -> Sequence[Seat]:
    """Return the seats when different people can fill all of them."""
    taken: dict[UUID, Seat] = {}

    def fill(seat: Seat, tried: set[UUID]) -> bool:
        for one in seat.eligible - (frozenset() if what.proposer_may_sign else {by.id}):
            if one in tried:
                continue
            tried.add(one)
            if one not in taken or fill(taken[one], tried):
                taken[one] = seat
                return True
        return False

    for seat in seats:
        if not fill(seat, set()):
            raise NobodyCanSign(seat)
    return seats


def _locked(id: UUID) -> Proposal:
    return Proposal.objects.select_for_update().get(pk=id)


def _sealed(text: str, *, by: Actor, at: datetime, readers: frozenset[UUID] | set[UUID]) -> UUID | None:
    if not text.strip():
        return None
    return put_text(text, about="approvals.reason", subject=None, by=by, at=at, readers=readers)


def _facts(proposal: Proposal) -> dict[str, object]:
    return {"proposal": str(proposal.pk), "proposal_kind": proposal.kind}


def _told(proposal: Proposal) -> dict[str, object]:
    return {"kind": proposal.kind}


def _link(proposal: Proposal) -> str:
    return f"/decisions/{proposal.pk}/"
