"""Recognise customers in a list of unknown origin: which row names whom, without opening a value.

A row names a customer by an indexed value, by the customer number, or by the full name together with something else
that the record holds: a masked number's last four characters or an open value. A name alone names nobody.
Digests of 128 bits are not verified against the sealed values: a chance match is out of the question, and opening
thousands of values to compare them would be the larger risk.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as column
from uuid import UUID

from django.db import connection

from classification.queries import Catalogue, FieldSpec
from customers.models import Customer, Portfolio, name_key, number_key
from customers.numbers import folded_number
from customers.values import as_text
from kinds import registry
from kinds.base import Invalid, Kind
from kinds.folding import fold
from vault.blind_index import EXACT, LAST_FOUR, digests
from vault.noticing import catch_up

NUMBER, NAME = "number", "full_name"
SHORTEST_NUMBER = 5
_LONGEST = 80
_MASKED = re.compile(r"[*•×xX＊]{2,}\s?([0-9]{3}[0-9Xx])")
_HAS_DIGIT = re.compile(r"[0-9]")
_HOLDERS = (
    "select distinct said.place, held.ref"
    " from unnest(%s::int[], %s::text[], %s::int[], %s::bytea[]) as said (place, field, epoch, digest)"
    " join customers_indexentry entry on entry.field = said.field and entry.epoch = said.epoch"
    " and entry.digest = said.digest"
    " join customers_customer held on held.id = entry.customer_id"
)

Tokens = Sequence[str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whom the rows name (`refs` by row), rows that fit several customers, and by which fields (rows each)."""

    refs: Mapping[int, frozenset[UUID]]
    unclear: frozenset[int]
    fields: Mapping[str, int]

    @property
    def customers(self) -> set[UUID]:
        """Everybody who is named."""
        return {ref for refs in self.refs.values() for ref in refs}


@dataclass(frozen=True, slots=True)
class _Value:
    """Something a row says that could be somebody's: a value of a field, a customer number, a name."""

    row: int
    field: str
    text: str = column(repr=False)


_Holders = dict[_Value, set[UUID]]


def recognise(rows: Sequence[Tokens], known: Catalogue) -> Recognised:
    """Return whom these rows name, each row given as its cells and whatever was found inside them."""
    holders = {**_by_index(rows, known), **_by_number(rows)}
    met = {value.row for value in holders}
    holders |= _by_name(rows, known, [row for row in range(len(rows)) if row not in met])
    of_row: dict[int, _Holders] = defaultdict(dict)
    for value, held in holders.items():
        of_row[value.row][value] = held
    refs = {row: _named(list(values.values())) for row, values in of_row.items()}
    fields = Counter(
        code for row, values in of_row.items() if refs[row] for code in {one.field for one in values}
    )
    return Recognised(
        refs={row: named for row, named in refs.items() if named},
        unclear=frozenset(row for row, named in refs.items() if not named),
        fields=dict(fields),
    )


def _named(values: Sequence[set[UUID]]) -> frozenset[UUID]:
    """Return whom a row names: a value that several records share names one of them only with another's help."""
    alone = [held for held in values if len(held) == 1]
    if alone:
        return frozenset().union(*alone)
    common = set.intersection(*values)
    return frozenset(common) if len(common) == 1 else frozenset()


def _by_index(rows: Sequence[Tokens], known: Catalogue) -> _Holders:
    specs = [(spec, registry.get(spec.kind)) for spec in known.searchable]
    catch_up()
    return _holders(
        [
            (_Value(row, spec.code, clean), epoch, digest)
            for row, tokens in enumerate(rows)
            for token in tokens
            for spec, kind in specs
            if (clean := _clean(spec, kind, token))
            for epoch, digest in digests(spec.code, EXACT, spec.kind, clean)
        ]
    )


def _clean(spec: FieldSpec, kind: Kind, token: str) -> str:
    if len(token) > _LONGEST or not (token.isascii() or _HAS_DIGIT.search(token)) or not kind.detect(token):
        return ""
    with suppress(Invalid):
        return kind.clean(token, spec.params)
    return ""


def _holders(said: Sequence[tuple[_Value, int, bytes]]) -> _Holders:
    if not said:
        return {}
    columns = zip(
        *((place, value.field, epoch, digest) for place, (value, epoch, digest) in enumerate(said)),
        strict=True,
    )
    found: _Holders = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [list(column) for column in columns])
        for place, ref in cursor.fetchall():
            found[said[place][0]].add(ref)
    return dict(found)


def _by_number(rows: Sequence[Tokens]) -> _Holders:
    asked: dict[str, set[int]] = defaultdict(set)
    for row, tokens in enumerate(rows):
        for token in tokens:
            if len(token) <= _LONGEST and _HAS_DIGIT.search(token):
                folded = folded_number(token)
                if len(folded) >= SHORTEST_NUMBER:
                    asked[folded].add(row)
    held = Customer.objects.annotate(folded=number_key()).filter(folded__in=list(asked))
    found: _Holders = defaultdict(set)
    for folded, ref in held.values_list("folded", "ref"):
        for row in asked[folded]:
            found[_Value(row, NUMBER, folded)].add(ref)
    return dict(found)


def _by_name(rows: Sequence[Tokens], known: Catalogue, missing: Sequence[int]) -> _Holders:
    """Name those whose full name stands in a row beside something else that is theirs."""
    kind = registry.get("full_name")
    asked: dict[str, set[int]] = defaultdict(set)
    for row in missing:
        for token in rows[row]:
            if kind.detect(token):
                asked[fold(token).lower()].add(row)
    if not asked:
        return {}
    portfolios = list(Portfolio.objects.values_list("pk", flat=True))
    held = Customer.objects.annotate(key=name_key()).filter(portfolio_id__in=portfolios, key__in=list(asked))
    ends = _last_four(rows, known, {row for those in asked.values() for row in those})
    found: _Holders = defaultdict(set)
    for one in held:
        name = fold(as_text(one.open[NAME])).lower()
        for row in asked.get(name, ()):
            if one.ref in ends.get(row, ()) or _open_texts(one) & {fold(token) for token in rows[row]}:
                found[_Value(row, NAME, name)].add(one.ref)
    return dict(found)


def _open_texts(customer: Customer) -> set[str]:
    texts = {fold(as_text(value)) for code, value in customer.open.items() if code not in (NAME, "surname")}
    return {text for text in texts if len(text) > 1}


def _last_four(rows: Sequence[Tokens], known: Catalogue, asked: Collection[int]) -> dict[int, set[UUID]]:
    said = [
        (_Value(row, spec.code, end), epoch, digest)
        for row in asked
        for end in _MASKED.findall(" ".join(rows[row]))
        for spec in known.searchable
        if LAST_FOUR in spec.index_kinds
        for epoch, digest in digests(spec.code, LAST_FOUR, spec.kind, end)
    ]
    found: dict[int, set[UUID]] = defaultdict(set)
    for value, refs in _holders(said).items():
        found[value.row] |= refs
    return found
