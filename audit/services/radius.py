"""Measure how far a breach reaches, and hand the list of its customers out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import events
from audit.models import BreachRadius, RadiusFile
from audit.queries import radius as counting
from audit.queries.radius import Radius, Reached, Scope, scope_of
from audit.thresholds import groups_of, thresholds
from classification.queries import Catalogue, catalogue
from customers.finding import numbers_of
from documents import sheets
from files import services as files
from staff import step_up
from staff.models import Person
from staff.permissions import may
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor

KEEP = timedelta(hours=24)
MOST_ROWS = 100_000
"""Rows of a list; the figures count everybody."""
_AT_ONCE = 5_000


class NotFetchable(Exception):
    """It was fetched already ("fetched") or its day is over ("over"): `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A list on its way to the person, once."""

    name: str
    chunks: Iterator[bytes]


def measure(scope: Scope, *, by: Actor, at: datetime) -> BreachRadius:
    """Count what the scope exposed and keep the figures; counting is an event.

    :raises NotAllowed: the person's roles do not ask.
    """
    if not may(by, "radius.ask"):
        raise NotAllowed("radius.ask")
    known = catalogue(at)
    found = counting.radius(scope, groups_of(known))
    account = Person.objects.filter(pk=scope.person).first() if scope.person else None
    made = BreachRadius(
        asked_at=at,
        asked_by_number=by.number,
        asked_by_name=by.name,
        person_id=scope.person,
        person_number=account.number if account else "",
        person_name=account.name if account else "",
        session=scope.session,
        ip=scope.ip or None,
        since=scope.since,
        until=scope.until,
        figures=_figures(found, known, at),
    )
    facts = {
        "radius": str(made.id),
        "person": str(scope.person or ""),
        "session": scope.session,
        "ip": scope.ip,
        "from": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "customers": found.customers,
    }
    with transaction.atomic():
        made.event = trail.record(events.RADIUS_MEASURED, by=by, at=at, facts=facts).event
        made.save(force_insert=True)
    return made


def make_list(id: UUID, *, by: Actor, at: datetime) -> RadiusFile:
    """Write the exposed customers by number, with names of fields and never a value, into a file fetched once.

    :raises BreachRadius.DoesNotExist: there is no such radius.
    :raises NotAllowed: the person's roles do not ask.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    """
    if by.id is None or not may(by, "radius.ask"):
        raise NotAllowed("radius.ask")
    step_up.require(by, at=at)
    made = BreachRadius.objects.get(pk=id)
    rows = min(made.figures["customers"], MOST_ROWS)
    receipt = trail.record(events.RADIUS_LISTED, by=by, at=at, facts={"radius": str(id), "rows": rows})
    # The event is on disk: from here the file may come to be.
    content = BytesIO()
    _write(content, made, receipt.event, by, at)
    content.seek(0)
    file = files.put_file(
        content,
        name=f"custinfo-radius-{receipt.event}.xlsx",
        purpose="radius.list",
        by=by,
        at=at,
        keep_until=at + KEEP,
    )
    return RadiusFile.objects.create(
        radius=made,
        person_id=by.id,
        person_number=by.number,
        file=file.id,
        rows=rows,
        event=receipt.event,
        created_at=at,
        keep_until=at + KEEP,
    )


def fetch(id: UUID, *, by: Actor, at: datetime) -> Fetched:
    """Hand a list out to its maker, once.

    :raises RadiusFile.DoesNotExist: nonexistent, or another person's.
    :raises NotAllowed: the person's roles no longer ask.
    :raises NotFetchable: see there.
    """
    if by.id is None:
        raise RadiusFile.DoesNotExist
    with transaction.atomic(durable=True):
        found = RadiusFile.objects.select_for_update().get(pk=id, person_id=by.id)
        if not may(by, "radius.ask"):
            raise NotAllowed("radius.ask")
        if found.fetched_at is not None:
            raise NotFetchable("fetched")
        if at >= found.keep_until:
            raise NotFetchable("over")
        found.fetched_at = at
        found.save(update_fields=["fetched_at"])
        facts = {"radius": str(found.radius_id), "made_by_event": found.event}
        receipt = trail.record(events.RADIUS_FETCHED, by=by, at=at, facts=facts, opens=[found.file])
    return Fetched(
        name=f"custinfo-radius-{found.event}.xlsx",
        chunks=files.read_file(found.file, at=at, receipt=receipt),
    )


def _figures(found: Radius, known: Catalogue, at: datetime) -> dict[str, object]:
    """Put a radius as it is kept: levels of fields and thresholds as they were then."""
    levels = {spec.code: spec.level for spec in known.fields}
    return {
        "customers": found.customers,
        "times": found.times,
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "levels": {str(level): number for level, number in sorted(found.levels.items())},
        "fields": [[one.field, levels.get(one.field, 0), one.clear, one.masked] for one in found.fields],
        "thresholds": [
            [one.fact, one.value, one.counted]
            for one in thresholds(customers=found.customers, groups=found.groups, at=at)
        ],
    }


def _write(content: BytesIO, made: BreachRadius, event: int, by: Actor, at: datetime) -> None:
    words = _("List of a breach radius for %(name)s (%(number)s), %(at)s, event %(event)s")
    watermark = words % {"name": by.name, "number": by.number, "at": _stamp(at), "event": event}
    labels = {spec.code: spec.label for spec in catalogue(at).fields}
    header = [
        _("Customer number"),
        _("Highest level in clear"),
        _("Shown in clear"),
        _("Shown masked only"),
        _("Times"),
        _("First"),
        _("Last"),
    ]
    sheets.write_xlsx(
        content,
        header,
        _rows(counting.reached(scope_of(made), most=MOST_ROWS), labels),
        properties={"title": _("Breach radius"), "creator": watermark, "description": watermark},
        banner=watermark,
        at=at,
        sheet=_("Breach radius"),
    )


def _rows(found: Iterator[Reached], labels: dict[str, str]) -> Iterator[list[sheets.Cell]]:
    listed = list(found)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        numbers = numbers_of([one.customer for one in part])
        for one in part:
            yield [
                # Whoever was erased meanwhile has no number any more.
                numbers.get(one.customer, str(one.customer)),
                f"L{one.level}" if one.level else "–",
                _(", ").join(labels.get(code, code) for code in one.clear),
                _(", ").join(labels.get(code, code) for code in one.masked),
                one.times,
                _stamp(one.first),
                _stamp(one.last),
            ]


def _stamp(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
