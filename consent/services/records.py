"""Record answers, withdrawals and what a second person says of evidence. Nothing is ever rewritten (PIPL 15)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from consent import events, evidence
from consent.models import (
    CALL,
    CHECKBOX,
    DECISION,
    DESK,
    GIVEN,
    LINK,
    METHODS,
    PAPER,
    POPUP,
    RECORDING,
    REFUSED,
    REVOKED,
    SCREENSHOT,
    SIGNED_FILE,
    SYSTEM_LOG,
    WITHDRAWN,
    Confirmation,
    ConsentRecord,
    Evidence,
    NoticeVersion,
)
from consent.problems import ConsentRefused
from consent.queries.states import states
from files.services import put_text
from lawbook.models import MONTH
from lawbook.terms import Term
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed

EARLIEST = timedelta(days=3650)
"""No answer is recorded that is older than this."""
NEED_A_FILE = {PAPER: SIGNED_FILE, CALL: RECORDING, CHECKBOX: SCREENSHOT, POPUP: SCREENSHOT}
"""What proves a yes that a person records, by how it was given (S0-9, S0-12); a link's own log proves the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A yes or no to one purpose. `separate`: the sensitive fields were agreed to by an act of their own."""

    purpose: str
    yes: bool
    separate: bool = False
    optional: frozenset[str] | None = None
    """The optional fields agreed to; None means all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How an answer came, as it is given: method, source, link, device."""

    method: str
    source: str = DESK
    link: UUID | None = None
    device: str = ""
    staff_browser: bool = False


def asked_of(version: NoticeVersion) -> dict[str, Mapping[str, Any]]:
    """Return the purposes of a published version by code."""
    return {one["code"]: one for one in version.purposes}


def covered(purpose: Mapping[str, Any], answer: Answer) -> list[str]:
    """Return the fields that a yes covers: sensitive ones only with their separate consent (PIPL 29)."""
    return sorted(
        code
        for code, one in purpose["fields"].items()
        if (answer.separate or not one["sensitive"])
        and (one["necessary"] or answer.optional is None or code in answer.optional)
    )


def record(
    exposed: Exposed,
    *,
    version: NoticeVersion,
    language: str,
    answers: Sequence[Answer],
    circumstances: Circumstances,
    effective_at: datetime,
    by: Actor,
    at: datetime,
    written: bool = False,
    guardian: str = "",
    files: Sequence[evidence.Held] = (),
) -> list[ConsentRecord]:
    """Record what a customer answered to a published version, with its evidence, as one act.

    :param exposed: the customer, as the trail names customers.
    :param files: evidence that lies sealed already (`consent.evidence.put`).
    :raises ConsentRefused: no_answer, unknown_purpose, unknown_method, too_early, too_late, evidence_missing.
    """
    asked = asked_of(version)
    _insist_sound(asked, answers, circumstances, effective_at, files, at)
    with transaction.atomic():
        sealed = _sealed(guardian, exposed.customer, by, at)
        made = [
            ConsentRecord(
                **_common(exposed.customer, version, language, circumstances, by, effective_at, at),
                purpose=one.purpose,
                answer=GIVEN if one.yes else REFUSED,
                fields=covered(asked[one.purpose], one) if one.yes else [],
                separate=one.yes and one.separate,
                written=one.yes and written,
                guardian=sealed,
                valid_until=valid_until(asked[one.purpose], effective_at) if one.yes else None,
            )
            for one in answers
        ]
        ConsentRecord.objects.bulk_create(made)
        _prove(made, circumstances, files, by, at)
        trail.record(
            events.RECORDED,
            by=by,
            at=at,
            facts={
                "records": [str(row.ref) for row in made],
                "given": [row.purpose for row in made if row.answer == GIVEN],
                "refused": [row.purpose for row in made if row.answer == REFUSED],
                "separate": [row.purpose for row in made if row.separate],
                "fields": sorted({code for row in made for code in row.fields}),
                "method": circumstances.method,
                "notice": version.notice_id,
                "version": version.number,
                "effective_at": effective_at.isoformat(),
            },
            exposures=[exposed],
        )
    return made


def withdraw(
    exposed: Exposed,
    purposes: Collection[str],
    *,
    by: Actor,
    at: datetime,
    circumstances: Circumstances | None = None,
) -> list[ConsentRecord]:
    """Record that the customer withdrew; it counts from the next read on (PIPL 15). Twice is once.

    :raises ConsentRefused: nothing_given, where none of the purposes is consented to.
    """
    how = circumstances or Circumstances(method=DECISION)
    with transaction.atomic():
        made = _end(exposed, purposes, WITHDRAWN, how, by, at)
        facts = {
            "records": [str(row.ref) for row in made],
            "purposes": [row.purpose for row in made],
            "link": str(how.link or ""),
        }
        trail.record(events.WITHDRAWN, by=by, at=at, facts=facts, exposures=[exposed])
    return made


def revoke(
    exposed: Exposed, purposes: Collection[str], *, reason: str, by: Actor, at: datetime
) -> list[ConsentRecord]:
    """End consents as the handler, with a reason.

    :raises ConsentRefused: nothing_given; reason_missing.
    """
    if not reason.strip():
        raise ConsentRefused("reason_missing")
    with transaction.atomic():
        note = put_text(reason.strip(), about="consent.revoked", subject=exposed.customer, by=by, at=at)
        made = _end(exposed, purposes, REVOKED, Circumstances(method=DECISION), by, at, note=note)
        facts = {"records": [str(row.ref) for row in made], "purposes": [row.purpose for row in made]}
        trail.record(events.REVOKED, by=by, at=at, facts=facts, exposures=[exposed])
    return made


def confirm(row: ConsentRecord, exposed: Exposed, *, accepted: bool, by: Actor, at: datetime) -> Confirmation:
    """Say as a second person whether the evidence of an answer holds.

    :raises ConsentRefused: own_record, where one captured it oneself; confirmed_already.
    """
    if (
        by.id is None
        or by.id == row.captured_by_id
        or (row.link and by.id == row.link.made_by_id and row.site)
    ):
        raise ConsentRefused("own_record")
    try:
        with transaction.atomic():
            said = Confirmation.objects.create(
                record=row, accepted=accepted, by_id=by.id, by_number=by.number, at=at
            )
            facts = {"record": str(row.ref), "accepted": accepted}
            trail.record(
                events.CONFIRMED, by=by, at=at, facts=facts, exposures=[exposed], purpose=row.purpose
            )
    except IntegrityError:
        raise ConsentRefused("confirmed_already") from None
    return said


def add_evidence(
    rows: Sequence[ConsentRecord], exposed: Exposed, file: evidence.Held, *, by: Actor, at: datetime
) -> None:
    """Add a file to answers that were recorded before: what came by mail later, what a customer uploaded."""
    with transaction.atomic():
        Evidence.objects.bulk_create(_evidence(row, file, by, at) for row in rows)
        facts = {"records": [str(row.ref) for row in rows], "file": str(file.id), "sha256": file.sha256}
        trail.record(events.EVIDENCE_ADDED, by=by, at=at, facts=facts, exposures=[exposed])


def log_digest(row: ConsentRecord) -> str:
    """Return the SHA-256 of an answer's circumstances, hex: the session log that is its evidence (S0-12)."""
    facts = {
        "record": str(row.ref),
        "purpose": row.purpose,
        "answer": row.answer,
        "version": row.version_id,
        "language": row.language,
        "link": str(row.link_id),
        "ip": row.ip,
        "device": row.device,
        "site": row.site,
        "staff_browser": row.staff_browser,
        "effective_at": row.effective_at.isoformat(),
    }
    return sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _end(
    exposed: Exposed,
    purposes: Collection[str],
    answer: str,
    how: Circumstances,
    by: Actor,
    at: datetime,
    note: UUID | None = None,
) -> list[ConsentRecord]:
    held = states([exposed.customer], at, purposes=purposes)
    given = [one for one in held.values() if one.state == GIVEN]
    if not given:
        raise ConsentRefused("nothing_given")
    ended = {row.ref: row for row in ConsentRecord.objects.filter(ref__in=[one.record for one in given])}
    made = [
        ConsentRecord(
            **_common(
                exposed.customer, ended[one.record].version, ended[one.record].language, how, by, at, at
            ),
            purpose=one.purpose,
            answer=answer,
            note=note,
        )
        for one in sorted(given, key=lambda one: one.purpose)
    ]
    return ConsentRecord.objects.bulk_create(made)


def _common(
    subject: UUID,
    version: NoticeVersion,
    language: str,
    how: Circumstances,
    by: Actor,
    effective_at: datetime,
    at: datetime,
) -> dict[str, Any]:
    """Return what every record says of its circumstances."""
    person = by.id if how.source != LINK else None
    return {
        "subject": subject,
        "version": version,
        "language": language,
        "method": how.method,
        "source": how.source,
        "captured_by_id": person,
        "captured_by_number": by.number if person else "",
        "link_id": how.link,
        "site": by.site,
        "staff_browser": how.staff_browser,
        "ip": by.ip,
        "device": how.device[:300],
        "effective_at": effective_at,
        "at": at,
    }


def _insist_sound(
    asked: Mapping[str, Mapping[str, Any]],
    answers: Sequence[Answer],
    how: Circumstances,
    effective_at: datetime,
    files: Sequence[evidence.Held],
    at: datetime,
) -> None:
    if not answers:
        raise ConsentRefused("no_answer")
    codes = [one.purpose for one in answers]
    if not set(codes) <= set(asked) or len(set(codes)) < len(codes):
        raise ConsentRefused("unknown_purpose")
    if how.method not in METHODS:
        raise ConsentRefused("unknown_method")
    if effective_at > at:
        raise ConsentRefused("too_late")
    if effective_at < at - EARLIEST:
        raise ConsentRefused("too_early")
    needed = NEED_A_FILE.get(how.method)
    proven = any(one.kind == needed for one in files)
    # SECURITY: without its proof a yes would be the word of whoever types it in.
    if how.source == DESK and needed and any(one.yes for one in answers) and not proven:
        raise ConsentRefused("evidence_missing")


def valid_until(purpose: Mapping[str, Any], effective_at: datetime) -> datetime | None:
    """Return when a yes to a purpose of a published version ends by itself; None where it says no term."""
    months = purpose.get("consent_months")
    return Term(months, MONTH).after(effective_at) if months else None


def _sealed(text: str, subject: UUID, by: Actor, at: datetime) -> UUID | None:
    said = " ".join(text.split())
    return put_text(said, about="consent.guardian", subject=subject, by=by, at=at) if said else None


def _prove(
    made: Sequence[ConsentRecord],
    how: Circumstances,
    files: Sequence[evidence.Held],
    by: Actor,
    at: datetime,
) -> None:
    proofs = [_evidence(row, file, by, at) for row in made for file in files]
    if how.source == LINK:
        proofs += [Evidence(record=row, kind=SYSTEM_LOG, sha256=log_digest(row), at=at) for row in made]
    Evidence.objects.bulk_create(proofs)


def _evidence(row: ConsentRecord, file: evidence.Held, by: Actor, at: datetime) -> Evidence:
    return Evidence(
        record=row,
        kind=file.kind,
        file=file.id,
        sha256=file.sha256,
        media_type=file.media_type,
        original=file.original,
        uploaded_by_id=by.id,
        uploaded_by_number=by.number,
        at=at,
    )
