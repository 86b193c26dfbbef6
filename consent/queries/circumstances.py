"""From where customers answered: which answers and tries of links still hold an address or a device."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from consent.evidence import FLOOR
from consent.models import ConsentLink, ConsentRecord, LinkTry
from lawbook.queries import fact

HELD = Q(ip__isnull=False) | ~Q(device="")


def held(subjects: Collection[UUID]) -> tuple[QuerySet[ConsentRecord], QuerySet[LinkTry]]:
    """Return the answers of these subjects with their circumstances, and the tries of their links."""
    wanted = list(subjects)
    links = ConsentLink.objects.filter(subject__in=wanted)
    return (
        ConsentRecord.objects.filter(HELD, subject__in=wanted),
        LinkTry.objects.filter(link__in=links, ip__isnull=False),
    )


def kept(subjects: Collection[UUID], at: datetime) -> tuple[int, datetime | None]:
    """Count what still holds circumstances of these subjects, and say until when the law keeps the last of it."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"subjects": f"{{{','.join(map(str, subjects))}}}"})
        number, last = cursor.fetchone()
    return number, fact(FLOOR, at).term.after(last) if last else None


def over(at: datetime) -> set[UUID]:
    """Return the subjects some of whose circumstances are kept by no floor any more."""
    cutoff = fact(FLOOR, at).term.over_before(at)
    records = ConsentRecord.objects.filter(HELD, at__lt=cutoff).values_list("subject", flat=True)
    tries = LinkTry.objects.filter(ip__isnull=False, at__lt=cutoff).values_list("link__subject", flat=True)
    return {*records.distinct().order_by(), *tries.distinct().order_by()}


_KEPT = """
select count(*), max(at) from (
  select at from consent_consentrecord
  where subject = any(%(subjects)s::uuid[]) and (ip is not null or device <> '')
  union all
  select tried.at from consent_linktry tried join consent_consentlink link on link.id = tried.link_id
  where link.subject = any(%(subjects)s::uuid[]) and tried.ip is not null) found
"""
