"""Detectors as pages show them: in words, with the thresholds in force and what was measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from audit.detectors import registry
from audit.detectors.detector import Detector
from audit.models import DetectorLimit, WorkingHours
from audit.proposals.hours import clock
from audit.queries.quality import Quality, measured


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitShown:
    """One threshold: in words, its value in force, and whether that is the shipped one."""

    name: str
    words: str
    value: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorShown:
    """One detector with its thresholds and its measured quality, in whole per cent."""

    code: str
    name: str
    words: str
    limits: tuple[LimitShown, ...]
    planted: int
    recall: int | None
    precision: int | None
    justified: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionShown:
    """One version of a threshold."""

    words: str
    number: int
    value: str
    since: datetime
    until: datetime | None
    shipped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursShown:
    """Working hours of a department, or of the whole house."""

    department: str
    hours: str
    days: str
    since: datetime
    shipped: bool


def every(at: datetime) -> list[DetectorShown]:
    """Return all detectors."""
    limits = registry.thresholds(at)
    return [shown(detector, limits[detector.code]) for detector in registry.every()]


def shown(detector: Detector, values: dict[str, float]) -> DetectorShown:
    """Put one detector in words."""
    quality = measured().get(detector.code)
    return DetectorShown(
        code=detector.code,
        name=str(detector.name),
        words=str(detector.words),
        limits=tuple(
            LimitShown(
                name=limit.name,
                words=str(limit.words),
                value=f"{values[limit.name]:g}",
                changed=values[limit.name] != limit.value,
            )
            for limit in detector.limits
        ),
        planted=quality.planted if quality else 0,
        **_per_cent(quality),
    )


def versions(detector: Detector) -> list[VersionShown]:
    """Return the versions of a detector's thresholds, the newest of each first."""
    words = {limit.name: str(limit.words) for limit in detector.limits}
    rows = DetectorLimit.objects.filter(detector=detector.code, name__in=words).order_by("name", "-number")
    return [
        VersionShown(
            words=words[row.name],
            number=row.number,
            value=f"{row.value:g}",
            since=row.since,
            until=row.until,
            shipped=row.shipped,
        )
        for row in rows
    ]


def hours(at: datetime) -> list[HoursShown]:
    """Return the working hours in force, those of the whole house first."""
    return [
        HoursShown(
            department=row.department or _("the whole house"),
            hours=f"{clock(row.opens)}–{clock(row.closes)}",
            days=_("every day") if row.every_day else _("on working days"),
            since=row.since,
            shipped=row.shipped,
        )
        for row in WorkingHours.objects.in_force(at).order_by("department")
    ]


def _per_cent(quality: Quality | None) -> dict[str, int | None]:
    rates = ("recall", "precision", "justified")
    values = {rate: getattr(quality, rate) if quality else None for rate in rates}
    return {rate: None if value is None else round(100 * value) for rate, value in values.items()}
