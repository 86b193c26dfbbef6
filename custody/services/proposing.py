"""Propose a key act; another custodian signs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from approvals import services as approvals
from approvals.models import Proposal
from custody import acts
from trail.actor import Actor


def propose(kind: str, content: Mapping[str, object], *, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose an act on keys.

    :param kind: one of `custody.acts.ALL`.
    :param content: {"version"} of an act on a KEK and of the re-wrap (the one that wraps then), {"scope", "id"} of
        rekey, {"epoch"} (the new one) of reindex, {"suite"} of reseal.
    :raises approvals.registry.CannotApply: see `custody.acts.refusal`.
    :raises staff.step_up.StepUpNeeded: without a second factor given for this act alone.
    :raises approvals.services.NobodyCanSign: there is no other custodian.
    """
    return approvals.propose(kind, content=content, reason_text=reason, by=by, at=at)


def propose_drill(
    held_on: date, copy: str, *, opened: bool, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose to record that a copy of the master key was brought back and tried; raises as `propose`."""
    content = {"held_on": held_on.isoformat(), "copy": copy, "opened": opened}
    return propose(acts.DRILL, content, reason=reason, by=by, at=at)
