"""Step-up: a fresh second factor before an act (security.md §3). The password alone never counts."""

from datetime import datetime, timedelta

from django.conf import settings

from trail.actor import Actor


class StepUpNeeded(Exception):
    """The actor's second factor is missing or too old; give it again, then repeat the act."""


def is_fresh(by: Actor, *, at: datetime) -> bool:
    """Return whether the actor gave a second factor within `STEP_UP_SECONDS` before `at`."""
    given = by.second_factor_at
    return given is not None and at - given <= timedelta(seconds=settings.STEP_UP_SECONDS)


def require(by: Actor, *, at: datetime) -> None:
    """Insist on a fresh second factor.

    :raises StepUpNeeded: where there is none.
    """
    if not is_fresh(by, at=at):
        raise StepUpNeeded
