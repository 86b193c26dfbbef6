"""The versions of a field over time: what was signed when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from classification.models import FieldVersion

SEALED_LEVEL, APART_LEVEL = 3, 4


def opened_by(field: str, at: datetime) -> UUID | None:
    """Return the proposal by which a field that was sealed is open at a time; None where it never was sealed."""
    return _since(lambda level: level >= SEALED_LEVEL, field, at)


def moved_apart_by(field: str, at: datetime) -> UUID | None:
    """Return the proposal by which a field came to L4; None where it is of L4 from its beginning."""
    return _since(lambda level: level < APART_LEVEL, field, at)


def _since(otherwise: Callable[[int], bool], field: str, at: datetime) -> UUID | None:
    """Return the proposal of the version that ended the last one of another kind of level."""
    rows = FieldVersion.objects.filter(field=field, since__lte=at).order_by("-number")
    signed: UUID | None = None
    for level, proposal in rows.values_list("level", "proposal"):
        if otherwise(level):
            return signed
        signed = proposal
    return None
