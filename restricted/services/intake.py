"""Take in what the main site deposited, and destroy what it orders or names as gone; all is acknowledged there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from files import apart
from files.models import ApartDeposit, ApartEnding, ApartOrder
from restricted import events, gone, sealed
from restricted.models import Value
from restricted.place import ALIAS
from trail import services as trail
from trail.actor import Actor
from trail.exposed import WRITTEN, Exposed
from vault.deposit import open_deposit
from vault.envelope import CannotOpen


class NotOurs(Exception):
    """This deposit does not open, or says to be another than its row."""


def take_in(row: ApartDeposit, *, by: Actor, at: datetime) -> bool:
    """Seal one deposit under a key of this host and acknowledge it, or refuse it; return whether it was taken.

    Taken twice is taken once: where the value lies here already, the acknowledgement was lost.
    """
    facts: dict[str, object] = {"value": str(row.pk), "field": row.field}
    try:
        header, content = _opened(row)
    except NotOurs:
        with transaction.atomic():
            trail.record(events.DEPOSIT_REFUSED, by=by, at=at, facts=facts | {"why": "damaged"})
            apart.dealt_with(row, refused="damaged", at=at)
        return False
    with transaction.atomic(using=ALIAS):
        if not Value.objects.filter(pk=row.pk).exists():
            sealed.keep(_value(row, header, at), str(header.get("name", "")), content)
    # The value is on disk here before the main data let go of it.
    with transaction.atomic():
        told = apart.told(row)
        trail.record(events.TAKEN_IN, by=by, at=at, facts=facts | {"bytes": len(content)}, exposures=[told])
        apart.dealt_with(row, at=at)
    return True


def destroy(order: ApartOrder, *, by: Actor, at: datetime) -> None:
    """Destroy the key and the parts of one value, and acknowledge it."""
    deposit = order.deposit
    with transaction.atomic(using=ALIAS):
        value = Value.objects.select_for_update().filter(pk=deposit.pk, destroyed_at=None).first()
        if value is not None:
            sealed.shred(value)
            value.destroyed_at = at
            value.save(update_fields=["destroyed_at"])
    with transaction.atomic():
        exposed = Exposed(deposit.subject, WRITTEN, portfolio=deposit.portfolio, region=deposit.region)
        facts = {"value": str(deposit.pk), "field": deposit.field}
        trail.record(events.DESTROYED, by=by, at=at, facts=facts, exposures=[exposed])
        apart.destroyed(order, at=at)


def end(endings: Sequence[ApartEnding], *, by: Actor, at: datetime) -> int:
    """Destroy the key and the parts of every value that these endings name, and acknowledge them; return how many."""
    values = gone.named_by(endings)
    for value in values:
        exposed = Exposed(value.subject, WRITTEN, portfolio=value.portfolio, region=value.region)
        facts = {"value": str(value.pk), "field": value.field}
        # Told first: one that is cut short is told of once more, and never left out.
        trail.record(events.DESTROYED, by=by, at=at, facts=facts, exposures=[exposed])
        with transaction.atomic(using=ALIAS):
            sealed.shred(value)
            value.destroyed_at = at
            value.save(update_fields=["destroyed_at"])
    apart.ended(endings, at=at)
    return len(values)


def _opened(row: ApartDeposit) -> tuple[dict[str, Any], bytes]:
    try:
        opened = open_deposit(apart.sealed_content(row), settings.RESTRICTED_KEY_FILE)
        header, content = apart.unwrapped(opened)
    except (CannotOpen, ValueError):
        raise NotOurs from None
    # SECURITY: the row is the main site's to write; what was sealed says whose value it is.
    said = (header.get("deposit"), header.get("subject"), header.get("field"))
    if said != (str(row.pk), str(row.subject), row.field) or not content:
        raise NotOurs
    return header, content


def _value(row: ApartDeposit, header: dict[str, Any], at: datetime) -> Value:
    return Value(
        id=row.pk,
        subject=row.subject,
        field=row.field,
        media_type=str(header.get("media_type", apart.OTHER)),
        portfolio=row.portfolio,
        region=row.region,
        by_number=row.by_number,
        deposited_at=row.created_at,
        taken_at=at,
    )
