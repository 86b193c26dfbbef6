"""The computed state of a proposal, and the seats that nobody has filled yet. Pure: it asks only the rows given."""

from collections.abc import Sequence
from datetime import datetime

from approvals.models import APPROVE, REFUSE, Proposal
from approvals.registry import Seat

WAITING, APPLIED, REFUSED, WITHDRAWN, EXPIRED = "waiting", "applied", "refused", "withdrawn", "expired"
NARROWED = "narrowed"


def state(proposal: Proposal, at: datetime) -> str:
    """Return the state at `at`: waiting, applied, refused, withdrawn, narrowed or expired."""
    if proposal.applied_at is not None:
        return APPLIED
    if proposal.withdrawn_at is not None:
        return NARROWED if proposal.replaced_by else WITHDRAWN
    if any(one.answer == REFUSE for one in proposal.signatures.all()):
        return REFUSED
    return EXPIRED if proposal.expires_at <= at else WAITING


def open_seats(proposal: Proposal, seats: Sequence[Seat]) -> list[Seat]:
    """Return the seats without an approval."""
    filled = {one.seat for one in proposal.signatures.all() if one.answer == APPROVE}
    return [seat for seat in seats if seat.code not in filled]
