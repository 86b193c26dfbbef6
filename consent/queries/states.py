"""What a subject's consent to a purpose is at a time: asked of the records, never stored (laws 7, PIPL 14, 15).

The state at a time depends only on what was recorded by then: the answer with the latest effective time counts,
between equals the one recorded last.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from consent.models import (
    GIVEN,
    REFUSED,
    REVOKED,
    WITHDRAWN,
    Confirmation,
    ConsentRecord,
    Evidence,
    NoticeVersion,
)

EXPIRED, RENEW = "expired", "renew"
STATES = (GIVEN, REFUSED, WITHDRAWN, REVOKED, EXPIRED, RENEW)
"""Only `given` permits. No record at all is no state: nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """The answer that counts for one subject and purpose, and what became of it.

    `since`: when this state began. `confirmed`: what a second person said of the evidence, None while nobody has.
    """

    subject: UUID
    purpose: str
    state: str
    since: datetime
    record: UUID
    notice: str
    version: int
    fields: frozenset[str]
    separate: bool
    written: bool
    method: str
    guardian: bool
    source: str
    captured_by: UUID | None
    captured_by_number: str
    address_since: datetime | None
    site: str
    staff_browser: bool
    effective_at: datetime
    at: datetime
    valid_until: datetime | None
    has_evidence: bool
    confirmed: bool | None


States = dict[tuple[UUID, str], ConsentState]


def states(subjects: Collection[UUID], at: datetime, *, purposes: Collection[str] | None = None) -> States:
    """Return the states of these subjects by subject and purpose, in one query."""
    rows = current(at).filter(subject__in=list(subjects))
    if purposes is not None:
        rows = rows.filter(purpose__in=list(purposes))
    return {(one.subject, one.purpose): one for one in (state_of(row, at) for row in rows)}


def current(at: datetime) -> QuerySet[ConsentRecord]:
    """Return for each subject and purpose the one record that counts at a time, with what its state needs."""
    said = Confirmation.objects.filter(record=OuterRef("pk"), at__lte=at).order_by("-at", "-pk")
    later = _asked_anew(at)
    return (
        ConsentRecord.objects.filter(at__lte=at, effective_at__lte=at)
        .order_by("subject", "purpose", "-effective_at", "-id")
        .distinct("subject", "purpose")
        .select_related("version")
        .annotate(
            accepted=Subquery(said.values("accepted")[:1]),
            renewed_at=Subquery(later.order_by("published_at").values("published_at")[:1]),
            address_since=F("link__address_since"),
            proven=Exists(Evidence.objects.filter(record=OuterRef("pk"), at__lte=at)),
        )
    )


def state_of(row: ConsentRecord, at: datetime) -> ConsentState:
    """Return the state that a row of `current` stands for."""
    state, since = row.answer, row.effective_at
    if row.answer == GIVEN:
        ends = [
            (moment, name)
            for moment, name in ((row.valid_until, EXPIRED), (row.renewed_at, RENEW))  # type: ignore[attr-defined]
            if moment is not None and moment <= at
        ]
        if ends:
            since, state = min(ends)
    return ConsentState(
        subject=row.subject,
        purpose=row.purpose,
        state=state,
        since=since,
        record=row.ref,
        notice=row.version.notice_id,
        version=row.version.number,
        fields=frozenset(row.fields),
        separate=row.separate,
        written=row.written,
        method=row.method,
        guardian=row.guardian is not None,
        source=row.source,
        captured_by=row.captured_by_id,
        captured_by_number=row.captured_by_number,
        address_since=row.address_since,  # type: ignore[attr-defined]
        site=row.site,
        staff_browser=row.staff_browser,
        effective_at=row.effective_at,
        at=row.at,
        valid_until=row.valid_until,
        has_evidence=row.proven,  # type: ignore[attr-defined]
        confirmed=row.accepted,  # type: ignore[attr-defined]
    )


def history(subject: UUID, at: datetime) -> list[ConsentRecord]:
    """Return everything recorded of a subject by a time, newest first, with evidence and confirmations."""
    return list(
        ConsentRecord.objects.filter(subject=subject, at__lte=at)
        .select_related("version__notice")
        .prefetch_related("evidence", "confirmations")
        .order_by("-at", "-id")
    )


def refused_since(subject: UUID, purposes: Collection[str], at: datetime) -> dict[str, datetime]:
    """Return which of these purposes the subject refuses now, each with the moment of the refusal."""
    found = states([subject], at, purposes=purposes).values()
    return {one.purpose: one.effective_at for one in found if one.state in (REFUSED, WITHDRAWN)}


def unconfirmed(at: datetime) -> QuerySet[ConsentRecord]:
    """Return the given consents that count now and of whose evidence nobody has said anything, oldest first.

    Looks for a later answer of each instead of sorting all of them, so that the first page costs little.
    """
    known = ConsentRecord.objects.filter(at__lte=at, effective_at__lte=at)
    later = known.filter(subject=OuterRef("subject"), purpose=OuterRef("purpose")).filter(
        Q(effective_at__gt=OuterRef("effective_at"))
        | Q(effective_at=OuterRef("effective_at"), pk__gt=OuterRef("pk"))
    )
    return (
        known.filter(answer=GIVEN)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
        .filter(~Exists(later))
        .filter(~Exists(Confirmation.objects.filter(record=OuterRef("pk"), at__lte=at)))
        .select_related("version__notice")
        .prefetch_related("evidence")
        .order_by("at", "pk")
    )


def to_renew(at: datetime) -> dict[str, int]:
    """Count for each notice the given consents that a later version of it asks for anew (PIPL 14)."""
    waiting = ConsentRecord.objects.filter(pk__in=current(at).values("pk"), answer=GIVEN)
    waiting = waiting.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
    waiting = waiting.filter(Exists(_asked_anew(at)))
    return dict(waiting.values_list("version__notice").annotate(Count("pk")).order_by())


def _asked_anew(at: datetime) -> QuerySet[NoticeVersion]:
    """Return the later versions of a record's notice that no longer count its answer."""
    return NoticeVersion.objects.filter(
        notice=OuterRef("version__notice"),
        number__gt=OuterRef("version__number"),
        published_at__lte=at,
        renews__contains=[OuterRef("purpose")],
    )
