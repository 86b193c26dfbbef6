"""Months of the trail as the page of keeping receives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from audit.archive import terms
from trail.archive import Archived


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month online."""

    month: str
    online_until: datetime
    due: bool

    @classmethod
    def of(cls, month: date, at: datetime) -> MonthLine:
        """Return a month with the time before which it may not leave."""
        until = terms.online_until(month, at)
        return cls(f"{month:%Y-%m}", until, until <= at)


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """One month in an archive."""

    month: str
    file: str
    sha256: str
    events: int
    exposures: int
    at: datetime
    kept_until: datetime
    destroyed_at: datetime | None
    can_destroy: bool

    @classmethod
    def of(cls, one: Archived, at: datetime, *, proposes: bool) -> ArchiveLine:
        """Return an archive with the time before which it may not be destroyed."""
        until = terms.kept_until(one.month, at)
        return cls(
            month=f"{one.month:%Y-%m}",
            file=one.file,
            sha256=one.sha256.hex(),
            events=one.events,
            exposures=one.exposures,
            at=one.at,
            kept_until=until,
            destroyed_at=one.destroyed_at,
            can_destroy=proposes and one.destroyed_at is None and until <= at,
        )
