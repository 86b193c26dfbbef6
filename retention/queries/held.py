"""Whose data may not be destroyed now, whatever is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID


def held_back(refs: Collection[UUID], at: datetime) -> Mapping[UUID, datetime | None]:
    """Return which of these customers are kept by a hold or a legal floor, and until when; None: no end yet."""
    return {}
