"""Proposals about thresholds of detectors (S0-41): all of one detector that are to change, signed together.

A row is never edited. The content names the versions that it supersedes, so that two proposals about one detector
cannot both be carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.models import Proposal
from approvals.registry import CannotApply, Content, Line, ProposalKind
from audit import events
from audit.detectors import registry
from audit.models import DetectorLimit
from audit.proposals.signers import guards
from trail import services as trail
from trail.actor import Actor

KIND = "detector.thresholds"
MOST = 1_000_000


def content_of(detector: str, values: Mapping[str, float], at: datetime) -> dict[str, Any]:
    """Return the canonical content of a change: what differs, with the versions that it supersedes (or 0)."""
    today = registry.thresholds(at)[detector]
    versions = _versions(detector, at)
    changed = {name: float(value) for name, value in values.items() if today.get(name) != value}
    return {
        "detector": detector,
        "values": dict(sorted(changed.items())),
        "supersedes": {name: versions.get(name, 0) for name in sorted(changed)},
        "today": {name: today.get(name) for name in sorted(changed)},
    }


def check(content: Content, by: Actor, at: datetime) -> None:
    """Refuse a change that could not be applied, and one that changes nothing."""
    _insist_sound(content)
    _insist_fresh(content, at)


def apply(content: Content, *, proposal: Proposal, by: Actor, at: datetime) -> list[DetectorLimit]:
    """Put the signed thresholds in force: end the versions that they supersede, start the next."""
    _insist_sound(content)
    rows = {
        row.name: row
        for row in DetectorLimit.objects.in_force(at)
        .select_for_update()
        .filter(detector=content["detector"], name__in=list(content["values"]))
    }
    _insist_fresh(content, at)
    made = []
    for name, value in content["values"].items():
        number = 0
        if name in rows:
            rows[name].until, number = at, rows[name].number
            rows[name].save(update_fields=["until"])
        made.append(
            DetectorLimit.objects.create(
                detector=content["detector"],
                name=name,
                number=number + 1,
                value=value,
                since=at,
                proposal=proposal.pk,
            )
        )
    facts = {
        "detector": content["detector"],
        "names": list(content["values"]),
        "values": list(content["values"].values()),
        "proposal": str(proposal.pk),
    }
    trail.record(events.THRESHOLDS_CHANGED, by=by, at=at, facts=facts)
    return made


def describe(content: Content) -> list[Line]:
    """Show each threshold, today's against what is asked."""
    detector = registry.get(content["detector"])
    words = {limit.name: limit.words for limit in detector.limits}
    return [
        Line(_("detector"), after=detector.name),
        *(
            Line(words[name], before=_plain(content["today"][name]), after=_plain(value))
            for name, value in content["values"].items()
        ),
    ]


def _insist_sound(content: Content) -> None:
    try:
        limits = {limit.name: limit for limit in registry.get(content["detector"]).limits}
    except registry.UnknownDetector:
        raise CannotApply("threshold_bad") from None
    if not content["values"]:
        raise CannotApply("nothing_changes")
    for name, value in content["values"].items():
        if name not in limits or not isfinite(value) or not limits[name].least <= value <= MOST:
            raise CannotApply("threshold_bad")


def _insist_fresh(content: Content, at: datetime) -> None:
    """:raises CannotApply: another change came between."""
    versions = _versions(content["detector"], at)
    if any(versions.get(name, 0) != number for name, number in content["supersedes"].items()):
        raise CannotApply("changed_meanwhile")


def _versions(detector: str, at: datetime) -> dict[str, int]:
    rows = DetectorLimit.objects.in_force(at).filter(detector=detector)
    return dict(rows.values_list("name", "number"))


def _plain(value: float) -> str:
    return f"{value:g}"


CHANGE = ProposalKind(
    code=KIND,
    name=_("Change of the thresholds of a detector"),
    seats=guards,
    apply=apply,
    describe=describe,
    check=check,
    permission="detectors.propose",
    lifetime=timedelta(days=14),
)
