"""One batch of an import: decide what each checked row does, then write it. Shared by the dry run and the job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from customers import bulk, history
from customers.bulk import NewCustomer
from customers.digests import written, written_exposure
from customers.imports.rows import IDENTITY, Checked, Plan, missing_for_new
from customers.models import Customer, Portfolio
from customers.problems import Problem
from customers.reach import importable_by
from customers.restrictions import Restricted, not_to_edit, restricted
from customers.returning import came_back, erased_before
from customers.together import OneOfTexts
from customers.values import RELATIONSHIP, index_rows, seal_all
from customers.writing import Difference, difference, merge, origin_of
from trail.actor import Actor
from trail.exposed import Exposed
from vault.blind_index import live, live_epochs
from vault.keyring import Keys, keys_for, make_keys

SOURCE = "import"


@dataclass(slots=True)
class Decided:
    """What a batch would do."""

    new: list[Checked] = field(default_factory=list)
    changed: list[tuple[Customer, Difference]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Checked] = field(default_factory=list)
    warned: list[Checked] = field(default_factory=list)


@dataclass(slots=True)
class Seen:
    """Lines of the same file by number and by ID number. Hashes instead of texts, so that a million rows fit."""

    numbers: dict[int, int] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)

    def note(self, row: Checked) -> None:
        """Remember a row and mark it when its number, or its ID number under another number, came before."""
        if not row.number:
            return
        first = self.numbers.setdefault(hash(row.number), row.line)
        if first != row.line:
            row.problems.append(Problem("number", "number_twice", {"line": first}))
        if identity := row.values.to_seal.get(IDENTITY):
            other = self.people.setdefault(hash(identity), row.line)
            if other not in (row.line, first):
                row.warnings.append(Problem(IDENTITY, "same_person_in_file", {"line": other}))


def decide(rows: Iterable[Checked], plan: Plan, *, actor: Actor, at: datetime, lock: bool) -> Decided:
    """Sort checked rows into new, changed, unchanged and refused; a constant number of queries.

    :param lock: whether the existing rows are held until the transaction ends.
    """
    decided = Decided()
    good: list[Checked] = []
    for row in rows:
        (decided.refused if row.problems else good).append(row)
    existing = _existing([row.number for row in good], lock=lock)
    within = _within_reach(existing, actor, at)
    stored = restricted([customer.pk for customer in existing.values()], at)
    keys = keys_for([customer.ref for customer in existing.values()], "L3")
    for row in good:
        customer = existing.get(row.number)
        if customer is None:
            row.problems += missing_for_new(row, plan)
            (decided.refused if row.problems else decided.new).append(row)
            continue
        row.problems += _against(customer, row, plan, stored, reachable=customer.pk in within)
        if row.problems:
            decided.refused.append(row)
            continue
        change = difference(customer, plan.known, row.values, row.dates, (), keys)
        if change:
            decided.changed.append((customer, change))
        else:
            decided.unchanged += 1
    _refuse_erased(decided, plan)
    refused = {row.line for row in decided.refused}
    staying = [row for row in good if row.line not in refused]
    _warn_of_twins(staying, plan, actor, at)
    decided.warned = [row for row in staying if row.warnings]
    return decided


def write(
    decided: Decided,
    plan: Plan,
    *,
    portfolio: Portfolio,
    scenario: str,
    proof: UUID | None,
    by: Actor,
    at: datetime,
) -> list[Exposed]:
    """Write what was decided, inside the caller's transaction; return the exposures for its event.

    :param proof: the sealed text that proves where the file came from, when not from the customers.
    """
    refs: dict[int, UUID] = {row.line: uuid4() for row in decided.new}
    keys = make_keys([*refs.values(), *(customer.ref for customer, _ in decided.changed)], "L3", at=at)
    origin = origin_of(at, SOURCE, scenario, by.number, proof=proof)
    _settle_marks(decided.new, plan)
    made: list[Exposed] = []
    if decided.new:
        new = _made([(refs[row.line], row) for row in decided.new], portfolio, origin, keys, made)
        bulk.insert_as_made(new, len(decided.new), at=at)
    old = []
    for customer, change in decided.changed:
        old += history.replaced(customer, plan.known, change, keys=keys, by=by, at=at)
        merge(customer, change, keys=keys, origin=origin, at=at)
    if decided.changed:
        now = live()
        bulk.update(
            [
                (customer, change.reindexed, index_rows(plan.known, change.values.to_seal, now))
                for customer, change in decided.changed
            ]
        )
        history.save(old)
    return [*made, *(written_exposure(customer) for customer, _ in decided.changed)]


def _made(
    rows: Sequence[tuple[UUID, Checked]],
    portfolio: Portfolio,
    origin: Mapping[str, str],
    keys: Keys,
    exposures: list[Exposed],
) -> Iterator[NewCustomer]:
    """Seal new customers one by one; add the exposure of each."""
    shared: dict[tuple[str, ...], Mapping[str, Mapping[str, str]]] = {}
    for ref, row in rows:
        codes = tuple(sorted(row.values.codes))
        new = NewCustomer(
            ref=ref,
            number=row.number,
            portfolio_id=portfolio.pk,
            open=row.values.open,
            sealed=seal_all(ref, row.values.to_seal, keys),
            origins=shared.setdefault(codes, dict.fromkeys(codes, origin)),
            index_rows=row.marks,
            dates=row.dates,
        )
        exposures.append(written(new, held_in=portfolio))
        yield new


def _refuse_erased(decided: Decided, plan: Plan) -> None:
    """Take out new rows of people who were erased: the form takes them, with their new consent, no file does."""
    found = erased_before([(row.number, row.values.to_seal) for row in decided.new], plan.known)
    for row in decided.new if found else ():
        if row.number in found:
            row.problems.append(came_back(*found[row.number]))
            decided.refused.append(row)
    decided.new = [row for row in decided.new if row.number not in found]


def _settle_marks(rows: Iterable[Checked], plan: Plan) -> None:
    """Index anew what was checked ahead, before an epoch was noticed that has come or gone since."""
    now = live()
    written = set(now.epochs)
    for row in rows:
        if {epoch for _, epoch, _ in row.marks} != written:
            row.marks = index_rows(plan.known, row.values.to_seal, now)


def _existing(numbers: Sequence[str], *, lock: bool) -> dict[str, Customer]:
    rows = Customer.objects.filter(OneOfTexts("number", numbers)).select_related("portfolio").order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {customer.number: customer for customer in rows}


def _within_reach(existing: dict[str, Customer], actor: Actor, at: datetime) -> set[int]:
    if not existing:
        return set()
    ids = [customer.pk for customer in existing.values()]
    return set(importable_by(actor, at).filter(pk__in=ids).values_list("pk", flat=True))


def _against(
    customer: Customer, row: Checked, plan: Plan, stored: Restricted, *, reachable: bool
) -> list[Problem]:
    if not reachable:
        # SECURITY: the same words wherever the customer is: an import must not tell who serves whom.
        return [Problem("number", "not_available")]
    problems = not_to_edit(stored, customer.pk, _typed(row, plan), plan.known)
    since, until = (row.dates.get(code) or getattr(customer, code) for code in RELATIONSHIP)
    if since and until and since > until:
        problems.append(Problem(RELATIONSHIP[1], "dates_crossed"))
    return problems


def _typed(row: Checked, plan: Plan) -> list[str]:
    return [code for code in row.values.codes if not plan.known.get(code).derived_from]


def _warn_of_twins(rows: Sequence[Checked], plan: Plan, actor: Actor, at: datetime) -> None:
    if IDENTITY not in plan.fields or not plan.known.get(IDENTITY).searchable:
        return
    by_digest: dict[bytes, list[Checked]] = {}
    _settle_marks(rows, plan)
    epochs = len(live_epochs())
    for row in rows:
        # The exact index comes first, once for each epoch.
        for mark in [mark for mark in row.marks if mark[0] == IDENTITY][:epochs]:
            by_digest.setdefault(mark[2], []).append(row)
    hits = _hits(list(by_digest)) if by_digest else []
    if not hits:
        return
    within = importable_by(actor, at).filter(pk__in={customer for customer, _ in hits})
    known = {pk: (number, str(ref)) for pk, number, ref in within.values_list("pk", "number", "ref")}
    for customer, digest in hits:
        number, ref = known.get(customer, ("", ""))
        for row in by_digest[digest] if number else ():
            if row.number != number and not row.warnings:
                # The ref, not the number: the report of an import outlives the customer.
                row.warnings.append(Problem(IDENTITY, "same_person", {"customer": ref}))


def _hits(marks: Sequence[bytes]) -> list[tuple[int, bytes]]:
    # The index alone, joined to what is asked for: whatever the planner believes of a table that has just grown.
    with connection.cursor() as cursor:
        cursor.execute(_HITS, [list(marks), list(live_epochs()), IDENTITY])
        return [(customer, bytes(digest)) for customer, digest in cursor.fetchall()]


_HITS = """
select entry.customer_id, entry.digest
from unnest(%s::bytea[]) as said (digest) cross join unnest(%s::int[]) as live (epoch)
join customers_indexentry entry on entry.field = %s and entry.epoch = live.epoch and entry.digest = said.digest"""
