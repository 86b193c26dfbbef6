"""How far the trail is sealed and witnessed, as reports and first pages tell it."""

from __future__ import annotations

from datetime import datetime

from trail.sealing.state import TrailState, state


def trail_state(at: datetime) -> TrailState | None:
    """Return the trail's state; None while nothing seals it."""
    try:
        return state(at)
    except NotImplementedError:
        return None
