"""Rights of people as proposals: what is asked, who must sign, what the last signature does."""

from access.proposals import people, reach
from approvals import registry


def register() -> None:
    """Add these kinds to the vocabulary of proposals; called once, when the app is ready."""
    for kind in (*people.KINDS, *reach.KINDS):
        registry.register(kind)
