"""Which doubts are open, dismissed or gone at a time: worked out from sightings, dismissals and runs, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from customers.discovery.run import DISCOVERY
from customers.models import FIELD, NOTE, DoubtDismissal, DoubtSighting, LabelDoubt
from jobs.models import Job, Jobs

OPEN, DISMISSED, GONE = "open", "dismissed", "gone"
STATES = (OPEN, DISMISSED, GONE)
GROWN_TIMES = 2
"""A dismissed doubt comes back when it is seen in so many times as many values …"""
GROWN_HUNDREDTHS = 5
"""… or in so many more of a hundred values."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One doubt as it stands: its state and what its last sighting counted."""

    doubt: LabelDoubt
    state: str
    last_at: datetime
    values: int
    hits: int
    passed: int | None
    dismissed_until: datetime | None

    @classmethod
    def of(cls, row: LabelDoubt) -> Standing:
        """Return how a row of `doubts` stands."""
        said = vars(row)
        return cls(
            doubt=row,
            state=said["state"],
            last_at=said["last_at"],
            values=said["values_seen"],
            hits=said["hits_seen"],
            passed=said["passed_seen"],
            dismissed_until=said["dismissed_until"],
        )


def runs() -> Jobs:
    """Return the runs, newest first."""
    return Job.objects.filter(kind=DISCOVERY).order_by("-created_at")


def last_finished() -> Job | None:
    """Return the newest run that came to its end."""
    return runs().filter(finished_at__isnull=False).first()


def run_of_month(month: date) -> Job | None:
    """Return the run that a month's schedule has started, unless it failed or was stopped."""
    return (
        runs()
        .filter(
            parameters__month=month.isoformat(), parameters__scheduled=True, error_code="", cancelled_at=None
        )
        .first()
    )


def month_of(at: datetime) -> date:
    """Return the first day of the local month."""
    return timezone.localdate(at).replace(day=1)


def doubts(at: datetime, *, state: str = "") -> QuerySet[LabelDoubt]:
    """Return the doubts, all or those in one state, each with its last sighting and `state`.

    Single texts are left out where their field is doubted as a whole.
    """
    sightings = DoubtSighting.objects.filter(doubt=OuterRef("pk")).order_by("-at")
    dismissals = DoubtDismissal.objects.filter(doubt=OuterRef("pk")).order_by("-at")
    last = last_finished()
    known = LabelDoubt.objects.annotate(
        last_at=Subquery(sightings.values("at")[:1]),
        values_seen=Subquery(sightings.values("values")[:1]),
        hits_seen=Subquery(sightings.values("hits")[:1]),
        passed_seen=Subquery(sightings.values("passed")[:1]),
        dismissed_until=Subquery(dismissals.values("until")[:1]),
        hits_then=Subquery(dismissals.values("sighting__hits")[:1]),
        values_then=Subquery(dismissals.values("sighting__values")[:1]),
    )
    more = F("hits_seen") * 100 * F("values_then") - F("hits_then") * 100 * F("values_seen")
    grown = Q(hits_seen__gte=F("hits_then") * GROWN_TIMES) | Q(
        more_seen__gte=F("values_then") * F("values_seen") * GROWN_HUNDREDTHS
    )
    whens = [When(Q(dismissed_until__gt=at) & ~grown, then=Value(DISMISSED))]
    if last is not None:
        whens.insert(0, When(last_at__lt=last.created_at, then=Value(GONE)))
    whole = DoubtSighting.objects.filter(
        doubt__place=FIELD,
        doubt__field=OuterRef("field"),
        doubt__kind=OuterRef("kind"),
        at__gte=OuterRef("last_at"),
    )
    found = (
        known.annotate(more_seen=more)
        .annotate(state=Case(*whens, default=Value(OPEN), output_field=CharField()))
        .exclude(Q(place=NOTE) & Exists(whole))
    )
    return found.filter(state=state) if state else found


def open_count(at: datetime) -> int:
    """Return how many doubts wait for somebody."""
    return doubts(at, state=OPEN).count()
