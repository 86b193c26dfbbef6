"""One second factor, one key act: what was given for the act before does not count for the next."""

from datetime import datetime
from uuid import UUID

from approvals.models import Proposal, Signature
from staff import step_up
from trail.actor import Actor

PREFIX = "key."


def require_own(by: Actor, *, at: datetime, signing: UUID | None = None) -> None:
    """Insist on a fresh second factor that was given after the person's last key act.

    :param signing: the proposal that is just being signed.
    :raises staff.step_up.StepUpNeeded: where there is none.
    """
    step_up.require(by, at=at)
    given = by.second_factor_at
    if by.id is None or given is None:
        raise step_up.StepUpNeeded
    asked = Proposal.objects.filter(kind__startswith=PREFIX, proposer_id=by.id, proposed_at__gte=given)
    answered = Signature.objects.filter(proposal__kind__startswith=PREFIX, signer_id=by.id, at__gte=given)
    if signing is not None:
        answered = answered.exclude(proposal_id=signing)
    if asked.exists() or answered.exists():
        raise step_up.StepUpNeeded
