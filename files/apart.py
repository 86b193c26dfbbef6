"""Handed over to L4: sealed to the restricted host, so that nothing on this side reads it back (S0-24).

What is sealed is one line of JSON (whose value it is, which field, its name, its type) and then the content, so that
a deposit cannot be moved to another customer or field. The restricted host takes it in, says so, and destroys on
order; here stays the row that says a value exists.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from files import events
from files.deposits import BEGINNINGS, EMPTY, SIZE, NotAccepted
from files.models import (
    ApartDeposit,
    ApartEnding,
    ApartOrder,
    ApartPart,
    ApartPulse,
    ApartRestriction,
    ApartSealing,
)
from trail import services as trail
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed
from vault.deposit import seal_deposit
from vault.keyring import Keys
from vault.models import JournalEntry
from vault.place import Place
from vault.transform import ApartApproval, deposit_sealed

MOST_BYTES = 50 * 1024 * 1024
PART_BYTES = 1024 * 1024
TOLD = 4
"""The format of a digest of a deposit; others are of records (`customers.digests`)."""
SILENT = timedelta(minutes=2)
"""After so long without a sign the restricted host counts as not answering."""
TEXT = "text/plain"
OTHER = "application/octet-stream"


class NoHost(Exception):
    """This installation has no restricted host, so L4 can be handed over to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is handed over: the content, what it is called, and whose it is."""

    subject: UUID
    field: str
    content: bytes = default(default=b"", repr=False)
    name: str = default(default="", repr=False)
    text: bool = False
    portfolio: str = ""
    region: str = ""
    reference: UUID | None = None

    @property
    def media_type(self) -> str:
        """The type, told by the first bytes, never by a name."""
        if self.text:
            return TEXT
        found = (name for beginning, name in BEGINNINGS.items() if self.content.startswith(beginning))
        return next(found, OTHER)


@dataclass(frozen=True, slots=True)
class Held:
    """A value that lies in L4, as the main site knows it."""

    id: UUID
    field: str
    created_at: datetime
    by_number: str
    taken_at: datetime | None
    refused: str
    ordered: bool
    destroyed_at: datetime | None


def is_set_up() -> bool:
    """Tell whether there is a restricted host to hand L4 over to."""
    return bool(settings.RESTRICTED_RECIPIENT_FILE)


def deposit(given: Given, *, by: Actor, at: datetime) -> ApartDeposit:
    """Seal a value to the restricted host and leave it for it; part of the act that brings it, which records it.

    :raises NotAccepted: EMPTY, or SIZE above 50 MB.
    :raises NoHost: there is no restricted host.
    """
    if not is_set_up():
        raise NoHost
    if not given.content:
        raise NotAccepted(EMPTY)
    if len(given.content) > MOST_BYTES:
        raise NotAccepted(SIZE)
    id = uuid4()
    sealed = seal_deposit(_header(id, given) + given.content, Path(settings.RESTRICTED_RECIPIENT_FILE))
    return _leave(id, given, sealed, len(given.content), by=by, at=at)


def deposit_held(
    given: Given, sealed: str, place: Place, keys: Keys, approval: ApartApproval, *, by: Actor, at: datetime
) -> ApartDeposit:
    """Hand over a value that lies sealed in a record, without anybody seeing it; part of the act that moves it.

    :param given: whose, and which field; its content is the sealed value's.
    :raises CannotOpen: the value does not open at this place.
    :raises NotAccepted, NoHost: as `deposit`.
    """
    if not is_set_up():
        raise NoHost
    id = uuid4()
    resealed, size = deposit_sealed(sealed, place, keys, approval, header=_header(id, given))
    if not size:
        raise NotAccepted(EMPTY)
    return _leave(id, given, resealed, size, by=by, at=at)


def _leave(id: UUID, given: Given, sealed: bytes, size: int, *, by: Actor, at: datetime) -> ApartDeposit:
    parts = [sealed[start : start + PART_BYTES] for start in range(0, len(sealed), PART_BYTES)]
    with transaction.atomic():
        row = ApartDeposit.objects.create(
            id=id,
            subject=given.subject,
            field=given.field,
            reference=given.reference,
            portfolio=given.portfolio,
            region=given.region,
            by_id=by.id,
            by_number=by.number,
            size=size,
            parts=len(parts),
            created_at=at,
        )
        ApartPart.objects.bulk_create(
            (ApartPart(deposit=row, number=number, sealed=part) for number, part in enumerate(parts)),
            batch_size=8,
        )
    return row


def told(row: ApartDeposit) -> Exposed:
    """Return the exposure of a deposit that lies here sealed; its writer and who takes it in record it, in their act.

    Its digest is format 4 | deposit 16 | SHA-256 of the age file 32: a deposit that was exchanged on its way bears two.
    It needs no key, because age draws a key for each file.
    """
    digest = bytes([TOLD]) + row.pk.bytes + sha256(sealed_content(row)).digest()
    return Exposed(row.subject, WRITTEN, portfolio=row.portfolio, region=row.region, digest=digest)


def _header(id: UUID, given: Given) -> bytes:
    header = {
        "format": 1,
        "deposit": str(id),
        "subject": str(given.subject),
        "field": given.field,
        "name": given.name,
        "media_type": given.media_type,
    }
    return json.dumps(header, ensure_ascii=False).encode() + b"\n"


def unwrapped(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and content of an opened deposit.

    :raises ValueError: when it is none of ours.
    """
    line, _, rest = content.partition(b"\n")
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("format") != 1:
        raise ValueError
    return header, rest


def held(subject: UUID) -> list[Held]:
    """Return what of this customer was handed over and not refused, newest first."""
    rows = ApartDeposit.objects.filter(subject=subject).select_related("order").order_by("-created_at")
    return [_held(row) for row in rows]


def _held(row: ApartDeposit) -> Held:
    order: ApartOrder | None = getattr(row, "order", None)
    return Held(
        id=row.id,
        field=row.field,
        created_at=row.created_at,
        by_number=row.by_number,
        taken_at=row.taken_at,
        refused=row.refused,
        ordered=order is not None,
        destroyed_at=order.done_at if order else None,
    )


def by_reference(references: Collection[UUID]) -> dict[UUID, ApartDeposit]:
    """Return deposits by what they were made from: a file of evidence, say."""
    rows = ApartDeposit.objects.filter(reference__in=references)
    return {row.reference: row for row in rows if row.reference is not None}


def order_destruction(id: UUID, *, why: str, by: Actor, at: datetime) -> None:
    """Order the restricted host to destroy one value; twice is once.

    :raises ApartDeposit.DoesNotExist: there is no such value.
    """
    with transaction.atomic():
        row = ApartDeposit.objects.get(pk=id)
        _, made = ApartOrder.objects.get_or_create(
            deposit=row, defaults={"why": why, "by_id": by.id, "by_number": by.number, "at": at}
        )
        if made:
            facts = {"value": str(id), "field": row.field, "why": why}
            trail.record(events.DESTRUCTION_ORDERED, by=by, at=at, facts=facts)


def tell_gone(entries: Iterable[JournalEntry]) -> None:
    """Tell the restricted host what the journal names; part of a replay, which records it. Twice is once."""
    ApartEnding.objects.bulk_create(
        (ApartEnding(entry=one.pk, subject=one.subject, fields=one.fields, until=one.at) for one in entries),
        ignore_conflicts=True,
        batch_size=1000,
    )


def order_sealing(*, by: Actor, at: datetime) -> None:
    """Order the restricted host to open nothing any more; part of the act that seals the site, which records it."""
    ApartSealing.objects.create(by_number=by.number, at=at)


def answers(at: datetime) -> bool:
    """Tell whether the restricted host gave a sign of life lately."""
    return ApartPulse.objects.filter(seen_at__gt=at - SILENT).exists()


def is_sealed() -> bool:
    """Tell whether the restricted host said last that it takes nothing in: it is sealed, or its key is away."""
    return ApartPulse.objects.filter(sealed=True).exists()


# --- what only the restricted host does; its role alone may change these rows ---


def waiting() -> QuerySet[ApartDeposit]:
    """Return what waits to be taken in, oldest first."""
    return ApartDeposit.objects.waiting().order_by("created_at")


def sealed_content(row: ApartDeposit) -> bytes:
    """Return a waiting deposit as it was sealed."""
    parts = ApartPart.objects.filter(deposit=row).order_by("number").values_list("sealed", flat=True)
    return b"".join(bytes(part) for part in parts)


def dealt_with(row: ApartDeposit, *, refused: str = "", at: datetime) -> None:
    """Say that a deposit was taken in or refused; its sealed bytes go. Part of the act, which records it."""
    row.taken_at, row.refused = at, refused
    row.save(update_fields=["taken_at", "refused"])
    ApartPart.objects.filter(deposit=row).delete()


def orders() -> QuerySet[ApartOrder]:
    """Return orders to destroy that are not done: of values that were taken in."""
    return ApartOrder.objects.filter(done_at=None, deposit__taken_at__isnull=False).select_related("deposit")


def ordered() -> list[UUID]:
    """Return every value that was ever ordered destroyed, acknowledged or not."""
    return list(ApartOrder.objects.values_list("deposit", flat=True))


def endings(subjects: Collection[UUID] | None = None) -> QuerySet[ApartEnding]:
    """Return the endings that are not done, oldest first; of these subjects, done or not."""
    rows = ApartEnding.objects.order_by("entry")
    return rows.filter(done_at=None) if subjects is None else rows.filter(subject__in=list(subjects))


def ended(done: Iterable[ApartEnding], *, at: datetime) -> None:
    """Say that nothing lies there of what these name; part of the act, which records it."""
    ApartEnding.objects.filter(pk__in=[one.pk for one in done], done_at=None).update(done_at=at)


def destroyed(order: ApartOrder, *, at: datetime) -> None:
    """Say that an order was carried out; part of the act, which records it."""
    order.done_at = at
    order.save(update_fields=["done_at"])


def sealings(known: Collection[UUID]) -> list[ApartSealing]:
    """Return the orders to seal that are not among these, oldest first."""
    return list(ApartSealing.objects.exclude(pk__in=list(known)).order_by("at"))


def restriction(subject: UUID, field: str, at: datetime) -> ApartRestriction | None:
    """Return what makes a customer's field storage only at a time (PIPL 47); None where nothing does."""
    rows = ApartRestriction.objects.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)
    return rows.filter(subject=subject, field__in=("", field)).order_by("field", "-kept_until").first()


def give_sign(*, at: datetime, sealed: bool = False) -> None:
    """Say that the restricted host is there.

    :param sealed: it takes nothing in at the moment.
    """
    ApartPulse.objects.update_or_create(id=1, defaults={"seen_at": at, "sealed": sealed})
