"""What the pages of findings, cases and audits receive: frozen, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Audit, AuditResult, CaseEntry, Suppression
from audit.models.cases import DECIDED, DUE, HANDED
from audit.models.cases import decisions as case_decisions
from audit.queries.audits import AuditStanding
from audit.queries.cases import CaseStanding
from audit.queries.findings import Standing
from desk import audit_words as words
from desk.fact_names import FACTS
from desk.words import day
from files.showing import digests
from staff.models import Department
from staff.models.people import Person

DECISIONS = dict(case_decisions())


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding in a list and at the head of its page."""

    id: UUID
    what: str
    source: str
    number: str
    name: str
    person_id: UUID | None
    department: str
    day: date
    found_at: datetime
    score: float
    says: str
    state: str
    state_words: str
    case: int | None
    customers: int
    events: int
    later: bool
    marks: tuple[str, ...]
    """What its state does not say: that it was open before, or until when its pattern is put aside."""

    @classmethod
    def of(cls, one: Standing, places: Mapping[str, str], signed_at: datetime | None = None) -> FindingLine:
        """Return a finding in words; `signed_at` of the audit that lists it."""
        row, look = one.finding, one.sighting
        return cls(
            id=row.pk,
            what=words.name_of(row.code),
            source=row.source,
            number=row.number,
            name=row.name,
            person_id=row.person,
            department=places.get(row.department, row.department),
            day=row.day,
            found_at=row.found_at,
            score=one.score,
            says=words.explained(row.code, look.features if look else {}),
            state=one.state,
            state_words=str(words.STATES[one.state]),
            case=row.case_id,
            customers=look.customers if look else 0,
            events=len(look.events) if look else 0,
            later=signed_at is not None and row.found_at > signed_at,
            marks=tuple(_marks(one)),
        )


def _marks(one: Standing) -> Iterator[str]:
    row = one.finding
    if one.reopened:
        yield _("case opened again")
    if row.turn > 1:
        yield _("found again, %(times)s times in all") % {"times": row.turn}
    if row.suppression is not None:
        until = row.suppression.ended_at or row.suppression.until
        yield _("put aside until %(day)s") % {"day": day(until)}


def finding_lines(found: Iterable[Standing], signed_at: datetime | None = None) -> list[FindingLine]:
    """Put findings in words."""
    places = department_names()
    return [FindingLine.of(one, places, signed_at) for one in found]


def department_names() -> dict[str, str]:
    """Return the names of departments by code."""
    return dict(Department.objects.values_list("code", "name"))


def feature_names(features: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return the numbers that made a score, by name where there is one."""
    return [(str(FACTS.get(name, name.replace("_", " "))), value) for name, value in features.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in a list and at the head of its page."""

    id: int
    opened_at: datetime
    owner: str
    owner_number: str
    mine: bool
    due_at: datetime
    last_day: date
    state: str
    state_words: str
    decision: str
    decided_at: datetime | None
    findings: int
    what: str

    @classmethod
    def of(cls, one: CaseStanding, codes: Sequence[str], reader: UUID | None) -> CaseLine:
        """Return a case in words; `codes` are those of its findings."""
        return cls(
            id=one.case.pk,
            opened_at=one.case.opened_at,
            owner=one.owner_name,
            owner_number=one.owner_number,
            mine=one.owner == reader,
            due_at=one.due_at,
            last_day=timezone.localdate(one.due_at - timedelta(seconds=1)),
            state=one.state,
            state_words=str(words.CASE_STATES[one.state]),
            decision=str(DECISIONS.get(one.decision, "")),
            decided_at=one.decided_at,
            findings=len(codes),
            what=" · ".join(dict.fromkeys(map(words.name_of, codes))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One entry of a case's history."""

    id: int
    at: datetime
    who: str
    number: str
    what: str
    about: str
    words: str
    sealed: bool
    has_file: bool
    digest: str


def entries_shown(entries: Collection[CaseEntry], texts: Mapping[UUID, str]) -> list[EntryShown]:
    """Put the entries of a case in words, earliest first."""
    originals = digests([one.file for one in entries if one.file is not None])
    return [
        EntryShown(
            id=one.pk,
            at=one.at,
            who=one.by_name,
            number=one.by_number,
            what=str(words.ENTRIES[one.kind]),
            about=_about(one),
            words=texts.get(one.text, "") if one.text else "",
            sealed=one.text is not None and one.text not in texts,
            has_file=one.file is not None,
            digest=originals.get(one.file, "") if one.file else "",
        )
        for one in entries
    ]


def _about(entry: CaseEntry) -> str:
    if entry.kind == HANDED:
        return entry.owner_name
    if entry.kind == DUE and entry.due_at is not None:
        return f"{timezone.localdate(entry.due_at - timedelta(seconds=1)):%Y-%m-%d}"
    if entry.kind == DECIDED:
        return str(DECISIONS[entry.decision])
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One audit in the list and at the head of its page."""

    id: UUID
    kind: str
    first: date
    last: date
    started_at: datetime
    started_by: str
    running: bool
    examined: bool
    found: int
    unowned: int
    later: int
    signed_at: datetime | None
    signed_by: str
    digest: str

    @classmethod
    def of(cls, one: AuditStanding) -> AuditLine:
        """Return an audit in words."""
        audit, job = one.audit, one.job
        first, last = days_of(audit)
        return cls(
            id=audit.pk,
            kind=str(words.KINDS[audit.kind]),
            first=first,
            last=last,
            started_at=audit.started_at,
            started_by=audit.started_by_number,
            running=job is not None
            and job.finished_at is None
            and not job.error_code
            and not job.cancelled_at,
            examined=job is not None and job.finished_at is not None,
            found=one.found,
            unowned=one.unowned,
            later=one.later,
            signed_at=audit.signed_at,
            signed_by=audit.signed_by_name,
            digest=audit.digest,
        )


def days_of(audit: Audit) -> tuple[date, date]:
    """Return the first and the last local day of an audit."""
    return timezone.localdate(audit.since), timezone.localdate(audit.until - timedelta(seconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """One person to whom a result was sent."""

    number: str
    name: str
    department: str
    sent_at: datetime
    acknowledged_at: datetime | None


def results_shown(results: Iterable[AuditResult]) -> list[ResultLine]:
    """Put in words who was told and who has answered."""
    places = department_names()
    return [
        ResultLine(
            number=one.number,
            name=one.name,
            department=places.get(one.department, one.department),
            sent_at=one.sent_at,
            acknowledged_at=one.acknowledged_at,
        )
        for one in results
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionLine:
    """One pattern put aside."""

    id: UUID
    what: str
    whom: str
    since: datetime
    last_day: date
    by: str
    active: bool
    ended_at: datetime | None
    findings: int

    @classmethod
    def of(cls, row: Suppression, places: Mapping[str, str], findings: int, at: datetime) -> SuppressionLine:
        """Return a suppression in words."""
        whom = f"{row.name} {row.number}" if row.person else places.get(row.department, row.department)
        return cls(
            id=row.pk,
            what=words.name_of(row.detector),
            whom=whom,
            since=row.since,
            last_day=timezone.localdate(row.until - timedelta(seconds=1)),
            by=row.by_name,
            active=row.since <= at < (row.ended_at or row.until),
            ended_at=row.ended_at,
            findings=findings,
        )


def officers(ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """Return people to choose from, by number."""
    found = Person.objects.filter(pk__in=list(ids)).order_by("number")
    return [(one.pk, f"{one.name} {one.number}") for one in found]
