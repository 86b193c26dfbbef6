"""Find a customer by what a caller says: number, name, or a sealed value through the blind index.

The text is read as every kind it could be, and all of them are tried in one query. What the index finds is
verified against the sealed value before it counts, because two values may share a digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from classification.queries import Catalogue, FieldSpec, UnknownField, catalogue
from customers.lists import PAGE_ROWS, Page, page
from customers.models import Customer, number_key
from customers.numbers import folded_number
from customers.reach import SEEING, AnyOf, Ids, visible_to
from customers.restrictions import restricted, restriction_of
from kinds import registry
from kinds.base import Invalid
from kinds.folding import compact, fold
from trail.actor import Actor
from vault.blind_index import EXACT, LAST_FOUR, digests
from vault.keyring import Keys, keys_for
from vault.noticing import catch_up
from vault.opening import CannotOpen
from vault.place import Place
from vault.transform import matches

ANY, NUMBER, NAME, WHOLE, FOUR = "any", "number", "name", "exact", "last_four"
WAYS = (ANY, NUMBER, NAME, WHOLE, FOUR)
TYPED_LIMIT = 200


class NotSearchable(ValueError):
    """This field cannot be searched, because nothing indexes it. Never an empty result."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec.code)
        self.spec = spec

    def __str__(self) -> str:
        return _("%(label)s cannot be searched: it has no index.") % {"label": self.spec.label}


class NothingTyped(ValueError):
    """There is nothing to search for, or it fits none of the ways asked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was typed: as a value of this field, in this index."""

    field: str
    kind: str
    index: str
    text: str


def search(
    actor: Actor, how: str, typed: str, at: datetime, *, number: int = 1, known: Catalogue | None = None
) -> Page:
    """Return one page of the customers within reach that fit what was typed.

    :param how: one of WAYS, or the code of a field to search in alone.
    :param known: the catalogue of that time, where the caller has it already.
    :raises NotSearchable: the field has no index.
    :raises NothingTyped: the text is empty, or could be no value of what is asked for.
    """
    said = fold(typed)[:TYPED_LIMIT]
    if not said:
        raise NothingTyped
    if not actor.roles & SEEING:
        return Page((), number, has_next=False)
    if how == NAME:
        return page(actor, at, number=number, prefix=said)
    readings = read_as(known or catalogue(at), how, typed)
    asked_number = folded_number(typed) if how in (ANY, NUMBER) else ""
    if not readings and not asked_number:
        raise NothingTyped
    found = _found(actor, at, readings, asked_number, number)
    if found.rows or how != ANY:
        return found
    return page(actor, at, number=number, prefix=said)


def read_as(known: Catalogue, how: str, typed: str) -> list[Reading]:
    """Return every way to read the text as an indexed value.

    :raises NotSearchable: `how` names a field without an index.
    """
    if how in (NUMBER, NAME):
        return []
    specs: Iterable[FieldSpec] = known.searchable
    if how not in WAYS:
        try:
            spec = known.get(how)
        except UnknownField:
            raise NothingTyped from None
        if not spec.searchable:
            raise NotSearchable(spec)
        specs = (spec,)
    return [reading for spec in specs for reading in _readings(spec, how, typed)]


def _readings(spec: FieldSpec, how: str, typed: str) -> list[Reading]:
    kind = registry.get(spec.kind)
    readings = []
    if how != FOUR:
        with suppress(Invalid):
            readings.append(Reading(spec.code, spec.kind, EXACT, kind.clean(typed, spec.params)))
    four = compact(typed)
    if (
        LAST_FOUR in spec.index_kinds
        and how != WHOLE
        and len(four) == 4
        and four.isascii()
        and four.isalnum()
    ):
        readings.append(Reading(spec.code, spec.kind, LAST_FOUR, four))
    return readings


def _found(actor: Actor, at: datetime, readings: list[Reading], asked: str, number: int) -> Page:
    wanted = Q(pk__in=())
    ids = index_hits(readings)
    if ids is not None:
        wanted |= Q(AnyOf("id", ids))
    customers = visible_to(actor, at)
    if asked:
        customers = customers.alias(folded=number_key())
        wanted |= Q(folded=asked)
    first = (number - 1) * PAGE_ROWS
    rows = list(customers.filter(wanted).order_by("number")[first : first + PAGE_ROWS + 1])
    has_next = len(rows) > PAGE_ROWS
    return Page(verified(rows[:PAGE_ROWS], readings, at, asked), number, has_next)


def index_hits(readings: list[Reading]) -> Ids | None:
    """Return the SQL of the ids of customers that the blind index names for any of these readings."""
    catch_up()
    rows: list[tuple[str, int, bytes]] = [
        (reading.field, epoch, digest)
        for reading in readings
        for epoch, digest in digests(reading.field, reading.index, reading.kind, reading.text)
    ]
    if not rows:
        return None
    # A digest is of one field, index and epoch, so that crossing the three finds no more than their rows would.
    fields, epochs, marks = zip(*rows, strict=True)
    return Ids(_HITS, (list(set(fields)), list(set(epochs)), list(marks)))


_HITS = """
select customer_id from customers_indexentry
where field = any(%s) and epoch = any(%s::smallint[]) and digest = any(%s)"""


def verified(rows: list[Customer], readings: list[Reading], at: datetime, asked: str = "") -> list[Customer]:
    """Return the customers whose number or sealed value is what was typed, in three queries at most.

    A value that is only stored finds nobody (PIPL 47).
    """
    doubtful = [row for row in rows if not _has_number(row, asked)]
    if not doubtful:
        return rows
    keys = keys_for([row.ref for row in doubtful], "L3")
    stored = restricted([row.pk for row in doubtful], at)
    return [
        row
        for row in rows
        if _has_number(row, asked)
        or any(_holds(row, one, keys) for one in readings if not restriction_of(stored, row.pk, one.field))
    ]


def _has_number(row: Customer, asked: str) -> bool:
    return bool(asked) and folded_number(row.number) == asked


def _holds(row: Customer, reading: Reading, keys: Keys) -> bool:
    sealed = row.sealed.get(reading.field)
    if sealed is None:
        return False
    place = Place(row.ref, "L3", reading.field, 3)
    try:
        return matches(reading.kind, reading.index, sealed, place, keys, reading.text)
    except CannotOpen:
        return False
