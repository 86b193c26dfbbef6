"""Exports, sealed until fetched once by whoever made them: masked, or what a usage grant covers.

The event with its exposures comes first; its number and the person's name stand in the file itself (S4-58).
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import field as column
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import events, export_decoys, export_files, uses
from access.cards import Card
from access.export_decoys import DecoyRow
from access.grants import EXPORT, Granting
from access.models import Export, UsageRequest
from access.policy import HIDDEN, MASKED, SENSITIVE
from access.queries import cards
from access.queries.asking import load
from access.queries.reach import reached_as
from access.queries.requests import with_state
from access.services import budgets
from classification.queries import FieldSpec, catalogue
from customers import queries as customers
from customers.models import Customer
from files import services as files
from staff import step_up
from staff.permissions import may
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Exposure
from trail.receipts import Receipt
from vault import keyring
from vault.opening import open_clear

MOST_ROWS = 500
KEEP = timedelta(hours=24)


class NotAllowed(Exception):
    """The person's roles do not export."""


class TooManyRows(Exception):
    """More than 500 customers were asked for; narrow the search."""


class NothingToExport(Exception):
    """None of the customers asked for is within reach any more."""


class NotFetchable(Exception):
    """`code` says why: "fetched" already, its day is "over", or the grant is "closed" to something in it by now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GrantRefused(Exception):
    """The grant does not cover this export; `state` says what it is."""

    def __init__(self, state: Granting) -> None:
        super().__init__(state.value)
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An export under a grant and its password, which is kept nowhere."""

    export: Export
    password: str = column(repr=False)


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
    :raises access.services.budgets.OverBudget: after the refusal is recorded; an export counts as its pages.
    """
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
    with budgets.refusals_recorded(by=by, at=at), transaction.atomic(durable=True):
        budgets.spend_pages(len(shown), by=by, at=at)
        receipt = trail.record(
            events.CUSTOMERS_EXPORTED,
            by=by,
            at=at,
            facts={"format": format, "rows": len(shown), "fields": fields, "how": how},
            exposures=[card.exposed(exposed.EXPORTED) for card in shown],
        )
    # The event is on disk: from here the file may come to be.
    columns = [known.get(code) for code in fields]
    masked = frozenset(value.code for card in shown for value in card.values if value.view == MASKED)
    rows, decoys = export_decoys.with_decoys(list(_rows(shown, fields)), columns, known, masked=masked, at=at)
    content = export_files.write(
        format,
        export_files.header(spec.label for spec in columns),
        rows,
        title=_("Masked export"),
        watermark=_watermark(
            _("Masked export by %(name)s (%(number)s), %(at)s, event %(event)s"), receipt, by, at
        ),
    )
    return _keep(content, format, len(shown), decoys, receipt, by, at)


def export_granted(id: UUID, format: str, *, by: Actor, at: datetime) -> Handed:
    """Export what a usage grant covers, and nothing more, into an archive under a password shown once.

    Every value is decided again now, as this person; each one that leaves is a use of the grant.

    :param id: of the usage request.
    :raises UsageRequest.DoesNotExist: there is none, or it is another person's.
    :raises GrantRefused: it is not in force, not for a file, or has fewer uses left than values to export.
    :raises NothingToExport: nothing that it covers opens any more.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises access.services.budgets.OverBudget: after the refusal is recorded; its customers count as shown in clear.
    """
    step_up.require(by, at=at)
    with (
        _refusals_recorded(str(id), by=by, at=at),
        budgets.refusals_recorded(by=by, at=at),
        transaction.atomic(durable=True),
    ):
        uses.lock(id)
        row = UsageRequest.objects.get(pk=id, applicant_id=_person(by))
        (asked,) = with_state([row], at)
        if row.output != EXPORT or asked.scope is None or not asked.live:
            raise GrantRefused(asked.state if row.output == EXPORT else Granting.NONE)
        found = customers.visible_to(by, at).select_related("portfolio").filter(ref__in=row.customers)
        opened = _opened(list(found.order_by("number")), row, by, at)
        values = sum(len(fields) for _customer, fields in opened)
        if not values:
            raise NothingToExport
        if values > asked.scope.left:
            raise GrantRefused(Granting.USED_UP)
        sensitive = [one for one, fields in opened if max(spec.level for spec in fields) >= SENSITIVE]
        budgets.spend_file(sensitive, by=by, at=at)
        receipt = trail.record(
            events.CLEAR_EXPORTED,
            by=by,
            at=at,
            facts={"format": format, "rows": len(opened), "fields": row.fields, "values": values},
            exposures=[_exported(customer, fields) for customer, fields in opened],
            purpose=row.purpose,
            request=str(row.pk),
        )
        counted = {customer.ref: [spec.code for spec in fields] for customer, fields in opened}
        uses.use(id, counted, event=receipt.event, at=at)
    # The event is on disk: from here the values may be opened.
    known = catalogue(at)
    specs = [spec for spec in known.fields if spec.code in row.fields]
    rows, decoys = export_decoys.with_decoys(list(_clear_rows(opened, specs, receipt)), specs, known, at=at)
    content = export_files.write(
        format,
        export_files.header(spec.label for spec in specs),
        rows,
        title=_("Export under a usage grant"),
        watermark=_watermark(
            _("Usage request %(request)s: export by %(name)s (%(number)s), %(at)s, event %(event)s"),
            receipt,
            by,
            at,
            request=row.number,
        ),
    )
    password = export_files.new_password()
    packed = export_files.archive(
        content, name=f"custinfo-{row.number}-{receipt.event}.{format}", password=password
    )
    made = _keep(packed, export_files.ZIP, len(opened), decoys, receipt, by, at, request=row.pk)
    return Handed(export=made, password=password)


def _opened(
    found: Sequence[Customer], row: UsageRequest, by: Actor, at: datetime, *, used_before: bool = False
) -> list[tuple[Customer, list[FieldSpec]]]:
    """Return the customers with the fields of the request that are held and open to the actor now.

    :param used_before: ask as before this request was used.
    """
    asking = load(by, found, at, purpose=row.purpose)
    if used_before:
        asking = replace(asking, grants=asking.grants.unused(row.pk))
    reach = reached_as(by, found, at)
    specs = [spec for spec in catalogue(at).fields if spec.code in row.fields]
    opened = []
    for customer in found:
        counting = [cards.as_held(customer, spec) for spec in specs]
        fields = [
            spec
            for spec in counting
            if (cards.held_sealed(customer, spec) or cards.held_text(customer, spec))
            and asking.decided(customer, spec, reach[customer.ref])[0].clear
        ]
        opened += [(customer, fields)] if fields else []
    return opened


def _exported(customer: Customer, fields: Sequence[FieldSpec]) -> Exposed:
    return Exposed(
        customer=customer.ref,
        act=exposed.EXPORTED,
        clear=tuple(spec.code for spec in fields),
        level=max(spec.level for spec in fields),
        portfolio=customer.portfolio.code,
        region=customer.portfolio.region,
    )


def _clear_rows(
    opened: Sequence[tuple[Customer, list[FieldSpec]]], specs: Sequence[FieldSpec], receipt: Receipt
) -> Iterator[list[str]]:
    keys = keyring.keys_for([customer.ref for customer, _fields in opened], cards.DOMAIN)
    for customer, fields in opened:
        texts = {spec.code: _clear(customer, spec, keys, receipt) for spec in fields}
        yield [
            customer.number,
            customer.portfolio.code,
            customer.tier,
            *(texts.get(spec.code, "") for spec in specs),
        ]


def _clear(customer: Customer, spec: FieldSpec, keys: keyring.Keys, receipt: Receipt) -> str:
    sealed = cards.held_sealed(customer, spec)
    if not sealed:
        return spec.shown(cards.held_text(customer, spec))
    return open_clear(sealed, cards.place_of(customer, spec), keys, receipt)


def fetch(id: UUID, *, by: Actor, at: datetime) -> Fetched:
    """Hand an export out to its maker, once.

    :raises Export.DoesNotExist: nonexistent, or another person's.
    :raises NotAllowed: the person's roles no longer export.
    :raises NotFetchable: fetched already, past its day, or holding what its grant does not open any more.
    """
    asked = Export.objects.get(id=id, person_id=_person(by)).request_id
    with _refusals_recorded(str(asked or ""), by=by, at=at), transaction.atomic(durable=True):
        export = Export.objects.select_for_update().get(id=id)
        if export.request_id is None and not may(by, "customer.export"):
            raise NotAllowed
        if export.fetched_at is not None:
            raise NotFetchable("fetched")
        if at >= export.keep_until:
            raise NotFetchable("over")
        if export.request is not None and not _still_open(export, export.request, by, at):
            raise NotFetchable("closed")
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
        content_type=export_files.CONTENT_TYPES[export.format],
        chunks=files.read_file(export.file, at=at, receipt=receipt),
    )


@contextmanager
def _refusals_recorded(request: str, *, by: Actor, at: datetime) -> Iterator[None]:
    """Record why no file was made or handed out after the transaction inside was taken back, and raise it on."""
    try:
        yield
    except (GrantRefused, NothingToExport, NotFetchable) as refused:
        why, grant = _why(refused)
        with transaction.atomic(durable=True):
            trail.record(
                events.EXPORT_REFUSED, by=by, at=at, facts={"why": why, "grant": grant}, request=request
            )
        raise


def _why(refused: GrantRefused | NothingToExport | NotFetchable) -> tuple[str, str]:
    if isinstance(refused, GrantRefused):
        return "no_grant", refused.state.value
    return (refused.code, "") if isinstance(refused, NotFetchable) else ("nothing_opens", "")


def _still_open(export: Export, row: UsageRequest, by: Actor, at: datetime) -> bool:
    """Decide again about every value in a file under a grant. SECURITY: a file that waits is no way past a revocation.

    Its own values used the grant, maybe up; that is no reason against them.
    """
    held = Exposure.objects.filter(event_id=export.event, at=export.created_at)
    inside = {(one.customer, field) for one in held for field in one.clear}
    found = customers.visible_to(by, at).select_related("portfolio").filter(ref__in=row.customers)
    opened = _opened(list(found), row, by, at, used_before=True)
    return inside <= {(customer.ref, spec.code) for customer, fields in opened for spec in fields}


def _keep(
    content: BytesIO,
    format: str,
    rows: int,
    decoys: Sequence[DecoyRow],
    receipt: Receipt,
    by: Actor,
    at: datetime,
    *,
    request: UUID | None = None,
) -> Export:
    """Seal the file and keep what recognises it: without that, no file."""
    file = files.put_file(
        content,
        name=f"custinfo-{receipt.event}.{format}",
        purpose="export.result",
        by=by,
        at=at,
        keep_until=at + KEEP,
    )
    with transaction.atomic():
        made = Export.objects.create(
            person_id=_person(by),
            person_number=by.number,
            file=file.id,
            format=format,
            rows=rows,
            event=receipt.event,
            request_id=request,
            created_at=at,
            keep_until=at + KEEP,
        )
        export_decoys.keep(made, decoys, at=at)
    return made


def _person(by: Actor) -> UUID:
    """Give the person who acts; exports are made and fetched by people only."""
    if by.id is None:
        raise NotAllowed
    return by.id


def _columns(shown: Sequence[Card]) -> list[str]:
    """Give the fields that at least one customer has and that are not hidden, in the order of the cards."""
    held = {value.code for card in shown for value in card.values if value.held and value.view != HIDDEN}
    return [value.code for value in shown[0].values if value.code in held]


def _watermark(words: str, receipt: Receipt, by: Actor, at: datetime, **more: object) -> str:
    return words % {
        "name": by.name,
        "number": by.number,
        "at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"),
        "event": receipt.event,
        **more,
    }


def _rows(shown: Sequence[Card], fields: Sequence[str]) -> Iterator[list[str]]:
    for card in shown:
        texts = {value.code: value.text if value.held else "" for value in card.values}
        yield [card.number, card.portfolio, card.tier, *(texts[code] for code in fields)]
