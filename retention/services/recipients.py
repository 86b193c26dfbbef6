"""Note that a recipient, or the owner of a downstream system, was told of a destruction: theirs to destroy, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from retention import events
from retention.models import DestructionRecord, RecipientTold, SystemTold
from retention.models.destruction import WAYS
from retention.proposals.destruction import PERMISSION
from retention.queries.recipients import told
from retention.queries.systems import told_systems
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor
from trail.services import record as record_event


class NotNoted(Exception):
    """It is not noted; `code` says why: unknown_recipient, told_already, bad_day, unknown_way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def tell(
    record: DestructionRecord, export: int, *, told_on: date, how: str, by: Actor, at: datetime
) -> RecipientTold:
    """Note when and how a recipient that a record names was told.

    :raises NotAllowed: by does not check destructions.
    :raises NotNoted: as it says.
    """
    known = {one["export"] for one, _row in told(record)}
    _insist(record, export in known, told_on, how, by, at)
    facts = {"export": export} | _facts(record, told_on, how)
    said = {"export": export, "told_on": told_on, "how": how}
    with _once():
        row = RecipientTold.objects.create(batch_id=record.batch_id, **said, **_by(by), at=at)
        record_event(events.RECIPIENT_TOLD, by=by, at=at, facts=facts)
    return row


def tell_system(
    record: DestructionRecord, system: UUID, *, told_on: date, how: str, by: Actor, at: datetime
) -> SystemTold:
    """Note when and how the owner of a downstream system that a record names was told; raises as `tell`."""
    known = {one["system"] for one, _row in told_systems(record)}
    _insist(record, str(system) in known, told_on, how, by, at)
    facts = {"system": str(system)} | _facts(record, told_on, how)
    said = {"system_id": system, "told_on": told_on, "how": how}
    with _once():
        row = SystemTold.objects.create(batch_id=record.batch_id, **said, **_by(by), at=at)
        record_event(events.SYSTEM_TOLD, by=by, at=at, facts=facts)
    return row


def _insist(
    record: DestructionRecord, is_known: bool, told_on: date, how: str, by: Actor, at: datetime
) -> None:
    if not may(by, PERMISSION) or by.id is None:
        raise NotAllowed(PERMISSION)
    if not is_known:
        raise NotNoted("unknown_recipient")
    if how not in WAYS:
        raise NotNoted("unknown_way")
    if not timezone.localdate(record.batch.proposed_at) <= told_on <= timezone.localdate(at):
        raise NotNoted("bad_day")


@contextmanager
def _once() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NotNoted("told_already") from None


def _by(by: Actor) -> dict[str, Any]:
    return {"by_id": by.id, "by_number": by.number}


def _facts(record: DestructionRecord, told_on: date, how: str) -> dict[str, Any]:
    return {"batch": str(record.batch_id), "how": how, "told_on": told_on.isoformat()}
