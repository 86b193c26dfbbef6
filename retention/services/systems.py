"""The register of downstream systems: enter, change and end a row. The trail keeps what it said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from retention import events
from retention.models import DownstreamSystem
from retention.proposals.destruction import PERMISSION
from staff.permissions import may
from staff.services.people import NotAllowed
from trail.actor import Actor
from trail.services import record
from trail.vocabulary import EventKind

CHANGED = ["name", "owner", "contact", "how", "fields", "categories"]


class NotEntered(Exception):
    """The register stays as it is; `code` says why: listed_already, holds_nothing, ended."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def save(
    id: UUID | None,
    *,
    name: str,
    owner: str,
    contact: str,
    how: str,
    fields: Collection[str],
    categories: Collection[str],
    by: Actor,
    at: datetime,
) -> DownstreamSystem:
    """Enter a system, or change what its row says.

    :param id: the system to change; None enters a new one.
    :raises NotAllowed: by does not check destructions.
    :raises NotEntered: as it says.
    """
    _insist(by)
    if not fields and not categories:
        raise NotEntered("holds_nothing")
    said: dict[str, Any] = {"name": name, "owner": owner, "contact": contact, "how": how}
    said |= {"fields": sorted(fields), "categories": sorted(categories)}
    try:
        with transaction.atomic():
            if id is None:
                row = DownstreamSystem.objects.create(**said, since=at)
            else:
                row = _open(id)
                for column, value in said.items():
                    setattr(row, column, value)
                row.save(update_fields=CHANGED)
            _record(events.SYSTEM_ENTERED if id is None else events.SYSTEM_CHANGED, row, by, at)
    except IntegrityError:
        raise NotEntered("listed_already") from None
    return row


def end(id: UUID, *, by: Actor, at: datetime) -> None:
    """Say that a system holds nothing any more: later destructions do not name it.

    :raises NotAllowed: by does not check destructions.
    :raises NotEntered: ended, or there is no such system.
    """
    _insist(by)
    with transaction.atomic():
        row = _open(id)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _record(events.SYSTEM_ENDED, row, by, at)


def _open(id: UUID) -> DownstreamSystem:
    row = DownstreamSystem.objects.select_for_update().filter(pk=id, ended_at=None).first()
    if row is None:
        raise NotEntered("ended")
    return row


def _record(kind: EventKind, row: DownstreamSystem, by: Actor, at: datetime) -> None:
    facts = {
        "system": str(row.pk),
        "name": row.name,
        "owner": row.owner,
        "how": row.how,
        "fields": row.fields,
        "categories": row.categories,
    }
    record(kind, by=by, at=at, facts=facts)


def _insist(by: Actor) -> None:
    if not may(by, PERMISSION):
        raise NotAllowed(PERMISSION)
