"""A breach radius as its page receives it: figures in words, decided already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audit.models import BreachRadius
from classification.queries import catalogue
from lawbook.queries import fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLine:
    """How many customers had something of this level, and nothing higher, in the clear; 0: nothing in the clear."""

    level: int
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """One field: of how many customers it was shown in the clear, and of how many others masked."""

    name: str
    level: int
    clear: int
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdLine:
    """One number of the law beside what was counted."""

    name: str
    words: str
    citation: str
    value: int
    counted: int
    unit: str
    reached: bool
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiusLine:
    """One radius in the list of radii."""

    id: UUID
    asked_at: datetime
    asked_by: str
    about: str
    since: datetime
    until: datetime
    customers: int
    sensitive: int

    @classmethod
    def of(cls, made: BreachRadius) -> RadiusLine:
        """Put a radius on one line."""
        levels = made.figures["levels"]
        return cls(
            id=made.id,
            asked_at=made.asked_at,
            asked_by=f"{made.asked_by_name} {made.asked_by_number}",
            about=about(made),
            since=made.since,
            until=made.until,
            customers=made.figures["customers"],
            sensitive=levels.get("3", 0) + levels.get("4", 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiusShown:
    """One radius with all its figures."""

    line: RadiusLine
    event: int
    times: int
    first: datetime | None
    last: datetime | None
    session: str
    ip: str
    person_id: UUID | None
    levels: tuple[LevelLine, ...]
    fields: tuple[FieldLine, ...]
    thresholds: tuple[ThresholdLine, ...]

    @classmethod
    def of(cls, made: BreachRadius) -> RadiusShown:
        """Put a radius in words."""
        kept = made.figures
        names = {spec.code: spec.name for spec in catalogue(made.asked_at).fields}
        return cls(
            line=RadiusLine.of(made),
            event=made.event,
            times=kept["times"],
            first=_moment(kept["first"]),
            last=_moment(kept["last"]),
            session=made.session,
            ip=made.ip or "",
            person_id=made.person_id,
            levels=tuple(
                LevelLine(level=level, customers=kept["levels"].get(str(level), 0))
                for level in (4, 3, 2, 1, 0)
            ),
            fields=tuple(
                FieldLine(name=names.get(code, code), level=level, clear=clear, masked=masked)
                for code, level, clear, masked in sorted(
                    kept["fields"], key=lambda one: (-one[1], -one[2], one[0])
                )
            ),
            thresholds=tuple(
                _threshold(code, value, counted, made.asked_at) for code, value, counted in kept["thresholds"]
            ),
        )


def about(made: BreachRadius) -> str:
    """Say whose reading was measured."""
    parts = []
    if made.person_number:
        parts.append(f"{made.person_name} {made.person_number}")
    if made.session:
        parts.append(_("session %(hash)s…") % {"hash": made.session[:12]})
    if made.ip:
        parts.append(_("address %(ip)s") % {"ip": made.ip})
    return " · ".join(parts) or _("everybody")


def _threshold(code: str, value: int, counted: int, at: datetime) -> ThresholdLine:
    law = fact(code, at)
    return ThresholdLine(
        name=law.name,
        words=law.words,
        citation=law.citation,
        value=value,
        counted=counted,
        unit=law.unit,
        reached=counted >= value,
        percent=min(100, counted * 100 // value) if value else 0,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
