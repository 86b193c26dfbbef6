"""Masked exports: at most 500 customers, as one card each, sealed until fetched once by whoever made them.

The event with its exposures comes first; its number and the person's name stand in the file itself (S4-58).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import events
from access.cards import Card
from access.models import Export
from access.policy import HIDDEN
from access.queries import cards
from classification.queries import Catalogue, catalogue
from customers import queries as customers
from documents import sheets
from files import services as files
from staff import step_up
from staff.permissions import may
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.receipts import Receipt

MOST_ROWS = 500
KEEP = timedelta(hours=24)
XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}


class NotAllowed(Exception):
    """The person's roles do not export."""


class TooManyRows(Exception):
    """More than 500 customers were asked for; narrow the search."""


class NothingToExport(Exception):
    """None of the customers asked for is within reach any more."""


class NotFetchable(Exception):
    """The export was fetched already ("fetched") or its day is over ("over"): `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file on its way to the person, once."""

    name: str
    content_type: str
    chunks: Iterator[bytes]


def export_masked(refs: Collection[UUID], format: str, *, how: str, by: Actor, at: datetime) -> Export:
    """Make a masked export of these customers, decided again now as this person.

    :param how: a code of how they were found, as `listing.list_page` takes it.
    :raises NotAllowed: the person's roles do not export.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises TooManyRows, NothingToExport: see there.
    """
    writer = WRITERS[format]
    if not may(by, "customer.export"):
        raise NotAllowed
    step_up.require(by, at=at)
    if len(refs) > MOST_ROWS:
        raise TooManyRows
    found = customers.visible_to(by, at).select_related("portfolio").filter(ref__in=refs).order_by("number")
    known = catalogue(at)
    shown = cards.cards(by, list(found), at, catalogue=known)
    if not shown:
        raise NothingToExport
    fields = _columns(shown)
    receipt = trail.record(
        events.CUSTOMERS_EXPORTED,
        by=by,
        at=at,
        facts={"format": format, "rows": len(shown), "fields": fields, "how": how},
        exposures=[card.exposed(exposed.EXPORTED) for card in shown],
    )
    # The event is on disk: from here the file may come to be.
    content = BytesIO()
    writer(content, shown, fields, known, _watermark(by, at, receipt))
    content.seek(0)
    return _keep(content, format, len(shown), receipt, by, at)


def fetch(id: UUID, *, by: Actor, at: datetime) -> Fetched:
    """Hand an export out to its maker, once.

    :raises Export.DoesNotExist: nonexistent, or another person's.
    :raises NotAllowed: the person's roles no longer export.
    :raises NotFetchable: fetched already, or past its day.
    """
    with transaction.atomic(durable=True):
        export = Export.objects.select_for_update().get(id=id, person_id=_person(by))
        if not may(by, "customer.export"):
            raise NotAllowed
        if export.fetched_at is not None:
            raise NotFetchable("fetched")
        if at >= export.keep_until:
            raise NotFetchable("over")
        export.fetched_at = at
        export.save(update_fields=["fetched_at"])
        receipt = trail.record(
            events.EXPORT_FETCHED,
            by=by,
            at=at,
            facts={"export": str(export.id), "made_by_event": export.event},
            opens=[export.file],
        )
    return Fetched(
        name=f"custinfo-{export.event}.{export.format}",
        content_type=CONTENT_TYPES[export.format],
        chunks=files.read_file(export.file, at=at, receipt=receipt),
    )


def _keep(content: BytesIO, format: str, rows: int, receipt: Receipt, by: Actor, at: datetime) -> Export:
    file = files.put_file(
        content,
        name=f"custinfo-{receipt.event}.{format}",
        purpose="export.result",
        by=by,
        at=at,
        keep_until=at + KEEP,
    )
    return Export.objects.create(
        person_id=_person(by),
        person_number=by.number,
        file=file.id,
        format=format,
        rows=rows,
        event=receipt.event,
        created_at=at,
        keep_until=at + KEEP,
    )


def _person(by: Actor) -> UUID:
    """Give the person who acts; exports are made and fetched by people only."""
    if by.id is None:
        raise NotAllowed
    return by.id


def _columns(shown: Sequence[Card]) -> list[str]:
    """Give the fields that at least one customer has and that are not hidden, in the order of the cards."""
    held = {value.code for card in shown for value in card.values if value.held and value.view != HIDDEN}
    return [value.code for value in shown[0].values if value.code in held]


def _watermark(by: Actor, at: datetime, receipt: Receipt) -> str:
    return _("Masked export by %(name)s (%(number)s), %(at)s, event %(event)s") % {
        "name": by.name,
        "number": by.number,
        "at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"),
        "event": receipt.event,
    }


def _header(fields: Sequence[str], known: Catalogue) -> list[str]:
    return [
        _("Customer number"),
        _("Portfolio"),
        _("Customer tier"),
        *(known.get(code).label for code in fields),
    ]


def _rows(shown: Sequence[Card], fields: Sequence[str]) -> Iterator[list[str]]:
    for card in shown:
        texts = {value.code: value.text if value.held else "" for value in card.values}
        yield [card.number, card.portfolio, card.tier, *(texts[code] for code in fields)]


def _write_xlsx(
    content: BytesIO, shown: Sequence[Card], fields: Sequence[str], known: Catalogue, watermark: str
) -> None:
    sheets.write_xlsx(
        content,
        _header(fields, known),
        _rows(shown, fields),
        properties={"title": _("Masked export"), "creator": watermark, "description": watermark},
        banner=watermark,
    )


def _write_csv(
    content: BytesIO, shown: Sequence[Card], fields: Sequence[str], known: Catalogue, watermark: str
) -> None:
    sheets.write_csv(content, _header(fields, known), _rows(shown, fields), banner=watermark)


WRITERS: dict[str, Callable[[BytesIO, Sequence[Card], Sequence[str], Catalogue, str], None]] = {
    XLSX: _write_xlsx,
    CSV: _write_csv,
}
