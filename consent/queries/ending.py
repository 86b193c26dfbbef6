"""Consents whose term ends soon: somebody may want to ask the customer again before it does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.models import GIVEN, ConsentRecord

SOON = timedelta(days=30)


def ending(at: datetime, *, within: timedelta = SOON) -> QuerySet[ConsentRecord]:
    """Return the given consents that count now and whose term ends within a time, the soonest first."""
    known = ConsentRecord.objects.filter(at__lte=at, effective_at__lte=at)
    later = known.filter(subject=OuterRef("subject"), purpose=OuterRef("purpose")).filter(
        Q(effective_at__gt=OuterRef("effective_at"))
        | Q(effective_at=OuterRef("effective_at"), pk__gt=OuterRef("pk"))
    )
    return (
        known.filter(answer=GIVEN, valid_until__gt=at, valid_until__lte=at + within)
        .filter(~Exists(later))
        .order_by("valid_until", "pk")
    )
