"""Who had received values that are destroyed now, and who of them was told (PIPL 47; certificate)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from access.events import VALUE_DELIVERED
from access.models import Export, MaskedDataset, UsageRequest
from customers.together import OneOf
from retention.models import DestructionRecord, RecipientTold
from retention.queries.systems import told_systems
from trail.exposed import EXPORTED, USED
from trail.models import Event, Exposure


def received(refs: Collection[UUID], fields: Collection[str]) -> list[dict[str, Any]]:
    """Return the files that were handed out with values of these customers, oldest first, as the record keeps them.

    A file that was made and never fetched reached nobody.

    :param fields: of files with one of these alone, where no customer goes as a whole.
    """
    rows = Exposure.objects.filter(OneOf("customer", refs), act=EXPORTED)
    if fields:
        rows = rows.filter(Q(clear__overlap=list(fields)) | Q(masked__overlap=list(fields)))
    counted = dict(rows.values_list("event_id").annotate(Count("customer", distinct=True)).order_by())
    events = Event.objects.filter(pk__in=set(counted) - _unfetched(counted)).order_by("pk")
    numbers = _numbers({one.request for one in events if one.request})
    return [
        {
            "export": one.pk,
            "kind": one.kind,
            "to": one.actor_number,
            "at": one.at.isoformat(),
            "request": numbers.get(one.request, ""),
            "customers": counted[one.pk],
        }
        for one in events
    ]


def texts_sent(refs: Collection[UUID]) -> int:
    """Count the texts that were mailed to these customers: each lies with the customer it was written to."""
    events = Exposure.objects.filter(OneOf("customer", refs), act=USED).values("event_id")
    return Event.objects.filter(pk__in=events, kind=VALUE_DELIVERED.code).count()


def told(record: DestructionRecord) -> list[tuple[Mapping[str, Any], RecipientTold | None]]:
    """Return the recipients that a record names, each with what was said to them, if they were told."""
    rows = {row.export: row for row in RecipientTold.objects.filter(batch=record.batch_id)}
    return [(one, rows.get(one["export"])) for one in record.content.get("recipients", ())]


def waiting(record: DestructionRecord) -> int:
    """Count the recipients and downstream systems that were not told yet."""
    return sum(row is None for _one, row in (*told(record), *told_systems(record)))


def _unfetched(events: Collection[int]) -> set[int]:
    rows = (
        model.objects.filter(event__in=list(events), fetched_at=None).values_list("event", flat=True)
        for model in (Export, MaskedDataset)
    )
    return {event for found in rows for event in found if event is not None}


def _numbers(requests: Collection[str]) -> dict[str, str]:
    rows = UsageRequest.objects.filter(Q(pk__in=requests) | Q(proposal__in=requests))
    found = {}
    for pk, proposal, number in rows.values_list("pk", "proposal", "number"):
        found[str(pk)] = found[str(proposal)] = str(number)
    return found
