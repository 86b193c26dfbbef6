"""What is changed about the audit by proposal: thresholds of detectors, and working hours of departments."""

from approvals import registry
from audit.proposals import hours, thresholds


def register() -> None:
    """Add these kinds to the vocabulary of proposals; called once, when the app is ready."""
    registry.register(thresholds.CHANGE)
    registry.register(hours.CHANGE)
