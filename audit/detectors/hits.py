"""What a detector found: one person, one window, a score, and the features that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One pattern of one person (or of nobody known) in one window of time.

    `score` is 1.0 at the threshold and grows with what lies beyond it. `features` are the numbers and codes that made
    it, by name: never a customer's value. `events` are the events that show it, earliest first.
    """

    detector: str
    person: UUID | None
    number: str
    name: str
    department: str
    first: datetime
    last: datetime
    score: float
    features: Mapping[str, int | float | str]
    events: tuple[int, ...]
    customers: int = 0
