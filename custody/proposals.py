"""The kinds of proposal for key acts: one custodian proposes, another signs, each with a second factor of its own.

An act on a KEK and every rotation is carried out by a worker's job, never by the web: it alone changes key files and
states facts in the keyring.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from approvals import registry
from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from custody import acts, words
from custody.events import DRILL_RECORDED
from custody.factor import require_own
from custody.models.drills import EscrowDrill
from customers import rotating
from jobs import services as jobs
from staff.permissions import may
from staff.queries import holders_of
from staff.roles import CUSTODIAN, NAMES
from trail import services as trail
from trail.actor import Actor
from vault import keks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jobs.models import Job

PERMISSION = "keys.act"


def _seats(content: Content, at: datetime) -> Sequence[Seat]:
    # The proposer is one of the two custodians, and `approvals` lets nobody sign what they proposed.
    return [Seat("custodian", holders_of(CUSTODIAN, at), str(NAMES[CUSTODIAN]))]


def _check(kind: str, content: Content, by: Actor, at: datetime) -> None:
    require_own(by, at=at)
    _insist(kind, content, at)


def _insist(kind: str, content: Content, at: datetime) -> None:
    code = acts.refusal(kind, content, keks.life())
    if kind == acts.DRILL and content["held_on"] > at.date().isoformat():
        code = "drill_ahead"
    if code:
        raise CannotApply(code, version=content.get("version", ""), portfolio=content.get("id", ""))


def _apply(kind: str, content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> Job | EscrowDrill:
    require_own(by, at=at, signing=proposal.pk)
    # SECURITY: a stand-in, or whoever was a custodian when it was proposed, is none of the two.
    if not may(by, PERMISSION):
        raise CannotApply("not_a_custodian")
    _insist(kind, content, at)
    if kind == acts.DRILL:
        return _drill(content, proposal, by, at)
    job, parameters = acts.JOBS.get(kind, acts.KEK_JOB), {**content, "proposal": str(proposal.pk)}
    if job not in rotating.KINDS:
        return jobs.start(job, by=by, at=at, parameters=parameters)
    try:
        return rotating.start(job, by=by, at=at, parameters=parameters)
    except rotating.AlreadyRotating:
        raise CannotApply("key_job_running") from None


def _drill(content: Content, proposal: Proposal, by: Actor, at: datetime) -> EscrowDrill:
    made = EscrowDrill.objects.create(
        held_on=content["held_on"],
        copy=content["copy"],
        opened=content["opened"],
        proposal=proposal.pk,
        recorded_at=at,
    )
    facts = {"held_on": content["held_on"], "copy": made.copy, "opened": made.opened}
    trail.record(DRILL_RECORDED, by=by, at=at, facts=facts, request=str(proposal.pk))
    return made


def _describe(kind: str, content: Content) -> Sequence[Line]:
    return words.lines(kind, content, keks.life())


def register() -> None:
    """Add the kinds to the vocabulary of proposals; called once, when the app is ready."""
    for kind in acts.ALL:
        registry.register(
            ProposalKind(
                code=kind,
                name=cast("StrOrPromise", words.ACTS[kind]),
                seats=_seats,
                apply=partial(_apply, kind),
                describe=partial(_describe, kind),
                check=partial(_check, kind),
                permission=PERMISSION,
            )
        )
