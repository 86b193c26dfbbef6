"""Look at the evidence of a finding, and explain what needs no case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit import events
from audit.deciding import may_decide
from audit.models import Finding
from audit.models.cases import EXPLAINED
from audit.queries import findings
from audit.queries.concerned import concerned_in
from audit.queries.findings import Standing
from audit.services import holding
from files.services import put_text
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor
from trail.models import Event

ABOUT = "finding.explained"
SHOWN = 50
"""Events that the page of a finding lists."""


class NotDecided(Exception):
    """Nothing was decided: `not_yours` (oneself, or no role for it), `not_open` (somebody was first)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Looked:
    """A finding with the events that show it, earliest first, and how many there are."""

    standing: Standing
    events: Sequence[Event]
    number: int


def look(id: UUID, *, by: Actor, at: datetime) -> Looked:
    """Return a finding with its evidence; that somebody read what a person did is an event first.

    :raises Finding.DoesNotExist: there is none for this reader.
    """
    standing = found(id, by, at)
    ids = sorted({event for look in standing.finding.sightings.all() for event in look.events})
    facts = {"finding": str(id), "events": len(ids)}
    trail.record(events.FINDING_READ, by=by, at=at, facts=facts)
    return Looked(standing, _evidence(standing, ids[:SHOWN]), len(ids))


def found(id: UUID, by: Actor, at: datetime) -> Standing:
    """Return a finding as it stands, to whoever reads findings or decides this one.

    :raises Finding.DoesNotExist: there is none for this reader.
    """
    rows = findings.standing(findings.findings(at).filter(pk=id), at)
    if not rows or not (may(by, "findings.read") or may_decide(by, people_of(rows[0].finding), at)):
        raise Finding.DoesNotExist
    return rows[0]


def explain(id: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """Say why an open finding is nothing wrong; whatever may be more becomes a case.

    :raises Finding.DoesNotExist: there is none for this person.
    :raises NotDecided: with the reason.
    :raises audit.services.holding.SignedMeanwhile: begin again.
    """
    with transaction.atomic():
        row = take_open(id, by, at)
        text = put_text(words, about=ABOUT, subject=None, concerns=concerned_in([row]), by=by, at=at)
        row.decision, row.decided_at, row.words = EXPLAINED, at, text
        row.decided_by_id, row.decided_by_number, row.decided_by_name = by.id, by.number, by.name
        decided = ["decision", "decided_at", "words", "decided_by_id", "decided_by_number", "decided_by_name"]
        row.save(update_fields=decided)
        facts = {
            "finding": str(id),
            "detector": row.code,
            "person": str(row.person or ""),
            "text": str(text),
        }
        trail.record(events.FINDING_EXPLAINED, by=by, at=at, facts=facts)


def take_open(id: UUID, by: Actor, at: datetime) -> Finding:
    """Return a finding that nobody has dealt with, locked for whoever decides about it; inside a transaction."""
    holding.begin(at)
    row = Finding.objects.select_for_update().get(pk=id)
    if not may_decide(by, people_of(row), at):
        raise NotDecided("not_yours")
    if row.case_id is not None or row.decision:
        raise NotDecided("not_open")
    return row


def people_of(row: Finding) -> set[UUID]:
    """Return whom a finding is about, as a set of one or none."""
    return {row.person} if row.person else set()


def _evidence(standing: Standing, ids: Sequence[int]) -> list[Event]:
    looks = list(standing.finding.sightings.all())
    if not looks or not ids:
        return []
    since, until = min(one.first for one in looks), max(one.last for one in looks)
    return list(Event.objects.filter(id__in=ids, at__gte=since, at__lte=until).order_by("at", "id"))
