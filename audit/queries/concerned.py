"""Whom the words of a finding or a case concern: the customers of the events that show it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from audit.models import Finding, Sighting
from audit.models.findings import PROBLEM
from files.models import SealedText
from trail.models import Event, Exposure

MOST = 200
"""What shows more customers than this is about somebody's conduct, and its words about no single customer."""


def concerned_in(findings: Iterable[Finding]) -> list[UUID]:
    """Return the customers whom these findings concern, none where there are more than MOST."""
    rows = list(findings)
    events = {row.event for row in rows if row.event}
    for seen in Sighting.objects.filter(finding__in=rows).values_list("events", flat=True):
        events |= set(seen)
    shown = Exposure.objects.filter(event_id__in=events).values_list("customer", flat=True).distinct()
    found = {*shown.order_by()[: MOST + 1], *_reported(rows)}
    return sorted(found) if len(found) <= MOST else []


def _reported(findings: Iterable[Finding]) -> set[UUID]:
    events = [row.event for row in findings if row.source == PROBLEM and row.event]
    reports = Event.objects.filter(pk__in=events).values_list("facts__report", flat=True)
    texts = SealedText.objects.filter(pk__in=[UUID(str(one)) for one in reports if one])
    return {ref for refs in texts.values_list("concerns", flat=True) for ref in refs}
