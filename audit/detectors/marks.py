"""From what a detector marks to a hit: who it was, by the trail itself, and the events that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from audit.detectors.hits import Hit
from staff.models import Person

if TYPE_CHECKING:
    from audit.detectors.passes import View

Span = tuple[datetime, datetime]
"""From the first moment up to but without the last."""
MOST_OF_A_SPAN, MOST = 50, 200
"""So many events show a span, and a hit; the windows of the hit lead to the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One person whom a detector marks.

    :ivar spans: when; the person's events within show it, of these `kinds` where any are named.
    :ivar events: the events, where the detector knows them; then the spans say nothing.
    """

    person: UUID
    score: float
    features: Mapping[str, int | float | str]
    spans: Sequence[Span] = ()
    kinds: Sequence[str] = ()
    events: Sequence[int] = ()


_OF_SPANS = """
select asked.place, event.id, event.at
from unnest(%s::int[], %s::uuid[], %s::timestamptz[], %s::timestamptz[]) as asked(place, person, since, until)
cross join lateral (
  select id, at from trail_event where actor_id = asked.person and at >= asked.since and at < asked.until
  and (%s::text[] = '{}' or kind = any(%s)) order by at, id limit %s) event
order by asked.place, event.at, event.id"""
_KNOWN = """
select id, at from trail_event where at >= %s and at < %s and id = any(%s)"""
_WHO = """
select asked.person, event.actor_number, event.actor_name, event.department
from unnest(%s::uuid[]) as asked(person)
cross join lateral (
  select actor_number, actor_name, department from trail_event
  where actor_id = asked.person and at >= %s and at < %s order by at desc, id desc limit 1) event"""


_CUSTOMERS_OF_SPANS = """
select asked.place, count(distinct shown.customer)
from unnest(%s::int[], %s::uuid[], %s::timestamptz[], %s::timestamptz[]) as asked(place, person, since, until)
cross join lateral (
  select customer from trail_exposure where actor_id = asked.person and at >= asked.since and at < asked.until
  and act not in ('listed', 'written') offset 0) shown
group by asked.place"""
_CUSTOMERS_OF_EVENTS = """
select asked.place, count(distinct shown.customer)
from unnest(%s::int[], %s::bigint[]) as asked(place, event)
cross join lateral (
  select customer from trail_exposure where event_id = asked.event and at >= %s and at < %s offset 0) shown
group by asked.place"""


def hits_of(detector: str, marks: Sequence[Mark], view: View) -> list[Hit]:
    """Return the hits of one detector, the strongest first; a mark that no event shows is none."""
    shown = _events(marks, view)
    who = _who({mark.person for mark in marks}, view)
    customers = _customers(marks, view)
    hits = []
    for place, (mark, events) in enumerate(zip(marks, shown, strict=True)):
        if events:
            number, name, department = who.get(mark.person, ("", "", ""))
            hits.append(
                Hit(
                    detector=detector,
                    person=mark.person,
                    number=number,
                    name=name,
                    department=department,
                    first=events[0][1],
                    last=events[-1][1],
                    score=round(mark.score, 3),
                    features=dict(mark.features),
                    events=tuple(event for event, _at in events),
                    customers=customers.get(place, 0),
                )
            )
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


def _events(marks: Sequence[Mark], view: View) -> list[list[tuple[int, datetime]]]:
    """Return number and time of the events that show each mark, earliest first."""
    found: list[list[tuple[int, datetime]]] = [[] for _ in marks]
    by_kinds: dict[tuple[str, ...], list[tuple[int, UUID, datetime, datetime]]] = {}
    for place, mark in enumerate(marks):
        by_kinds.setdefault(tuple(mark.kinds), []).extend(_spans(place, mark))
    with connection.cursor() as cursor:
        for kinds, spans in by_kinds.items():
            columns = _columns(spans, 4)
            cursor.execute(_OF_SPANS, [*columns, list(kinds), list(kinds), MOST_OF_A_SPAN])
            for place, event, at in cursor.fetchall():
                if len(found[place]) < MOST:
                    found[place].append((event, at))
        known = [event for mark in marks for event in mark.events]
        if known:
            cursor.execute(_KNOWN, [view.base, view.until, known])
            times = dict(cursor.fetchall())
            for place, mark in enumerate(marks):
                if mark.events:
                    pairs = [(event, times[event]) for event in mark.events if event in times]
                    found[place] = sorted(pairs, key=lambda pair: (pair[1], pair[0]))[:MOST]
    return found


def _customers(marks: Sequence[Mark], view: View) -> dict[int, int]:
    """Return of how many customers each mark tells, by its place: those shown one by one, taken out or refused."""
    spans = [span for place, mark in enumerate(marks) for span in _spans(place, mark)]
    known = [(place, event) for place, mark in enumerate(marks) for event in mark.events]
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS_OF_SPANS, _columns(spans, 4))
        found = dict(cursor.fetchall())
        cursor.execute(_CUSTOMERS_OF_EVENTS, [*_columns(known, 2), view.base, view.until])
        return found | dict(cursor.fetchall())


def _spans(place: int, mark: Mark) -> list[tuple[int, UUID, datetime, datetime]]:
    return [] if mark.events else [(place, mark.person, since, until) for since, until in mark.spans]


def _columns(rows: Sequence[tuple[object, ...]], number: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(number)]


def _who(people: set[UUID], view: View) -> dict[UUID, tuple[str, str, str]]:
    """Return number, name and department: as the trail last knew them, or as they are where it does not."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, [list(people), view.base, view.until])
        found = {person: (number, name, department) for person, number, name, department in cursor.fetchall()}
    missing = people - found.keys()
    if missing:
        known = Person.objects.filter(pk__in=missing)
        for person, *said in known.values_list("pk", "number", "name", "department__code"):
            found[person] = (said[0], said[1], said[2] or "")
    return found
