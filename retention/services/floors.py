"""What outlives an erased customer because a law asks for it: named on the record, and ended when its floor is over.

Circumstances of consents (address, device) are evidence; words of cases and reported problems are records of
processing. The run of each day ends what no floor keeps any more, of customers who are gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from consent.queries import circumstances
from consent.services.endings import end_circumstances
from customers.models import Customer
from customers.together import OneOf
from files.models import SealedText
from files.services import destroy_text_keys
from lawbook.queries import fact
from retention import events
from trail.actor import Actor
from trail.services import record
from vault.opening import TEXTS
from vault.shredding import remaining

RECORDS = "processing_record_keep"


def end_over(*, by: Actor, at: datetime) -> int:
    """End what is over its floor and concerns erased customers alone; return how many rows. Only the worker may."""
    subjects = circumstances.over(at)
    ended = end_circumstances(subjects - _living(subjects), by=by, at=at)
    texts = _texts_over(at)
    if number := remaining(texts, TEXTS):
        destroy_text_keys(texts)
        record(events.WORDS_ENDED, by=by, at=at, facts={"texts": number})
    return ended + number


def words_about(refs: Collection[UUID], at: datetime) -> tuple[int, datetime | None]:
    """Count the words of cases and reports that concern these customers, and say until when the law keeps them."""
    cutoff = fact(RECORDS, at).term.over_before(at)
    rows = _concerning().filter(concerns__overlap=list(refs), created_at__gte=cutoff)
    return _until_last(rows, at)


def texts_of(refs: Collection[UUID], at: datetime) -> tuple[int, datetime | None]:
    """Count the reasons and notes about customers who stay, and say until when the law asks for the last of them."""
    return _until_last(SealedText.objects.filter(OneOf("subject", refs)), at)


def _until_last(rows: QuerySet[SealedText], at: datetime) -> tuple[int, datetime | None]:
    found = rows.aggregate(number=Count("pk"), last=Max("created_at"))
    last: datetime | None = found["last"]
    return found["number"], fact(RECORDS, at).term.after(last) if last else None


def _concerning() -> QuerySet[SealedText]:
    return SealedText.objects.exclude(concerns=[])


def _texts_over(at: datetime) -> list[UUID]:
    cutoff = fact(RECORDS, at).term.over_before(at)
    rows = _concerning().filter(created_at__lt=cutoff)
    found = dict(rows.values_list("pk", "concerns"))
    living = _living({ref for refs in found.values() for ref in refs})
    return [id for id, refs in found.items() if not living & set(refs)]


def _living(refs: Iterable[UUID]) -> set[UUID]:
    return set(Customer.objects.filter(OneOf("ref", list(refs))).values_list("ref", flat=True))
