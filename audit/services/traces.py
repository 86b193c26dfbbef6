"""Trace a leaked list to whoever saw it; nothing of the list is kept but its keyed hash and counts (S4-46, S4-52)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import export_decoys
from audit import events
from audit.leaks import listing, ranking
from audit.models import LeakTrace
from classification.queries import Catalogue, catalogue
from customers.models import Customer
from customers.recognising import Recognised, recognise
from staff.permissions import may
from trail import services as trail
from trail.actor import Actor
from vault.keyed import keyed

ABOUT = "leaked list"


class NotAllowed(PermissionError):
    """The person's roles do not trace leaks, or do not read traces."""


def trace(
    content: bytes, *, by: Actor, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> LeakTrace:
    """Match a list in memory and keep who saw how much of it; return the trace.

    :param since, until: when the list may have been taken; by default all that the trail still holds.
    :raises NotAllowed: see there.
    :raises audit.leaks.listing.TooLong, audit.leaks.listing.Empty, documents.problems.Unreadable: nothing was traced.
    """
    if by.id is None or not may(by, "leak.trace"):
        raise NotAllowed("leak.trace")
    rows = listing.read(content)
    known = catalogue(at)
    found = recognise(rows, known)
    named = export_decoys.exports_of(rows, at=at)
    asked = question(found, known, since=since, until=until or at)
    ranked = ranking.rank(asked)
    made = LeakTrace(
        list_hash=keyed(ABOUT, [content], at=at)[0],
        rows=len(rows),
        matched_rows=len(found.refs),
        unclear_rows=len(found.unclear),
        matched=len(asked.customers),
        fields=dict(found.fields),
        since=since,
        until=asked.until,
        population=asked.population,
        people=ranked.of_people,
        ranking=ranked.stored() | {"named": _stored(named.items())},
        at=at,
        by_id=by.id,
        by_number=by.number,
    )
    with transaction.atomic(durable=True):
        trail.record(events.LEAK_TRACED, by=by, at=at, facts=_facts(made, named))
        made.save(force_insert=True)
    return made


def question(
    found: Recognised, known: Catalogue, *, until: datetime, since: datetime | None = None
) -> ranking.Question:
    """Return what is asked of the trail: sealed fields of the list tell most, and without any each sight counts."""
    sealed = [code for code in found.fields if code in known and known.get(code).sealed]
    return ranking.Question(
        customers=sorted(found.customers),
        fields=sorted(sealed),
        level=min((known.get(code).level for code in sealed), default=0),
        population=Customer.objects.count(),
        since=since,
        until=until,
    )


def read(id: UUID, *, by: Actor, at: datetime) -> LeakTrace:
    """Record that somebody reads a trace, and return it.

    :raises NotAllowed: see there.
    :raises LeakTrace.DoesNotExist: there is none.
    """
    if not may(by, "leak.read"):
        raise NotAllowed("leak.read")
    found = LeakTrace.objects.get(pk=id)
    trail.record(events.TRACE_READ, by=by, at=at, facts={"trace": str(found.pk)})
    return found


def _stored(named: Iterable[tuple[UUID, int]]) -> list[dict[str, object]]:
    return [{"export": str(export), "rows": rows} for export, rows in sorted(named, key=lambda one: -one[1])]


def _facts(made: LeakTrace, named: Iterable[UUID]) -> dict[str, object]:
    return {
        "trace": str(made.pk),
        "rows": made.rows,
        "matched": made.matched,
        "fields": sorted(made.fields),
        "since": made.since.isoformat() if made.since else "",
        "until": made.until.isoformat(),
        "named": sorted(map(str, named)),
    }
