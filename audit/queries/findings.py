"""Findings as they stand at a time: worked out from facts, so that the past can be asked too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from audit.models import Audit, CaseEntry, Finding, Sighting
from audit.models.cases import DECIDED, DECISIONS, OPENED, REOPENED

OPEN, IN_CASE, SUPPRESSED = "open", "case", "suppressed"
STATES = (OPEN, IN_CASE, *DECISIONS, SUPPRESSED)
"""Nobody has said anything; a case looks into it; what was decided; its pattern is put aside."""
AGES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
"""Groups by age: younger than this; what is older than all of them is `older`."""
OLDER = "older"
Found = QuerySet[Any]
"""Rows of `Finding` with the `state` that `findings` adds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding as it stands: its state and the last look at it."""

    finding: Finding
    state: str
    sighting: Sighting | None
    reopened: bool
    """Its case was decided and is open again."""

    @property
    def score(self) -> float:
        """The score of the last look; 1.0 where no detector gave one."""
        return self.sighting.score if self.sighting else 1.0


def findings(at: datetime) -> Found:
    """Return what had been found by `at`, newest first, each row with its `state` at that time."""
    turns = CaseEntry.objects.filter(
        case=OuterRef("case"), kind__in=(OPENED, DECIDED, REOPENED), at__lte=at
    ).order_by("-pk")
    decided = NullIf(Subquery(turns.values("decision")[:1]), Value(""))
    state = Case(
        When(decided_at__lte=at, then=F("decision")),
        When(joined_at__lte=at, then=Coalesce(decided, Value(IN_CASE))),
        When(suppression__isnull=False, then=Value(SUPPRESSED)),
        default=Value(OPEN),
        output_field=CharField(),
    )
    return Finding.objects.filter(found_at__lte=at).annotate(
        state=state,
        last_turn=Subquery(turns.values("kind")[:1]),
    )


def of_period(found: Found, since: datetime, until: datetime, at: datetime) -> Found:
    """Keep the findings of which something was seen, by `at`, within a period."""
    looks = Sighting.objects.filter(finding=OuterRef("pk"), at__lte=at, first__lt=until, last__gte=since)
    return found.filter(Exists(looks))


def of_audit(audit: Audit, at: datetime) -> Found:
    """Return the findings of an audit's period as they stand at `at`."""
    return of_period(findings(at), audit.since, audit.until, at)


def standing(found: Found, at: datetime) -> list[Standing]:
    """Return how rows of `findings(at)` stand, with the last look at each by then, in two queries."""
    looks = Prefetch("sightings", Sighting.objects.filter(at__lte=at).order_by("pk"), to_attr="looks")
    return [_standing(row) for row in found.select_related("suppression").prefetch_related(looks)]


def _standing(row: Finding) -> Standing:
    said = vars(row)
    look = said["looks"][-1] if said["looks"] else None
    return Standing(row, said["state"], look, said["last_turn"] == REOPENED)


def by_state(found: Found) -> dict[str, int]:
    """Count findings of each state, all states named."""
    counted = Counter(found.order_by().values_list("state", flat=True))
    return {state: counted[state] for state in STATES}


def by_code(found: Found) -> dict[str, dict[str, int]]:
    """Count findings by what found them and by state, most first."""
    counted: dict[str, Counter[str]] = {}
    for code, state in found.order_by().values_list("code", "state"):
        counted.setdefault(code, Counter())[state] += 1
    ordered = sorted(counted.items(), key=lambda one: (-one[1].total(), one[0]))
    return {code: {state: states[state] for state in STATES} for code, states in ordered}


def by_age(found: Found, at: datetime) -> dict[str, int]:
    """Count findings by how long ago they were found, from the youngest group to the oldest."""
    counted = dict.fromkeys([*AGES, OLDER], 0)
    for when in found.order_by().values_list("found_at", flat=True):
        counted[age_of(when, at)] += 1
    return counted


def age_of(when: datetime, at: datetime) -> str:
    """Return the group of an age."""
    return next((group for group, most in AGES.items() if at - when < most), OLDER)


def of_age(found: Found, group: str, at: datetime) -> Found:
    """Keep the findings of one group of age."""
    groups = list(AGES)
    if group == OLDER:
        return found.filter(found_at__lte=at - AGES[groups[-1]])
    place = groups.index(group)
    older = Q(found_at__lte=at - AGES[groups[place - 1]]) if place else Q()
    return found.filter(older, found_at__gt=at - AGES[group])


def open_count(at: datetime) -> int:
    """Count the findings of which nobody has said anything."""
    return findings(at).filter(state=OPEN).count()
