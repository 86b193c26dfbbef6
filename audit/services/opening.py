"""Open findings from what detectors hit and from events that alarm; the same is never opened twice (S0-41, S0-42)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import events
from audit.detectors.hits import Hit
from audit.models import Finding, Sighting, Suppression
from audit.models.cases import DECISIONS
from audit.models.findings import ALARM, DETECTOR, PROBLEM
from audit.queries.findings import SUPPRESSED, Standing, findings, standing
from audit.services import holding
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

REPORTED = "problem.reported"
ABOUT = "person"
"""The fact that names whom an alarm raised by the system is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen, before it is known whether it is new."""

    key: str
    source: str
    code: str
    person: UUID | None
    number: str
    name: str
    department: str
    day: date
    first: datetime
    last: datetime
    score: float
    features: Mapping[str, int | float | str]
    events: tuple[int, ...]
    customers: int = 0
    event: int | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What makes this look different from another at the same finding."""
        return _digest(
            self.first.isoformat(),
            self.last.isoformat(),
            round(self.score, 6),
            dict(self.features),
            self.events,
        )


def from_hit(hit: Hit, thresholds: Mapping[str, float] = MappingProxyType({})) -> Seen:
    """Return what a detector saw: one finding per detector, person and local month."""
    day = timezone.localdate(hit.first)
    who = str(hit.person) if hit.person else hit.number
    return Seen(
        key=_digest(hit.detector, who, f"{day:%Y-%m}"),
        source=DETECTOR,
        code=hit.detector,
        person=hit.person,
        number=hit.number,
        name=hit.name,
        department=hit.department,
        day=day,
        first=hit.first,
        last=hit.last,
        score=hit.score,
        features=hit.features,
        events=hit.events,
        customers=hit.customers,
        thresholds=thresholds,
    )


def from_alarm(event: Event) -> Seen:
    """Return what an alarming event tells; who reports a problem is not whom it is about."""
    problem = event.kind == REPORTED
    known = not problem and event.actor_id is not None
    about = event.facts.get(ABOUT) if not problem and event.actor_id is None else None
    return Seen(
        key=f"event:{event.id}",
        source=PROBLEM if problem else ALARM,
        code=event.kind,
        person=event.actor_id if known else UUID(about) if about else None,
        number=event.actor_number if known else "",
        name=event.actor_name if known else "",
        department=event.department if known else "",
        day=timezone.localdate(event.at),
        first=event.at,
        last=event.at,
        score=1.0,
        features={},
        events=(event.id,),
        event=event.id,
    )


def open_all(seen: Sequence[Seen], *, by: Actor, at: datetime) -> list[Finding]:
    """Open a finding for whatever is new, add a look to what is known; return the new ones.

    :raises audit.services.holding.SignedMeanwhile: begin again.
    """
    if not seen:
        return []
    with transaction.atomic():
        holding.begin(at)
        told = _told(seen)
        # The last look counts: of one month, the worst.
        seen = sorted((one for one in seen if not told.issuperset(one.events) or one.event), key=_score)
        aside = list(Suppression.objects.filter(detector__in={one.code for one in seen}))
        made = {one.key: _finding(one, aside, at) for one in seen}
        known = _known(made, at)
        for one in seen:
            made[one.key].turn = _turn(one, known.get(one.key), made[one.key])
        Finding.objects.bulk_create(made.values(), ignore_conflicts=True)
        held = {
            row.key: row for row in Finding.objects.filter(key__in=made) if row.turn == made[row.key].turn
        }
        new = [row for key, row in held.items() if row.pk == made[key].pk]
        Sighting.objects.bulk_create(_looks(seen, held, at), ignore_conflicts=True)
        scores = {one.key: one.score for one in seen}
        for row in new:
            _record(row, scores[row.key], by, at)
    return new


def _score(seen: Seen) -> float:
    return seen.score


def _told(seen: Iterable[Seen]) -> set[int]:
    """Return those of the events that have a finding of their own: an alarm is not told twice."""
    events = {event for one in seen for event in one.events}
    return {
        event for event in Finding.objects.filter(event__in=events).values_list("event", flat=True) if event
    }


def _known(keys: Iterable[str], at: datetime) -> dict[str, Standing]:
    """Return the last turn of each key."""
    found = standing(findings(at).filter(key__in=list(keys)).order_by("turn"), at)
    return {one.finding.key: one for one in found}


def _turn(seen: Seen, known: Standing | None, made: Finding) -> int:
    """Return which turn of its key this is: the next where the last is decided and something came after it."""
    if known is None:
        return 1
    last = known.finding.turn
    over = known.state in DECISIONS or (known.state == SUPPRESSED and made.suppression is None)
    latest = known.sighting.last if known.sighting else None
    return last + 1 if over and latest is not None and seen.last > latest else last


def _finding(seen: Seen, aside: Iterable[Suppression], at: datetime) -> Finding:
    return Finding(
        key=seen.key,
        source=seen.source,
        code=seen.code,
        event=seen.event,
        person=seen.person,
        number=seen.number,
        name=seen.name,
        department=seen.department,
        day=seen.day,
        found_at=at,
        suppression=next((one for one in aside if covers(one, seen)), None),
    )


def covers(suppression: Suppression, seen: Seen) -> bool:
    """Return whether a pattern that was put aside covers this; never an alarm, never whoever put it aside."""
    if seen.source != DETECTOR or suppression.detector != seen.code:
        return False
    if not suppression.since <= seen.last < (suppression.ended_at or suppression.until):
        return False
    # SECURITY: whoever puts a pattern aside stays visible in it themselves.
    if seen.person == suppression.by_id:
        return False
    if suppression.person is not None:
        return suppression.person == seen.person
    return suppression.department in ("", seen.department)


def _looks(seen: Sequence[Seen], held: Mapping[str, Finding], at: datetime) -> list[Sighting]:
    return [
        Sighting(
            finding=held[one.key],
            at=at,
            first=one.first,
            last=one.last,
            score=one.score,
            features=dict(one.features),
            events=list(one.events),
            customers=one.customers,
            thresholds=dict(one.thresholds),
            digest=one.digest,
        )
        for one in seen
    ]


def _record(row: Finding, score: float, by: Actor, at: datetime) -> None:
    facts = {
        "finding": str(row.pk),
        "detector": row.code,
        "person": str(row.person or ""),
        "day": row.day.isoformat(),
        "score": round(score, 2),
        "suppression": str(row.suppression_id or ""),
    }
    trail.record(events.FINDING_OPENED, by=by, at=at, facts=facts)


def _digest(*parts: object) -> str:
    plain = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()
