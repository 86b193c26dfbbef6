"""Questions to the trail. Each takes a period (`since` included, `until` not): only its months are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from trail import vocabulary
from trail.models import Event, EventQuerySet, Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How often one person did one kind of act on a customer, at one level (the highest in clear, or 0)."""

    person: UUID | None
    number: str
    name: str
    act: str
    level: int
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How often a person did one kind of act on one customer, at one level."""

    customer: UUID
    act: str
    level: int
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many exposures of one act and level there were, and of how many customers."""

    act: str
    level: int
    times: int
    customers: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in a list of events, newest first, after which the next page starts."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `str` wrote.

        :raises ValueError: it is none.
        """
        at, _, number = text.partition("~")
        cursor = cls(at=datetime.fromisoformat(at), id=int(number))
        if cursor.at.tzinfo is None:
            raise ValueError("a cursor carries its time zone")
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and where the older ones start (None: there are none)."""

    events: tuple[Event, ...]
    older: Cursor | None


def events(
    *,
    since: datetime,
    until: datetime,
    people: Collection[UUID] | None = None,
    kinds: Collection[str] | None = None,
    customer: UUID | None = None,
    departments: Collection[str] | None = None,
    decision: str | None = None,
    contact: UUID | None = None,
    request: str | None = None,
    alarm: bool | None = None,
) -> EventQuerySet:
    """Return the events of a period, newest first, narrowed by what is given."""
    found = Event.objects.filter(at__gte=since, at__lt=until)
    if people is not None:
        found = found.filter(actor_id__in=people)
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    if departments is not None:
        found = found.filter(department__in=departments)
    if decision is not None:
        found = found.filter(decision=decision)
    if contact is not None:
        found = found.filter(contact=contact)
    if request is not None:
        found = found.filter(request=request)
    if alarm is not None:
        alarming = Q(kind__in=vocabulary.alarms())
        found = found.filter(alarming if alarm else ~alarming)
    if customer is not None:
        # Asked at once: left inside, the planner may walk all events of the period to find a rare customer's.
        exposures = _exposures(since, until).filter(customer=customer).order_by()
        found = found.filter(id__in=list(exposures.values_list("event_id", flat=True).distinct()))
    return found.order_by("-at", "-id")


def page(found: EventQuerySet, *, before: Cursor | None = None, size: int = 50) -> Page:
    """Return one page of `events(...)` in one query, however deep it lies."""
    if before is not None:
        found = found.filter(Q(at__lte=before.at) & (Q(at__lt=before.at) | Q(id__lt=before.id)))
    rows = tuple(found[: size + 1])
    shown = rows[:size]
    return Page(events=shown, older=Cursor(shown[-1].at, shown[-1].id) if len(rows) > size else None)


def exposures_of(shown: Sequence[Event]) -> dict[int, list[Exposure]]:
    """Return the exposures of these events by event number, in one query."""
    found: dict[int, list[Exposure]] = {event.id: [] for event in shown}
    if shown:
        times = [event.at for event in shown]
        rows = Exposure.objects.filter(event_id__in=list(found), at__gte=min(times), at__lte=max(times))
        for row in rows.order_by("id"):
            found[row.event_id].append(row)
    return found


def who_saw(customer: UUID, *, since: datetime, until: datetime) -> list[Sighting]:
    """Return who was shown, changed or was refused this customer, by person, act and level, latest first."""
    rows = _counted(_exposures(since, until).filter(customer=customer), "actor_id", "act", "level")
    names = _names({row["actor_id"]: row["last"] for row in reversed(rows)})
    people = [row.pop("actor_id") for row in rows]
    return [
        Sighting(person=who, number=names[who][0], name=names[who][1], **row)
        for who, row in zip(people, rows, strict=True)
    ]


def what_seen(person: UUID, *, since: datetime, until: datetime, limit: int | None = None) -> list[Seen]:
    """Return which customers this person saw, changed or was refused, by act and level, latest first."""
    rows = _counted(_exposures(since, until).filter(actor_id=person), "customer", "act", "level", limit=limit)
    return [Seen(**row) for row in rows]


def tallies(
    *, since: datetime, until: datetime, customer: UUID | None = None, people: Collection[UUID] | None = None
) -> list[Tally]:
    """Return counts by act and level, of one customer or of some people or of everyone."""
    among = None if people is None else list(people)
    # Grouped twice: count(distinct) would keep the planner from working in parallel.
    with connection.cursor() as cursor:
        cursor.execute(
            "select act, level, sum(times)::bigint, count(*) from ("
            "  select act, level, customer, count(*) as times from trail_exposure where at >= %s and at < %s"
            "  and (%s::uuid is null or customer = %s) and (%s::uuid[] is null or actor_id = any(%s))"
            "  group by act, level, customer) each"
            " group by act, level order by act, level",
            [since, until, customer, customer, among, among],
        )
        return [Tally(act=act, level=level, times=n, customers=of) for act, level, n, of in cursor.fetchall()]


def customers_in_clear(person: UUID, *, since: datetime, until: datetime, level: int = 3) -> int:
    """Return of how many customers this person was shown a value of at least this level in clear."""
    found = _exposures(since, until).filter(actor_id=person, level__gte=level)
    return found.order_by().values("customer").distinct().count()


def contact_acts(contact: UUID, *, since: datetime, until: datetime) -> EventQuerySet:
    """Return what was done in a contact, newest first; `since` is when the contact started."""
    return Event.objects.filter(contact=contact, at__gte=since, at__lt=until).order_by("-at", "-id")


def last_act_of_contact(contact: UUID, *, since: datetime, until: datetime) -> datetime | None:
    """Return when something was last done in a contact that started at `since`."""
    return last_acts_of_contacts([contact], since=since, until=until).get(contact)


def last_acts_of_contacts(
    contacts: Iterable[UUID], *, since: datetime, until: datetime
) -> dict[UUID, datetime]:
    """Return, in one query, when something was last done in each contact; `since` is the oldest's start."""
    found = Event.objects.filter(contact__in=list(contacts), at__gte=since, at__lt=until).order_by()
    return dict(found.values_list("contact").annotate(last=Max("at")))


def _exposures(since: datetime, until: datetime) -> QuerySet[Exposure]:
    return Exposure.objects.filter(at__gte=since, at__lt=until)


def _counted(found: QuerySet[Exposure], *by: str, limit: int | None = None) -> list[dict[str, Any]]:
    grouped = found.order_by().values(*by).annotate(times=Count("*"), first=Min("at"), last=Max("at"))
    return list(grouped.order_by("-last", *by)[:limit])


def _names(last_acts: dict[UUID | None, datetime]) -> dict[UUID | None, tuple[str, str]]:
    """Return number and name of each person, as written at that act; one indexed look per person."""
    names: dict[UUID | None, tuple[str, str]] = dict.fromkeys(last_acts, ("", ""))
    if None in names:
        names[None] = ("system", "")
    known = [person for person in last_acts if person is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "select asked.person, event.actor_number, event.actor_name"
            " from unnest(%s::uuid[], %s::timestamptz[]) as asked(person, at)"
            " cross join lateral (select actor_number, actor_name from trail_event"
            "  where actor_id = asked.person and at = asked.at limit 1) event",
            [known, [last_acts[person] for person in known]],
        )
        names.update({person: (number, name) for person, number, name in cursor.fetchall()})
    return names
