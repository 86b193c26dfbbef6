"""What is due: every value whose term is over, customer by customer, and what a floor or a hold still wants kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.models import FLOOR, HOLD, STORED, Customer
from customers.together import OneOf
from retention.due import Due
from retention.models import Hold
from retention.queries.terms import DUE, FLOORED, Term, terms
from retention.rules import Rules, rules_at

BATCH = 2000
Held = Mapping[str, datetime]
"""Until when a customer's fields are held, "" for all of them."""
Stored = tuple[datetime | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """What may not be destroyed before a time: one field, or with "" everything of a customer.

    `basis`: floor or hold.
    """

    customer_ref: UUID
    field: str
    until: datetime
    basis: str


def due(at: datetime, *, refs: Collection[UUID] | None = None) -> Iterator[Due]:
    """Yield what is due at a time, customer by customer, some thousands of customers to a statement.

    :param refs: these customers alone; all when left out.
    """
    for _customers, found in batches(at, refs=refs):
        yield from found


def batches(
    at: datetime, *, refs: Collection[UUID] | None = None
) -> Iterator[tuple[Mapping[int, UUID], list[Due]]]:
    """Yield customers (id → ref) some thousands at a time, with what is due of them."""
    rules, holds = rules_at(at), holds_of(at)
    rows = Customer.objects.order_by("pk")
    rows = rows if refs is None else rows.filter(OneOf("ref", refs))
    after = 0
    while found := dict(rows.filter(pk__gt=after).values_list("pk", "ref")[:BATCH]):
        yield found, list(due_of(found, rules, holds, at))
        after = max(found)


def due_of(
    customers: Mapping[int, UUID], rules: Rules, holds: Mapping[UUID, Held], at: datetime
) -> Iterator[Due]:
    """Yield what is due of one batch of customers, by customer."""
    of_one: dict[UUID, list[Term]] = defaultdict(list)
    for term in terms(customers, rules, at, only=DUE):
        of_one[term.ref].append(term)
    for ref, found in of_one.items():
        yield from _of_customer(ref, found, holds.get(ref, {}), at)


def held_back(refs: Collection[UUID], at: datetime) -> list[HeldBack]:
    """Return what of these customers may not be destroyed at a time: by a hold, or by the floor of a law."""
    found = [
        HeldBack(customer_ref=ref, field=field, until=until, basis=HOLD)
        for ref, held in holds_of(at, refs=refs).items()
        for field, until in held.items()
    ]
    ids = dict(Customer.objects.filter(OneOf("ref", refs)).values_list("pk", "ref"))
    return found + [
        HeldBack(customer_ref=term.ref, field=term.field, until=until, basis=FLOOR)
        for term in terms(ids, rules_at(at), at, only=FLOORED)
        if (until := term.floor_until)
    ]


def holds_of(at: datetime, *, refs: Collection[UUID] | None = None) -> dict[UUID, dict[str, datetime]]:
    """Return the holds in force by customer: field, "" for all, → until when; the latest of several counts."""
    rows = Hold.objects.in_force(at)
    rows = rows if refs is None else rows.filter(OneOf("customer", refs))
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for ref, field, until in rows.order_by("until").values_list("customer", "field", "until"):
        found[ref][field] = until
    return dict(found)


def stored_until(term: Term, held: Held, at: datetime) -> Stored:
    """Return until when and why a value past its term is only stored; nothing where it may be destroyed."""
    ends = (
        (term.floor_until, FLOOR),
        (term.store_until, STORED),
        (held.get(""), HOLD),
        (held.get(term.field), HOLD),
    )
    still = [(one, basis) for one, basis in ends if one and one > at]
    return max(still, default=(None, ""))


def _of_customer(ref: UUID, found: Sequence[Term], held: Held, at: datetime) -> Iterator[Due]:
    """Yield one line for the whole customer where everything is over with the relationship, else one per rule."""
    stored = {term.field: stored_until(term, held, at) for term in found}
    last = max(found, key=lambda term: (term.until or at, term.rule))
    if last.ended and last.held == len(found) and len(set(stored.values())) == 1:
        yield _due(ref, (), last, stored[last.field])
        return
    lines: dict[tuple[object, ...], list[Term]] = defaultdict(list)
    for term in found:
        lines[term.rule, term.reason_code, term.until, stored[term.field]].append(term)
    for same in lines.values():
        yield _due(ref, tuple(term.field for term in same), same[0], stored[same[0].field])


def _due(ref: UUID, fields: tuple[str, ...], term: Term, stored: Stored) -> Due:
    assert term.until is not None
    return Due(
        customer_ref=ref,
        fields=fields,
        rule=term.rule,
        reason_code=term.reason_code,
        until=term.until,
        storage_only_until=stored[0],
        basis=stored[1],
    )
