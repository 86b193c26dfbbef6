"""Create and edit customers; what moves, raises and gives them is in `placing`, and offered here as well.

Nobody needs the old clear value to write: a blank sealed input keeps what is held, an explicit `clear` removes
it. Every writer compares and swaps `version`, so that nobody overwrites what they have not seen. Keys are
committed before values, and database errors leave without their DETAIL, which would carry the row.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from classification.models import Scenario
from classification.queries import Catalogue, FieldSpec, catalogue
from customers import events, history
from customers.digests import written_exposure
from customers.models import Customer
from customers.numbers import BadNumber, clean_number
from customers.problems import Problem, Refused
from customers.proofs import seal_proof, unproven
from customers.reach import AnyOf, editable_by, portfolios_filled_by
from customers.restrictions import not_to_edit, restricted
from customers.returning import seal_consent, unconsented
from customers.search import Reading, index_hits, verified
from customers.services import contacts
from customers.services.placing import NotFound, assign, move, set_tier, unassign
from customers.values import RELATIONSHIP, Cleaned, Cleaner, missing, relationship_dates, seal_all
from customers.writing import (
    Difference,
    add_index_rows,
    difference,
    merge,
    origin_of,
    store,
    without_detail,
)
from staff.permissions import may
from trail.actor import Actor
from trail.exposed import WRITTEN
from trail.models import Exposure
from trail.services import record
from vault.blind_index import EXACT
from vault.keyring import Keys, make_keys

__all__ = [
    "NotAllowed",
    "NotFound",
    "Saved",
    "Stale",
    "assign",
    "create",
    "edit",
    "move",
    "set_tier",
    "unassign",
]

SOURCES = ("customer", "phone", "counter", "online", "other", "import")
_IDENTITY = "resident_id"
_STALE_WINDOW = timedelta(days=1)


class NotAllowed(PermissionError):
    """The writer's roles do not carry this act."""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wrote meanwhile."""

    number: str
    name: str
    at: datetime
    fields: tuple[str, ...]


class Stale(RuntimeError):
    """The record was changed since the writer saw it; nothing was written."""

    def __init__(self, version: int, changes: tuple[Change, ...]) -> None:
        super().__init__(f"version {version}")
        self.version = version
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Saved:
    """What an act left behind. `event` is None when nothing differed and nothing was written."""

    ref: UUID
    number: str
    version: int
    fields: tuple[str, ...] = ()
    event: int | None = None
    same_person: tuple[str, ...] = ()
    """Numbers of other customers within the writer's reach who have the same ID number."""


def create(
    *,
    number: str,
    portfolio: str,
    values: Mapping[str, str],
    scenario: str,
    source: str,
    by: Actor,
    at: datetime,
    proof: str = "",
    new_consent: str = "",
    contact: UUID | None = None,
) -> Saved:
    """Create a customer in a portfolio of the writer's.

    :param values: field code → typed text; blanks are left out.
    :param proof: one line that proves an indirect source; sealed.
    :param new_consent: one line that says what somebody who was erased before consented to since; sealed.
    :raises Refused: values are refused, all of them named; nothing was written.
    :raises NotFound: the portfolio is not within the writer's reach.
    """
    _insist(by, "customer.create")
    _known_source(source)
    held_in = portfolios_filled_by(by, at).filter(code=portfolio).first()
    if held_in is None:
        raise NotFound
    known, asked = catalogue(at), _scenario(scenario)
    specs = known.asked_in(asked.purposes)
    cleaned, dates = _cleaned(known, specs, values, at)
    problems = cleaned.problems + (missing(known, specs, cleaned.codes) if asked.insists else [])
    problems += unproven(source, proof)
    try:
        number = clean_number(number)
    except BadNumber as bad:
        problems.append(Problem("number", bad.code, bad.params))
    if not problems:
        problems = unconsented(number, cleaned.to_seal, known, new_consent)
    if problems:
        raise Refused(problems)
    customer = Customer(
        ref=uuid.uuid4(), number=number, portfolio=held_in, created_at=at, updated_at=at, **dates
    )
    keys = make_keys([customer.ref], "L3", at=at)
    customer.open = cleaned.open
    customer.sealed = seal_all(customer.ref, cleaned.to_seal, keys)
    written = (*sorted(cleaned.codes), *sorted(dates))
    with without_detail(), transaction.atomic():
        proven = seal_proof(proof, source, customer=customer.ref, by=by, at=at)
        consented = seal_consent(new_consent, customer=customer.ref, by=by, at=at)
        origin = origin_of(at, source, scenario, by.number, proof=proven)
        customer.origins = {code: dict(origin) for code in sorted(cleaned.codes)}
        customer.save(force_insert=True)
        add_index_rows(customer, known, cleaned.to_seal)
        receipt = record(
            events.CREATED,
            by=by,
            at=at,
            facts={
                "fields": list(written),
                "scenario": scenario,
                "source": source,
                "proof": str(proven or ""),
                "new_consent": str(consented or ""),
                "version": 1,
            },
            exposures=[written_exposure(customer)],
            contact=contact,
        )
    twins = same_person(by, at, known, cleaned.to_seal, customer.ref)
    return Saved(customer.ref, number, 1, written, receipt.event, twins)


def edit(
    *,
    ref: UUID,
    version: int,
    values: Mapping[str, str],
    scenario: str,
    source: str,
    by: Actor,
    at: datetime,
    clear: Collection[str] = (),
    proof: str = "",
    contact: UUID | None = None,
) -> Saved:
    """Change a customer. A blank value keeps what is held; `clear` names the fields to empty.

    :param version: the version that the writer's form was made from.
    :param proof: one line that proves an indirect source; sealed.
    :raises Refused: values are refused, all of them named; nothing was written.
    :raises Stale: somebody wrote meanwhile; says who and which fields.
    :raises NotFound: the customer is not within the writer's reach.
    """
    _insist(by, "customer.edit")
    _known_source(source)
    rows = editable_by(by, at).filter(ref=ref)
    held = rows.first()
    if held is None:
        raise NotFound
    known, asked = catalogue(at), _scenario(scenario)
    specs = known.asked_in(asked.purposes)
    cleaned, dates = _cleaned(known, specs, values, at, held=held, clear=clear)
    problems = cleaned.problems + _not_to_clear(specs, clear, given=cleaned.codes)
    problems += unproven(source, proof)
    # SECURITY: before anything is compared, or "nothing differed" would tell what is held.
    problems += not_to_edit(restricted([held.pk], at), held.pk, _touched(values, clear), known)
    if problems:
        raise Refused(problems)
    keys = make_keys([ref], "L3", at=at)
    with without_detail(), transaction.atomic():
        customer = rows.select_for_update(of=("self",)).first()
        if customer is None:
            raise NotFound
        fresh = customer.version == version
        keys.confirm()
        if fresh:
            change = difference(customer, known, cleaned, dates, clear, keys)
            saved = Saved(ref, customer.number, version)
            if change:
                saved = _save(customer, known, change, keys, scenario, source, proof, contact, by, at)
    if not fresh:
        raise Stale(customer.version, changes_since(ref, version, at))
    if saved.event is None:
        return saved
    return replace(saved, same_person=same_person(by, at, known, change.values.to_seal, ref))


def _save(
    customer: Customer,
    known: Catalogue,
    change: Difference,
    keys: Keys,
    scenario: str,
    source: str,
    proof: str,
    contact: UUID | None,
    by: Actor,
    at: datetime,
) -> Saved:
    old = history.replaced(customer, known, change, keys=keys, by=by, at=at)
    proven = seal_proof(proof, source, customer=customer.ref, by=by, at=at)
    origin = origin_of(at, source, scenario, by.number, proof=proven)
    merge(customer, change, keys=keys, origin=origin, at=at)
    store(customer, known, change)
    history.save(old)
    purpose = contacts.act(contact, customer=customer, by=by, at=at) if contact else ""
    receipt = record(
        events.EDITED,
        by=by,
        at=at,
        facts={
            "fields": change.written,
            "cleared": sorted(change.cleared),
            "scenario": scenario,
            "source": source,
            "proof": str(proven or ""),
            "version": customer.version,
        },
        exposures=[written_exposure(customer)],
        contact=contact,
        purpose=purpose,
    )
    return Saved(
        customer.ref,
        customer.number,
        customer.version,
        (*change.written, *sorted(change.cleared)),
        receipt.event,
    )


def changes_since(ref: UUID, version: int, at: datetime) -> tuple[Change, ...]:
    """Return what was written to a customer after a version, oldest first; looks back one day."""
    rows = (
        Exposure.objects.filter(customer=ref, act=WRITTEN, at__gte=at - _STALE_WINDOW)
        .exclude(event__kind=events.RESEALED.code)  # changes nothing that anybody wrote
        .select_related("event")
        .order_by("at", "id")
    )
    return tuple(
        Change(
            row.event.actor_number,
            row.event.actor_name,
            row.at,
            (*row.event.facts.get("fields", ()), *row.event.facts.get("cleared", ())),
        )
        for row in rows
        if row.event.at >= at - _STALE_WINDOW and row.event.facts.get("version", version + 1) > version
    )


def same_person(
    by: Actor, at: datetime, known: Catalogue, values: Mapping[str, str], ref: UUID
) -> tuple[str, ...]:
    """Return the numbers of other customers within the writer's reach who have the same ID number."""
    if _IDENTITY not in values or _IDENTITY not in known or not known.get(_IDENTITY).searchable:
        return ()
    reading = Reading(_IDENTITY, known.get(_IDENTITY).kind, EXACT, values[_IDENTITY])
    hits = index_hits([reading])
    assert hits is not None
    rows = list(editable_by(by, at).filter(AnyOf("id", hits)).exclude(ref=ref).order_by("number")[:10])
    return tuple(row.number for row in verified(rows, [reading], at))


def _insist(by: Actor, permission: str) -> None:
    if not may(by, permission):
        raise NotAllowed(permission)


def _known_source(source: str) -> None:
    if source not in SOURCES:
        raise ValueError(f"{source!r} is no source")


def _scenario(code: str) -> Scenario:
    return Scenario.objects.get(code=code)


def _cleaned(
    known: Catalogue,
    specs: Collection[FieldSpec],
    values: Mapping[str, str],
    at: datetime,
    *,
    held: Customer | None = None,
    clear: Collection[str] = (),
) -> tuple[Cleaned, dict[str, date]]:
    today = timezone.localdate(at)
    typed = {code: text for code, text in values.items() if code not in RELATIONSHIP}
    cleaned = Cleaner(known, today=today, asked={spec.code for spec in specs}).clean(typed)
    dates, problems = relationship_dates(values)
    since, until = (
        dates.get(code) or (None if held is None or code in clear else getattr(held, code))
        for code in RELATIONSHIP
    )
    if since and until and since > until:
        problems.append(Problem(RELATIONSHIP[1], "dates_crossed"))
    cleaned.problems.extend(problems)
    return cleaned, dates


def _touched(values: Mapping[str, str], clear: Collection[str]) -> set[str]:
    """Return the fields that somebody fills or empties. The days of the relationship decide terms: they stay open."""
    return {*(code for code, text in values.items() if text.strip()), *clear} - {*RELATIONSHIP}


def _not_to_clear(
    specs: Collection[FieldSpec], clear: Collection[str], *, given: Collection[str]
) -> list[Problem]:
    asked = {spec.code: spec for spec in specs}
    problems = []
    for code in clear:
        if code in RELATIONSHIP or code in given:
            continue
        if code not in asked:
            problems.append(Problem(code, "not_asked"))
        elif asked[code].required:
            problems.append(Problem(code, "required"))
    return problems
