"""Propose other thresholds and other working hours; a second person signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from approvals import services as approvals
from approvals.models import Proposal
from audit.proposals import hours, thresholds
from trail.actor import Actor


def propose_thresholds(
    detector: str, values: Mapping[str, float], *, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose other thresholds of a detector; those that stay as they are are left out.

    :raises audit.detectors.registry.UnknownDetector: there is none.
    :raises CannotApply: threshold_bad, nothing_changes.
    """
    content = thresholds.content_of(detector, values, at)
    return approvals.propose(thresholds.KIND, content=content, reason_text=reason, by=by, at=at)


def propose_hours(
    department: str, *, opens: int, closes: int, every_day: bool, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose working hours, in minutes of the local day: of a department, or with "" of the whole house.

    :raises CannotApply: hours_bad, unknown_department, nothing_changes.
    """
    content = hours.content_of(department, opens=opens, closes=closes, every_day=every_day, at=at)
    return approvals.propose(hours.KIND, content=content, reason_text=reason, by=by, at=at)
