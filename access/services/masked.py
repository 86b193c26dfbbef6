"""Masked data sets for testing environments: proposed, and fetched once within a day by the person named (S1-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import events
from access.models.masked import MaskedDataset
from access.proposals import masked
from approvals import services as approvals
from approvals.models import Proposal
from files import services as files
from staff.permissions import may
from staff.services.people import NotAllowed
from trail import services as trail
from trail.actor import Actor


class NotFetchable(Exception):
    """It is not made yet ("not_made"), was fetched ("fetched") or its day is over ("over"): `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file on its way to the person, once."""

    name: str
    format: str
    chunks: Iterator[bytes]


def propose(
    *,
    portfolios: Sequence[str],
    fields: Sequence[str],
    rows: int,
    format: str,
    person: UUID,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Propose a masked data set from some fields of some portfolios, to be fetched by one person.

    :raises CannotApply: masked_fields, masked_rows, unknown_portfolio, not_working, may_not_fetch.
    """
    content = masked.content_of(portfolios=portfolios, fields=fields, rows=rows, format=format, person=person)
    return approvals.propose(masked.KIND, content=content, reason_text=reason, by=by, at=at)


def fetch(id: UUID, *, by: Actor, at: datetime) -> Fetched:
    """Hand a data set out to the person it was made for, once.

    :raises MaskedDataset.DoesNotExist: nonexistent, or another person's.
    :raises NotAllowed: the person's roles no longer fetch data sets.
    :raises NotFetchable: see there.
    """
    if by.id is None:
        raise MaskedDataset.DoesNotExist
    with transaction.atomic(durable=True):
        found = MaskedDataset.objects.select_for_update().get(id=id, person_id=by.id)
        if not may(by, "masked.fetch"):
            raise NotAllowed("masked.fetch")
        if found.file is None or found.keep_until is None:
            raise NotFetchable("not_made")
        if found.fetched_at is not None:
            raise NotFetchable("fetched")
        if at >= found.keep_until:
            raise NotFetchable("over")
        found.fetched_at = at
        found.save(update_fields=["fetched_at"])
        facts = {"dataset": str(found.id), "made_by_event": found.event}
        receipt = trail.record(events.MASKED_FETCHED, by=by, at=at, facts=facts, opens=[found.file])
    return Fetched(
        name=f"custinfo-masked-{found.event}.{found.format}",
        format=found.format,
        chunks=files.read_file(found.file, at=at, receipt=receipt),
    )
