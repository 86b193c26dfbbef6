"""The review clock: every field is looked at again after a time, by the same two signatures (S1-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from classification.models import FieldVersion

REVIEW_EVERY = timedelta(days=365)
"""The house rule: a signature on a label counts as its review for twelve months."""


@dataclass(frozen=True, slots=True)
class Review:
    """When a field was last signed, and when it is due again. A shipped default was never reviewed here."""

    at: datetime | None
    due: datetime | None
    overdue: bool


def reviews(at: datetime) -> dict[str, Review]:
    """Return the review of every field in force by code; one query."""
    rows = FieldVersion.objects.in_force(at).values_list("field_id", "since", "shipped")
    return {code: _review(since, at, shipped=shipped) for code, since, shipped in rows}


def _review(since: datetime, at: datetime, *, shipped: bool) -> Review:
    if shipped:
        return Review(None, None, overdue=False)
    due = since + REVIEW_EVERY
    return Review(since, due, overdue=due <= at)
