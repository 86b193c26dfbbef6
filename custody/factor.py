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
    asked = Proposal.objects.filter(kind__startswith=PREFIX, proposer_id=by.id)
    answered = Signature.objects.filter(proposal__kind__startswith=PREFIX, signer_id=by.id)
    used = [
        *asked.order_by("-proposed_at").values_list("proposed_at", flat=True)[:1],
        *answered.exclude(proposal_id=signing).order_by("-at").values_list("at", flat=True)[:1],
    ]
    if by.second_factor_at is None or any(by.second_factor_at <= one for one in used):
        raise step_up.StepUpNeeded
