"""How far the trail is sealed and witnessed at a moment: what dashboards show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailState:
    """The trail's state. A tail is what the last seal, or the last witness, does not cover yet."""

    events: int
    """Events in all, sealed or not."""
    sealed: int
    """Events under the newest checkpoint: its size; 0 when nothing was ever sealed."""
    sealed_at: datetime | None
    """When the newest checkpoint was made."""
    unsealed: int
    unsealed_for: timedelta
    """How long the oldest unsealed event has been waiting; zero when none does."""
    witnessed: int
    """Size of the newest checkpoint that a witness has seen; 0 when none ever did."""
    witnessed_at: datetime | None
    """When that witness said so."""
    witness: str
    """Who it was: `file` or `mail`; empty when nobody."""
    unwitnessed: int
    """Events that no witness covers: cutting or forging these would go unseen."""
    unwitnessed_for: timedelta
    """How long the oldest of them has been there; zero when all are covered."""


def state(at: datetime) -> TrailState:
    """Return how far the trail is sealed and witnessed at this moment."""
    raise NotImplementedError
