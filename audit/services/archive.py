"""Propose that months leave the trail, or that an archive is destroyed; tell the officers when months are due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from audit.archive import terms
from audit.archive.proposals import ARCHIVING, DESTROYING, archive_content, months_content
from staff.queries import holders_of
from staff.roles import OFFICER
from staff.services.notifications import notify
from trail.actor import Actor

PAGE = "/trail/keeping/"


def propose_archiving(months: Collection[date], *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that these months, the oldest that are due, leave the trail; two others sign.

    :raises CannotApply: nothing_to_archive, no_archive_directory, archive_unsealed.
    """
    content = months_content(sorted(months))
    return approvals.propose(ARCHIVING, content=content, reason_text=reason, by=by, at=at)


def propose_destruction(month: date, *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that the archive of a month is destroyed; two others sign.

    :raises CannotApply: archive_gone; archive_kept: its term is not over.
    """
    for one in terms.kept():
        if one.month == month:
            return approvals.propose(
                DESTROYING, content=archive_content(one), reason_text=reason, by=by, at=at
            )
    raise CannotApply("archive_gone")


def tell_of_due(*, by: Actor, at: datetime) -> int:
    """Tell the officers of months that may leave, unless a proposal waits already; return how many there are."""
    due = terms.due(at)
    if due and not Proposal.objects.waiting(at).filter(kind=ARCHIVING).exists():
        notify(holders_of(OFFICER, at), "archive_due", params={"number": len(due)}, link=PAGE, at=at)
    return len(due)
