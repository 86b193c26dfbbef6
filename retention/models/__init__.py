"""Schedules stand in `classification`; here are holds and what each day's run found due."""

from retention.models.holds import Hold
from retention.models.listings import DueEntry, DueListing

__all__ = ["DueEntry", "DueListing", "Hold"]
