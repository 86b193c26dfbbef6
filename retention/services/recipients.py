"""Note that a recipient was told of a destruction: what they received is theirs to destroy."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from retention import events
from retention.models import DestructionRecord, RecipientTold
from retention.models.destruction import WAYS
from retention.proposals.destruction import PERMISSION
from retention.queries.recipients import told
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
    if not may(by, PERMISSION) or by.id is None:
        raise NotAllowed(PERMISSION)
    if export not in {one["export"] for one, _row in told(record)}:
        raise NotNoted("unknown_recipient")
    if how not in WAYS:
        raise NotNoted("unknown_way")
    if not timezone.localdate(record.batch.proposed_at) <= told_on <= timezone.localdate(at):
        raise NotNoted("bad_day")
    facts = {
        "batch": str(record.batch_id),
        "export": export,
        "how": how,
        "told_on": told_on.isoformat(),
    }
    try:
        with transaction.atomic():
            row = RecipientTold.objects.create(
                batch_id=record.batch_id,
                export=export,
                told_on=told_on,
                how=how,
                by_id=by.id,
                by_number=by.number,
                at=at,
            )
            record_event(events.RECIPIENT_TOLD, by=by, at=at, facts=facts)
    except IntegrityError:
        raise NotNoted("told_already") from None
    return row
