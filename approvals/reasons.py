"""The typed reasons of a proposal: sealed texts, read by those who have to do with it; reading them is an event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.events import REASONS_READ
from approvals.models import Proposal
from files.services import read_texts
from trail import services as trail
from trail.actor import Actor


@dataclass(frozen=True, slots=True)
class Reasons:
    """What the proposer wrote, and what those who answered wrote, by the id of the signature."""

    proposed: str = ""
    answers: dict[int, str] | None = None

    def __repr__(self) -> str:
        return "<reasons>"


def read(proposal: Proposal, *, by: Actor, at: datetime) -> Reasons:
    """Return the reasons of a proposal that `approvals.queries.visible` gave to this actor.

    :raises trail.services.TrailUnavailable: the reading cannot be recorded, so nothing is shown.
    """
    answers: dict[int, UUID] = {
        one.pk: one.reason for one in proposal.signatures.all() if one.reason is not None
    }
    wanted = [*answers.values(), *([proposal.reason] if proposal.reason else [])]
    if not wanted:
        return Reasons(answers={})
    receipt = trail.record(REASONS_READ, by=by, at=at, facts={"proposal": str(proposal.pk)}, opens=wanted)
    texts = read_texts(wanted, receipt=receipt)
    return Reasons(
        proposed=texts.get(proposal.reason, "") if proposal.reason else "",
        answers={key: texts.get(text, "") for key, text in answers.items()},
    )
