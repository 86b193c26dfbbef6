"""Consents as templates receive them: in words, decided already, no model instances."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.queries.customer_consents import CustomerConsents, PurposeConsent
from access.queries.waiting_consents import Waiting
from access.words import DOUBTS
from classification.queries import Catalogue
from consent import words
from consent.models import GIVEN, ConsentRecord
from consent.queries.states import EXPIRED, RENEW
from consent.services.records import asked_of
from desk.forms_consents import named

LOOKS = {GIVEN: "done", EXPIRED: "failed", RENEW: "failed", "": "waiting"}
"""State → the look of its words; what is not here is `stopped`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceShown:
    """One piece of evidence; `id` is None for whoever may not open it, and where there is no file."""

    id: int | None
    kind: str
    digest: str
    original: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """One answer in the history of a purpose."""

    ref: UUID
    effective_at: datetime
    at: datetime
    answer: str
    method: str
    source: str
    by: str
    version: str
    separate: bool
    written: bool
    guardian: bool
    evidence: tuple[EvidenceShown, ...]
    confirmations: tuple[tuple[bool, str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeShown:
    """One purpose on the customer's page: what its consent is, and what can be done next."""

    code: str
    name: str
    ended: bool
    state: str
    look: str
    until: datetime | None
    waits: tuple[str, ...]
    rejected: bool
    given: bool
    fields: list[str]
    newest: RecordShown | None
    history: tuple[RecordShown, ...]
    version: int | None
    ask_again: datetime | None

    @property
    def can_ask(self) -> bool:
        """Whether a notice asks for it and the customer has not said no lately."""
        return self.version is not None and self.ask_again is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsShown:
    """The section of the customer's page."""

    purposes: list[PurposeShown]
    held_without: list[str]
    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingShown:
    """One answer in the inbox of confirmations."""

    record: RecordShown
    customer: UUID
    number: str
    purpose: str
    fields: list[str]
    doubts: list[str]


def consents_shown(found: CustomerConsents, known: Catalogue, *, opens: bool) -> ConsentsShown:
    """Return what a customer consented to, in words.

    :param opens: the reader may open evidence.
    """
    return ConsentsShown(
        purposes=[_purpose(one, known, opens) for one in found.purposes],
        held_without=labels(found.held_without, known),
        minor=found.minor,
    )


def waiting_shown(rows: Iterable[Waiting], known: Catalogue) -> list[WaitingShown]:
    """Return a page of the inbox, in words."""
    return [
        WaitingShown(
            record=record_shown(one.record, opens=True),
            customer=one.customer,
            number=one.number,
            purpose=named(asked_of(one.record.version)[one.record.purpose]["names"]),
            fields=labels(one.record.fields, known),
            doubts=[str(DOUBTS[code]) for code in one.doubts],
        )
        for one in rows
    ]


def record_shown(row: ConsentRecord, *, opens: bool, confirmed: bool = False) -> RecordShown:
    """Return one answer in words.

    :param confirmed: with what was said of its evidence, which the row has fetched.
    """
    return RecordShown(
        ref=row.ref,
        effective_at=row.effective_at,
        at=row.at,
        answer=str(words.ANSWERS[row.answer]),
        method=str(words.METHODS[row.method]),
        source=str(words.SOURCES[row.source]),
        by=row.captured_by_number,
        version=words.version_words(row.version.notice, row.version.number),
        separate=row.separate,
        written=row.written,
        guardian=row.guardian is not None,
        evidence=tuple(
            EvidenceShown(
                id=one.pk if opens and one.file else None,
                kind=str(words.EVIDENCE[one.kind]),
                digest=one.sha256,
                original=one.original,
            )
            for one in row.evidence.all()
        ),
        confirmations=tuple((one.accepted, one.by_number, one.at) for one in row.confirmations.all())
        if confirmed
        else (),
    )


def labels(codes: Collection[str], known: Catalogue) -> list[str]:
    """Return the labels of fields, in the order of the catalogue."""
    return [spec.label for spec in known.fields if spec.code in codes]


def _purpose(one: PurposeConsent, known: Catalogue, opens: bool) -> PurposeShown:
    state = one.state.state if one.state else ""
    history = tuple(record_shown(row, opens=opens, confirmed=True) for row in one.records)
    standing = one.state.record if one.state else None
    waits = tuple(str(DOUBTS[code]) for code in one.waits)
    return PurposeShown(
        code=one.code,
        name=named(one.names),
        ended=one.spec is None,
        state=words.state_words(state, one.state.since if one.state else None),
        look="failed" if waits or one.rejected else LOOKS.get(state, "stopped"),
        until=one.state.valid_until if one.given and one.state else None,
        waits=waits,
        rejected=one.rejected,
        given=one.given,
        fields=labels(one.state.fields, known) if one.given and one.state else [],
        newest=next((row for row in history if row.ref == standing), None),
        history=history,
        version=one.version.pk if one.version else None,
        ask_again=one.ask_again,
    )
