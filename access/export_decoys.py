"""The decoy rows of exports: people who do not exist, so that a leaked file tells which export it was.

An export of 40 customers or more carries one decoy row for every 50, at least two: what a leak leaves of the file
names it as soon as one of them is left, in any order, under any column names. One of 10 to 39 carries a single one: it
tells apart two exports of the same customers, which the leak trace by whom they list cannot, and is lost with that one
row. A smaller export carries none: there a row of nobody is seen by whoever works down the list, and is taken out;
the leak trace finds such an export by whom it lists, as likely and never as certain.
A decoy row is marked nowhere; whoever works with it meets a number that is not in service and a customer number
that is not found. What is kept are keyed digests (`ExportDecoy`), of

    the customer number     as long as nobody has it: a number given to a customer later no longer counts
    each value in clear     that belongs to a person (`customers.lookalikes`)
    name and masked value   together, where the export is masked

so that a masked file names its export by its customer numbers or by the name beside the mask, and loses it only when
both are taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random, SystemRandom
from uuid import UUID

from django.utils import timezone

from access.models import Export, ExportDecoy
from classification.queries import Catalogue, FieldSpec
from customers.lookalikes import OF_KIND, identity, number_like, ordinary, reach_of, strangers
from customers.models import NUMBER_LIMIT, Customer, number_key
from customers.numbers import folded_number
from customers.values import as_text, clean
from kinds import registry
from kinds.folding import fold
from vault.keyed import keyed

FEWEST_ROWS = 10
ROWS_FOR_TWO = 40
ROWS_PER_DECOY = 50
TRIES = 12
ABOUT = "export decoys"
NUMBER, NAME = "number", "full_name"
SHORTEST = 5
"""Characters of a customer number that is a mark: shorter ones stand in any table."""
LONGEST = 200
BEFORE = 3
"""Customer number, portfolio and tier stand before the fields (`export_files.header`)."""
_KINDS = [registry.get(code) for code in OF_KIND if code != NAME]

Row = list[str]


@dataclass(frozen=True, slots=True)
class DecoyRow:
    """One row of nobody, and the texts by which it is recognised."""

    cells: Row
    marks: frozenset[str]


def how_many(rows: int) -> int:
    """Return how many decoy rows an export of so many customers carries."""
    if rows < ROWS_FOR_TWO:
        return int(rows >= FEWEST_ROWS)
    return max(2, -(-rows // ROWS_PER_DECOY))


def with_decoys(
    rows: Sequence[Row],
    columns: Sequence[FieldSpec],
    known: Catalogue,
    *,
    at: datetime,
    masked: frozenset[str] = frozenset(),
    draw: Random | None = None,
) -> tuple[list[Row], list[DecoyRow]]:
    """Return the rows of an export with its decoys among them, in the order of customer numbers, and the decoys.

    :param masked: the fields that the export shows masked.
    """
    dice, today = draw or SystemRandom(), timezone.localdate(at)
    made: list[DecoyRow] = []
    numbers = {row[0] for row in rows}
    for _ in range(how_many(len(rows))):
        tried = (_decoy(rows, columns, known, masked, today, dice, reach_of(tries)) for tries in range(TRIES))
        free = next((one for one in tried if one.cells[0] not in numbers and _is_free(one, made, at)), None)
        made += [free] if free else []
    return sorted([*rows, *(one.cells for one in made)], key=lambda cells: cells[0]), made


def keep(export: Export, decoys: Iterable[DecoyRow], *, at: datetime) -> None:
    """Write what recognises an export's decoy rows; part of the act that makes the export."""
    ExportDecoy.objects.bulk_create(
        ExportDecoy(export=export, row=row, digest=digest)
        for row, one in enumerate(decoys)
        for digest in _digests(one.marks, at)
    )


def exports_of(rows: Sequence[Sequence[str]], *, at: datetime) -> dict[UUID, int]:
    """Return the exports whose decoy rows stand among these rows, each with how many of them do.

    :param rows: the cells of a found file, and whatever stands inside them.
    """
    marks = {mark for row in rows for mark in _marks_in(row)}
    marks -= _given_since(marks)
    held = ExportDecoy.objects.filter(digest__in=_digests(marks, at))
    found: dict[UUID, set[int]] = {}
    for export, row in held.values_list("export_id", "row"):
        found.setdefault(export, set()).add(row)
    return {export: len(those) for export, those in found.items()}


def _decoy(
    rows: Sequence[Row],
    columns: Sequence[FieldSpec],
    known: Catalogue,
    masked: frozenset[str],
    today: date,
    dice: Random,
    reach: int,
) -> DecoyRow:
    """Return somebody who does not exist, with a value wherever one of the real rows has one."""
    like = dice.choice(rows)
    number = number_like(like[0], dice, reach=reach)
    cleaned = clean(known, identity(known.holdable, strangers(dice)), today=today)
    said = {code: as_text(text) for code, text in cleaned.open.items()} | cleaned.to_seal
    cells, marks = [number, *like[1:BEFORE]], _number_marks([number])
    for place, spec in enumerate(columns, BEFORE):
        hidden, text = spec.code in masked, said.get(spec.code, "")
        if spec.code not in said:
            # A mask is taken only where two rows show the same one.
            text = ordinary("choice" if hidden else spec.kind, [row[place] for row in rows], dice)
        elif hidden:
            text = registry.get(spec.kind).mask(text)
        text = text if like[place] else ""
        cells.append(text)
        if spec.code in said and text:
            marks |= _pair_marks([said.get(NAME, "")], [text]) if hidden else _value_marks([text])
    return DecoyRow(cells, frozenset(marks))


def _is_free(one: DecoyRow, made: Sequence[DecoyRow], at: datetime) -> bool:
    """Tell whether nobody has this number, and no other decoy any of these marks."""
    if Customer.objects.annotate(folded=number_key()).filter(folded=folded_number(one.cells[0])).exists():
        return False
    if any(one.marks & other.marks for other in made):
        return False
    return not ExportDecoy.objects.filter(digest__in=_digests(one.marks, at)).exists()


def _digests(marks: Iterable[str], at: datetime) -> list[bytes]:
    return keyed(ABOUT, (mark.encode() for mark in marks), at=at)


def _marks_in(row: Sequence[str]) -> set[str]:
    named = registry.get(NAME)
    names = [text for text in row if named.detect(text)]
    return _number_marks(row) | _value_marks(row) | _pair_marks(names, [text for text in row if "*" in text])


def _number_marks(texts: Iterable[str]) -> set[str]:
    folded = (folded_number(text) for text in texts if len(text) <= NUMBER_LIMIT)
    return {
        f"{NUMBER}:{number}" for number in folded if len(number) >= SHORTEST and any(map(str.isdigit, number))
    }


def _value_marks(texts: Iterable[str]) -> set[str]:
    return {
        f"{kind.code}:{kind.normalise(text)}"
        for text in texts
        for kind in _KINDS
        if len(text) <= LONGEST and kind.detect(text)
    }


def _pair_marks(names: Iterable[str], masks: Collection[str]) -> set[str]:
    return {f"{fold(name).casefold()}:{fold(mask)}" for name in names if name for mask in masks}


def _given_since(marks: Iterable[str]) -> set[str]:
    """Return the marks of numbers that are a customer's today."""
    numbers = [mark.removeprefix(f"{NUMBER}:") for mark in marks if mark.startswith(f"{NUMBER}:")]
    held = Customer.objects.annotate(folded=number_key()).filter(folded__in=numbers)
    return {f"{NUMBER}:{number}" for number in held.values_list("folded", flat=True)}
