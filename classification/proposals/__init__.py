"""What two people sign about the catalogue."""

from approvals import registry
from classification.proposals import confirming, fields, purposes, schedules


def register() -> None:
    """Add these kinds to the vocabulary of proposals; called once, when the app is ready."""
    for part in (fields, confirming, purposes, schedules):
        for kind in part.KINDS:
            registry.register(kind)
