"""What the pages of purposes receive: frozen, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import ngettext

from approvals.models import Proposal
from classification import purpose_words as words
from classification.models import LEVELS, NECESSARY, PurposeVersion
from classification.proposals.purposes import PURPOSE
from classification.purposes import PurposeSpec, purposes, spec_of, unserved
from classification.queries import Catalogue, FieldSpec, catalogue
from customers.holders import Holders, recent_holders
from desk.shown_decisions import signers_of
from staff.models import Department


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeLine:
    """One purpose in words."""

    spec: PurposeSpec
    basis: str
    necessary: int
    retention: str
    consent_term: str
    roles: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedLine:
    """A purpose that is not in force any more."""

    code: str
    name: str
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeVersionLine:
    """One version of a purpose with whoever signed it."""

    number: int
    words: str
    since: datetime
    until: datetime | None
    shipped: bool
    proposal: UUID | None
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A field whose last purpose ended; `holders` is nothing where its values lie elsewhere."""

    spec: FieldSpec
    since: datetime
    holders: int | None


def lines_of(at: datetime) -> list[PurposeLine]:
    """Return the purposes in force, the usual one first; two queries."""
    names = {one.code: one.name for one in Department.objects.all()}
    return [line_of(spec, names.get(spec.owner, spec.owner)) for spec in purposes(at).values()]


def line_of(spec: PurposeSpec, owner: str) -> PurposeLine:
    """Put one purpose in words."""
    return PurposeLine(
        spec=spec,
        basis=words.basis(spec.basis),
        necessary=sum(need == NECESSARY for need in spec.fields.values()),
        retention=words.retention(spec.retain_months, spec.retain_from),
        consent_term=words.consent_term(spec.consent_months) if spec.asks_consent else "",
        roles=words.roles(spec.roles),
        owner=owner,
    )


def ended_of(at: datetime) -> list[EndedLine]:
    """Return the purposes that are over, the latest first."""
    rows = PurposeVersion.objects.filter(until__lte=at).exclude(
        purpose__in=PurposeVersion.objects.in_force(at).values("purpose")
    )
    last = {row.purpose_id: row for row in rows.select_related("purpose").order_by("number")}
    lines = [
        EndedLine(code=code, name=str(row.purpose), ended=row.until)
        for code, row in last.items()
        if row.until
    ]
    return sorted(lines, key=lambda line: line.ended, reverse=True)


def newest(code: str) -> PurposeVersion | None:
    """Return the newest version of a purpose, in force or over."""
    rows = PurposeVersion.objects.filter(purpose=code).select_related("purpose")
    return rows.order_by("-number").first()


def versions_of(code: str) -> list[PurposeVersionLine]:
    """Return all versions of a purpose, newest first, with their signatures."""
    rows = list(PurposeVersion.objects.filter(purpose=code).select_related("purpose").order_by("-number"))
    signed = signers_of([row.proposal for row in rows if row.proposal])
    return [
        PurposeVersionLine(
            number=row.number,
            words=summary(spec_of(row)),
            since=row.since,
            until=row.until,
            shipped=row.shipped,
            proposal=row.proposal,
            signers=signed.get(row.proposal, ()) if row.proposal else (),
        )
        for row in rows
    ]


def summary(spec: PurposeSpec) -> str:
    """Put a version in one line."""
    count = len(spec.fields)
    fields = ngettext("%d field", "%d fields", count) % count
    said = [words.basis(spec.basis), fields, words.retention(spec.retain_months, spec.retain_from)]
    return " · ".join(said)


def fields_of(spec: PurposeSpec, known: Catalogue) -> list[tuple[int, list[tuple[FieldSpec, bool]]]]:
    """Return the fields that a purpose needs by level, each with whether it cannot do without."""
    by_level = [
        (level, [(one, spec.needs(one.code)) for one in known.by_level(level) if one.code in spec.fields])
        for level in LEVELS
    ]
    return [(level, fields) for level, fields in by_level if fields]


def waiting_about(code: str, at: datetime) -> list[Proposal]:
    """Return the proposals about a purpose that wait for signatures."""
    waiting = Proposal.objects.waiting(at).filter(kind=PURPOSE, content__purpose=code)
    return list(waiting.order_by("proposed_at"))


def held_by(codes: Sequence[str], at: datetime, known: Catalogue) -> list[tuple[str, int]]:
    """Return how many customers hold a value of each of these fields, by label."""
    counts = recent_holders(at).customers if codes else {}
    return [(known.get(code).label, counts.get(code, 0)) for code in codes if code in known]


def without_purpose(at: datetime) -> tuple[list[Unserved], Holders | None]:
    """Return the fields whose last purpose ended, those that most customers hold first, and when that was counted."""
    ended = unserved(at)
    if not ended:
        return [], None
    known, counted = catalogue(at), recent_holders(at)
    lines = [
        Unserved(
            spec=known.get(code),
            since=since,
            holders=counted.customers.get(code, 0) if known.get(code).level < LEVELS[-1] else None,
        )
        for code, since in ended.items()
        if code in known
    ]
    return sorted(lines, key=lambda line: (-(line.holders or 0), line.since, line.spec.code)), counted


def still_held(at: datetime) -> int:
    """Count the fields without a purpose of which customers still hold values."""
    return sum(bool(line.holders) for line in without_purpose(at)[0])
