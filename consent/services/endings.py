"""End the circumstances of answers: the address and device from which a customer answered (S0-12, PIPL 47).

They are evidence, kept as long as the law asks of evidence. Whose they were is told from above: here a subject is a
UUID. The answer itself stays, and so does the digest that proved it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from consent import events
from consent.evidence import FLOOR
from consent.queries.circumstances import held
from lawbook.queries import fact
from trail.actor import Actor
from trail.rewriting import rewrite
from trail.services import record


def end_circumstances(subjects: Collection[UUID], *, by: Actor, at: datetime) -> int:
    """Empty address and device of what these subjects answered, where the floor is over; return how many rows."""
    cutoff = fact(FLOOR, at).term.over_before(at)
    with transaction.atomic():
        records, tries = held(subjects)
        ended = {
            "records": records.filter(at__lt=cutoff).update(ip=None, device=""),
            "tries": tries.filter(at__lt=cutoff).update(ip=None),
        }
        if any(ended.values()):
            record(events.CIRCUMSTANCES_ENDED, by=by, at=at, facts=ended)
    return sum(ended.values())


def rewrite_answers() -> None:
    """Rewrite the tables whose circumstances were emptied: the bytes stay in their files until then."""
    rewrite("consent_consentrecord", "consent_linktry")
