"""Cases as they stand at a time: whose they are, when they are due, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, OuterRef, QuerySet, Subquery, UUIDField

from audit.models import Case, CaseEntry
from audit.models.cases import DECIDED, OPENED, REOPENED

OPEN, LATE, CLOSED = "open", "late", "closed"
STATES = (OPEN, LATE, CLOSED)
Found = QuerySet[Any]
"""Rows of `Case` with what `cases` adds."""


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """One case as it stands."""

    case: Case
    owner: UUID
    owner_number: str
    owner_name: str
    due_at: datetime
    decision: str
    decided_at: datetime | None
    state: str
    """`open`, `late` (open and past its time) or `closed` (decided)."""

    @property
    def is_open(self) -> bool:
        """Whether nothing is decided yet."""
        return self.state != CLOSED


def cases(at: datetime) -> Found:
    """Return the cases opened by `at`, each row with `owner`, `due_at`, `decision` and `decided_at` of that time."""
    entries = CaseEntry.objects.filter(case=OuterRef("pk"), at__lte=at).order_by("-pk")
    owned, timed = entries.filter(owner__isnull=False), entries.filter(due_at__isnull=False)
    turns = entries.filter(kind__in=(OPENED, DECIDED, REOPENED))
    return Case.objects.filter(opened_at__lte=at).annotate(
        owner=Subquery(owned.values("owner")[:1], output_field=UUIDField()),
        owner_number=Subquery(owned.values("owner_number")[:1], output_field=CharField()),
        owner_name=Subquery(owned.values("owner_name")[:1], output_field=CharField()),
        due_at=Subquery(timed.values("due_at")[:1], output_field=DateTimeField()),
        decision=Subquery(turns.values("decision")[:1], output_field=CharField()),
        turned_at=Subquery(turns.values("at")[:1], output_field=DateTimeField()),
    )


def in_state(found: Found, state: str, at: datetime) -> Found:
    """Keep the cases of one state; `open` holds the late ones too."""
    if state == CLOSED:
        return found.exclude(decision="")
    found = found.filter(decision="")
    return found.filter(due_at__lte=at) if state == LATE else found


def standing(found: Iterable[Any], at: datetime) -> list[CaseStanding]:
    """Return how rows of `cases(at)` stand."""
    return [_standing(row, at) for row in found]


def _standing(row: Case, at: datetime) -> CaseStanding:
    said = vars(row)
    if said["decision"]:
        state = CLOSED
    else:
        state = LATE if said["due_at"] <= at else OPEN
    return CaseStanding(
        case=row,
        owner=said["owner"],
        owner_number=said["owner_number"],
        owner_name=said["owner_name"],
        due_at=said["due_at"],
        decision=said["decision"],
        decided_at=said["turned_at"] if said["decision"] else None,
        state=state,
    )


def open_of(person: UUID, at: datetime) -> int:
    """Count the open cases that are a person's."""
    return in_state(cases(at), OPEN, at).filter(owner=person).count()
