"""The versions of a field over time: what was signed when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from classification.models import FieldVersion

SEALED_LEVEL = 3


def opened_by(field: str, at: datetime) -> UUID | None:
    """Return the proposal by which a field that was sealed is open at a time; None where it never was sealed."""
    rows = FieldVersion.objects.filter(field=field, since__lte=at).order_by("-number")
    signed: UUID | None = None
    for level, proposal in rows.values_list("level", "proposal"):
        if level >= SEALED_LEVEL:
            return signed
        signed = proposal
    return None
