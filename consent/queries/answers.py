"""When consents ended, for whoever works out how long values may be kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, When

from consent.models import GIVEN, ConsentRecord


def ends(subjects: Collection[UUID], at: datetime) -> QuerySet[ConsentRecord, tuple[Any, ...]]:
    """Return subject, purpose and the end of each answer that counts at a time; no end where the consent holds.

    A refusal, a withdrawal and a revocation end it when they were said, a term when it was over. A notice that asks
    anew ends nothing here: it closes reads until the customer has answered.
    """
    return (
        ConsentRecord.objects.filter(subject__in=list(subjects), at__lte=at, effective_at__lte=at)
        .order_by("subject", "purpose", "-effective_at", "-id")
        .distinct("subject", "purpose")
        .annotate(
            ended=Case(
                When(answer=GIVEN, valid_until__lte=at, then=F("valid_until")),
                When(answer=GIVEN, then=None),
                default=F("effective_at"),
            )
        )
        .values_list("subject", "purpose", "ended")
    )
