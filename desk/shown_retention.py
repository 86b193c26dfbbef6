"""What the pages about retention receive: frozen, in words, no value of any customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.cards import Card
from access.services.apart import L4
from access.words import RESTRICTIONS
from approvals.models import Proposal
from classification import schedule_words as words
from classification.models import CATEGORY, FIELD, Schedule, categories, retained_from
from classification.proposals.schedules import SCHEDULE
from classification.purposes import PurposeSpec
from classification.queries import Catalogue
from classification.schedules import Schedules, ScheduleSpec, schedules, spec_of
from customers.models import Customer
from desk.customer_pages import numbers_found
from desk.shown_decisions import signers_of
from retention.models import DueEntry, Hold
from retention.queries.listing import Held, holds_of, stored_until
from retention.queries.stale import Stale, stale
from retention.queries.terms import NO_PURPOSE, RELATIONSHIP_ENDED, TERM, WITHDRAWN, Term, terms
from retention.rules import rules_at
from retention.words import purpose_names, rule_words
from trail.actor import Actor

REASONS: dict[str, Promise] = {
    TERM: _("the term is over"),
    RELATIONSHIP_ENDED: _("the term after the end of the relationship is over"),
    WITHDRAWN: _("the customer's consent to the last purpose has ended"),
    NO_PURPOSE: _("no purpose needs it any more"),
}
"""Why something is due, in words."""
WIDEST = 120
"""So many months a drawing shows; a longer term fills it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLine:
    """One schedule in words, with the widths of its drawing in months."""

    spec: ScheduleSpec
    name: str
    term: str
    floor: str
    then: str
    verify: str
    drawn: int
    drawn_floor: int
    drawn_store: int
    widest: int = WIDEST


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleVersionLine:
    """One version of a schedule with whoever signed it."""

    number: int
    words: str
    since: datetime
    until: datetime | None
    shipped: bool
    proposal: UUID | None
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One line of the due list."""

    ref: UUID
    number: str
    what: str
    rule: str
    reason: str
    until: datetime
    kept: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One legal hold."""

    id: UUID
    ref: UUID
    number: str
    what: str
    owner: str
    since: datetime
    last_day: str
    proposal: UUID
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """Until when one value of a customer is kept, and why."""

    label: str
    level: int
    until: str
    why: str
    over: bool


def schedule_lines(known: Catalogue, at: datetime) -> list[ScheduleLine]:
    """Return the schedules in force: categories first, then fields in the order of the forms."""
    found = schedules(at).by_subject
    kept = [found[CATEGORY, code] for code, _name in categories() if (CATEGORY, code) in found]
    kept += [found[FIELD, spec.code] for spec in known.fields if (FIELD, spec.code) in found]
    months = rules_at(at, known)
    floors = {rule.floor: rule.floor_months or 0 for rule in months.fields if rule.floor}
    return [_line(one, known, floors) for one in kept]


def _line(one: ScheduleSpec, known: Catalogue, floors: dict[str, int]) -> ScheduleLine:
    in_catalogue = one.scope == FIELD and one.subject in known
    name = known.get(one.subject).label if in_catalogue else words.subject(one.scope, one.subject)
    return ScheduleLine(
        spec=one,
        name=name,
        term=words.term(one.months, one.starts),
        floor=words.floor(one.floor) if one.floor else "",
        then=words.ending(one.then, one.store_months),
        verify=words.months(one.verify_months) if one.verify_months else "",
        drawn=min(one.months, WIDEST),
        drawn_floor=min(floors.get(one.floor, 0), WIDEST),
        drawn_store=min(one.store_months or 0, WIDEST - min(one.months, WIDEST)),
    )


def schedule_versions(scope: str, subject: str) -> list[ScheduleVersionLine]:
    """Return every version of a schedule, newest first."""
    rows = list(Schedule.objects.filter(scope=scope, subject=subject).order_by("-number"))
    signed = signers_of([row.proposal for row in rows if row.proposal])
    return [
        ScheduleVersionLine(
            number=row.number,
            words=words.summary(spec_of(row)),
            since=row.since,
            until=row.until,
            shipped=row.shipped,
            proposal=row.proposal,
            signers=tuple(signed.get(row.proposal, ())) if row.proposal else (),
        )
        for row in rows
    ]


def schedules_waiting(at: datetime, scope: str = "", subject: str = "") -> list[Proposal]:
    """Return the proposals about schedules, or about one, that wait for a signature."""
    rows = Proposal.objects.waiting(at).filter(kind=SCHEDULE)
    return list(rows.filter(content__scope=scope, content__subject=subject) if scope else rows)


def due_lines(rows: Sequence[DueEntry], known: Catalogue, *, reader: Actor, at: datetime) -> list[DueLine]:
    """Return lines of the due list, with the numbers that the reader may find; a constant number of queries."""
    numbers = numbers_found(reader, at, [row.customer for row in rows])
    purposes = purpose_names()
    return [
        DueLine(
            ref=row.customer,
            number=numbers.get(row.customer, ""),
            what=_named(row.fields, known) if row.fields else gettext("everything of the customer"),
            rule=rule_words(row.rule, known, purposes),
            reason=str(REASONS.get(row.reason_code, row.reason_code)),
            until=row.until,
            kept=_kept(row.basis, row.storage_only_until),
            whole=not row.fields,
        )
        for row in rows
    ]


def hold_lines(rows: Sequence[Hold], known: Catalogue, *, reader: Actor, at: datetime) -> list[HoldLine]:
    """Return legal holds in words, with the numbers that the reader may find."""
    numbers = numbers_found(reader, at, [row.customer for row in rows])
    return [
        HoldLine(
            id=row.pk,
            ref=row.customer,
            number=numbers.get(row.customer, ""),
            what=_named([row.field], known) if row.field else gettext("everything of the customer"),
            owner=row.owner_number,
            since=row.since,
            last_day=_last_day(row.ended_at or row.until),
            proposal=row.proposal,
            live=row.until > at and (row.ended_at is None or row.ended_at > at),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleLine:
    """One customer with what should be confirmed."""

    ref: UUID
    number: str
    fields: str
    since: datetime


def stale_lines(customers: QuerySet[Customer], known: Catalogue, at: datetime) -> list[StaleLine]:
    """Return the customers with something to confirm, by number, each with its fields and the oldest date."""
    found: dict[UUID, list[Stale]] = {}
    for one in stale(customers, known, at):
        found.setdefault(one.ref, []).append(one)
    return [
        StaleLine(
            ref=ref,
            number=rows[0].number,
            fields=_named([row.field for row in rows], known),
            since=rows[0].known_since,
        )
        for ref, rows in found.items()
    ]


def to_confirm(
    customer: Customer, card: Card, known: Catalogue, kept: Schedules, at: datetime
) -> list[tuple[str, str, datetime]]:
    """Return what should be confirmed with this customer, of what the reader sees: code, label, known since."""
    found = stale(Customer.objects.filter(pk=customer.pk), known, at, most=1, kept=kept)
    labels = {value.code: value.label for value in card.held}
    return [(one.field, labels[one.field], one.known_since) for one in found if one.field in labels]


def kept_lines(
    customer: Customer,
    card: Card,
    known: Catalogue,
    kept: Schedules,
    every: Mapping[str, PurposeSpec],
    at: datetime,
) -> list[KeptLine]:
    """Say until when each value that the reader sees of a customer is kept, and why; a constant number of queries.

    :param kept: the schedules in force, `every`: the purposes in force.
    """
    rules = rules_at(at, known, kept=kept, every=every)
    found = {one.field: one for one in terms({customer.pk: customer.ref}, rules, at)}
    held, purposes = holds_of(at, refs=[customer.ref]).get(customer.ref, {}), purpose_names()
    seen = {value.code for value in card.held}
    shown = [(value.code, value.label, value.level) for value in card.held]
    # What lies in L4 is on no card; that it exists everybody may know who opens the customer.
    shown += [
        (code, known.get(code).label, L4)
        for code in found
        if code not in seen and code in known and known.get(code).level == L4
    ]
    return [
        _kept_line(label, level, found[code], rule_words(found[code].rule, known, purposes), held, at)
        for code, label, level in shown
        if code in found
    ]


def _kept_line(label: str, level: int, term: Term, rule: str, held: Held, at: datetime) -> KeptLine:
    stored, basis = stored_until(term, held, at)
    over = term.until is not None and term.until <= at
    said = [gettext("%(rule)s, counted %(start)s") % {"rule": rule, "start": _start(term.starts)}]
    if stored and (over or (term.until and stored > term.until)):
        said.append(_kept(basis, stored))
    return KeptLine(
        label=label,
        level=level,
        until=_last_day(term.until) if term.until else gettext("as long as the relationship lasts"),
        why=" ".join(said) if term.starts else rule,
        over=over,
    )


def _named(codes: Sequence[str], known: Catalogue) -> str:
    return gettext(", ").join(known.get(code).name if code in known else code for code in codes)


def _start(code: str) -> str:
    return str(dict(retained_from()).get(code, code))


def _kept(basis: str, until: datetime | None) -> str:
    if until is None or basis not in RESTRICTIONS:
        return ""
    return str(RESTRICTIONS[basis]) % {"date": _last_day(until)}


def _last_day(until: datetime) -> str:
    return timezone.localtime(until - timedelta(microseconds=1)).strftime("%Y-%m-%d")
