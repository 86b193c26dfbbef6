"""Trace a found file to the export it came from: by its decoy rows for certain, else by whom it lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access import export_decoys
from access.models import Export
from audit import events
from audit.leaks import listing, ranking
from audit.queries.exports import exports_by
from audit.services.traces import question
from classification.queries import catalogue
from customers.recognising import recognise
from trail import services as trail
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One export that a file came from. `decoys` counts its decoy rows in the file; 0: it is told by whom it lists."""

    export: UUID
    event: int
    request: int | None
    number: str
    name: str
    at: datetime
    decoys: int
    share: float


def trace_export(content: bytes, *, by: Actor, at: datetime) -> list[Traced]:
    """Return the exports that a file came from, the certain ones first; nothing of the file is kept.

    An export without a decoy row in the file is named only where most of the file's customers stand in it and chance
    does not explain that.

    :raises audit.leaks.listing.TooLong, audit.leaks.listing.Empty, documents.problems.Unreadable: nothing was traced.
    """
    rows = listing.read(content)
    known = catalogue(at)
    decoys = export_decoys.exports_of(rows, at=at)
    ranked = ranking.rank(question(recognise(rows, known), known, until=at))
    shares = {int(one.key): one.share for one in ranked.exports}
    likely = {int(one.key) for one in ranking.named(ranked.exports)}
    found = [
        _traced(export, decoys.get(export.pk, 0), shares.get(export.event, 0.0))
        for export in exports_by(ids=decoys, events=likely)
    ]
    facts = {"rows": len(rows), "named": sorted(str(one.export) for one in found)}
    trail.record(events.EXPORT_TRACED, by=by, at=at, facts=facts)
    return sorted(found, key=lambda one: (-one.decoys, -one.share, one.event))


def _traced(export: Export, decoys: int, share: float) -> Traced:
    return Traced(
        export=export.pk,
        event=export.event,
        request=export.request.number if export.request else None,
        number=export.person_number,
        name=getattr(export, "person_name", ""),
        at=export.created_at,
        decoys=decoys,
        share=share,
    )
