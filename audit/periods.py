"""Periods of audits: whole local days, months above all."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def midnight(day: date) -> datetime:
    """Return when a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(at: datetime) -> datetime:
    """Return when the local day of a time began."""
    return midnight(timezone.localdate(at))


def month_before(at: datetime) -> tuple[datetime, datetime]:
    """Return the local month before the one that `at` lies in: its beginning and its end."""
    this = timezone.localdate(at).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return midnight(before), midnight(this)
