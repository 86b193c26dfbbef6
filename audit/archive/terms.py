"""How long a month of the trail stays online, and how long its archive is kept: dated facts, law and house."""

from __future__ import annotations

from datetime import date, datetime

from lawbook.queries import fact
from trail.archive import Archived, archived, bounds, months_online

ONLINE = ("network_log_keep", "trail_online")
KEPT = ("processing_record_keep", "trail_keep")


def online_until(month: date, at: datetime) -> datetime:
    """Return when a month may leave at the earliest: the longest of the terms, from its end on."""
    return _latest(ONLINE, month, at)


def kept_until(month: date, at: datetime) -> datetime:
    """Return until when the archive of a month must be kept."""
    return _latest(KEPT, month, at)


def due(at: datetime) -> list[date]:
    """Return the months online that may leave, oldest first."""
    return [month for month in months_online() if online_until(month, at) <= at]


def kept() -> list[Archived]:
    """Return the archives that are there, newest first."""
    return [one for one in archived() if one.destroyed_at is None]


def _latest(codes: tuple[str, ...], month: date, at: datetime) -> datetime:
    return max(fact(code, at).term.after(bounds(month)[1]) for code in codes)
