"""What a subject's consent to a purpose is at a time: asked of the records, never stored (laws 7, PIPL 14, 15).

The state at a time depends only on what was recorded by then: the answer with the latest effective time counts,
between equals the one recorded last.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from consent.models import (
    GIVEN,
    REFUSED,
    REVOKED,
    WITHDRAWN,
    Confirmation,
    ConsentRecord,
    NoticeVersion,
)
from trail.questions import Question, Rows, ask

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
    return ask(states_asked(subjects, at, purposes=purposes))


def states_asked(
    subjects: Collection[UUID], at: datetime, *, purposes: Collection[str] | None = None
) -> Question[States]:
    """Ask for the states of these subjects."""
    given = {
        "subjects": list(subjects),
        "at": at,
        "purposes": list(purposes or ()),
        "any_purpose": purposes is None,
    }
    return Question(_STATES, given, lambda rows: _by_subject(rows, at))


# What `current` says, written out because every read asks it; a test holds the two together.
_STATES = """
select distinct on (record.subject, record.purpose) record.subject, record.purpose, record.answer, record.effective_at,
  record.valid_until,
  (select min(later.published_at) from consent_noticeversion later
    where later.notice_id = version.notice_id and later.number > version.number and later.published_at <= %(at)s
      and later.renews @> array[record.purpose]) as renewed_at,
  record.ref, version.notice_id, version.number, record.fields, record.separate, record.written, record.method,
  record.guardian is not null, record.source, record.captured_by_id, record.captured_by_number, link.address_since,
  record.site, record.staff_browser, record.at,
  exists (select from consent_evidence where record_id = record.id and at <= %(at)s),
  (select accepted from consent_confirmation said where said.record_id = record.id and said.at <= %(at)s
    order by said.at desc, said.id desc limit 1)
from consent_consentrecord record join consent_noticeversion version on version.id = record.version_id
left join consent_consentlink link on link.id = record.link_id
where record.subject = any(%(subjects)s::uuid[]) and record.at <= %(at)s and record.effective_at <= %(at)s
  and (%(any_purpose)s or record.purpose = any(%(purposes)s::text[]))
order by record.subject, record.purpose, record.effective_at desc, record.id desc"""
_SAID = (
    "record", "notice", "version", "fields", "separate", "written", "method", "guardian", "source", "captured_by",
    "captured_by_number", "address_since", "site", "staff_browser", "at", "has_evidence", "confirmed",
)  # fmt: skip


def _by_subject(rows: Rows, at: datetime) -> States:
    return {(row[0], row[1]): _state(row, at) for row in rows}


def _state(row: tuple[Any, ...], at: datetime) -> ConsentState:
    subject, purpose, answer, effective_at, valid_until, renewed_at, *said = row
    state, since = answer, effective_at
    if answer == GIVEN:
        ends = [
            (moment, name)
            for moment, name in ((valid_until, EXPIRED), (renewed_at, RENEW))
            if moment is not None and moment <= at
        ]
        if ends:
            since, state = min(ends)
    known = dict(zip(_SAID, said, strict=True))
    return ConsentState(
        subject=subject,
        purpose=purpose,
        state=state,
        since=since,
        effective_at=effective_at,
        valid_until=valid_until,
        **known | {"fields": frozenset(known["fields"])},
    )


def current(at: datetime) -> QuerySet[ConsentRecord]:
    """Return for each subject and purpose the one record that counts at a time."""
    return (
        ConsentRecord.objects.filter(at__lte=at, effective_at__lte=at)
        .order_by("subject", "purpose", "-effective_at", "-id")
        .distinct("subject", "purpose")
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
