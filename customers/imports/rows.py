"""One batch of rows, checked: what each would write, or why it is refused. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from classification.queries import Catalogue, FieldSpec
from customers.imports.names import NUMBER
from customers.numbers import BadNumber, clean_number
from customers.problems import Problem
from customers.values import (
    RELATIONSHIP,
    Cleaned,
    Cleaner,
    IndexRow,
    index_rows,
    missing,
    relationship_dates,
)
from documents.reading import Row
from vault.blind_index import Live, live

IDENTITY = "resident_id"
"""The field that tells whether two customers are one person."""
_MAY_BE_ROUNDED = frozenset({"amount", "date"})
"""Kinds that a spreadsheet may well keep as numbers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How an import reads its rows: settled once, from the signed mapping and the catalogue."""

    mapping: Mapping[int, str]
    header: tuple[str, ...]
    known: Catalogue
    asked: tuple[FieldSpec, ...]
    insists: bool
    today: date

    @property
    def fields(self) -> list[str]:
        """The fields that the file fills."""
        return sorted(target for target in self.mapping.values() if target != NUMBER)

    def column_of(self, target: str) -> str:
        """Return the name of the column that fills a target; the target itself for what has no column."""
        index = next((index for index, held in self.mapping.items() if held == target), None)
        return target if index is None else self.header[index] or f"#{index + 1}"


@dataclass(slots=True)
class Checked:
    """One row: the customer's number, what it gives, and why it is refused if it is."""

    line: int
    number: str
    values: Cleaned = field(default_factory=Cleaned)
    dates: dict[str, date] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    marks: list[IndexRow] = field(default_factory=list)
    """The index rows of its sealed values."""

    def __reduce__(self) -> tuple[object, ...]:
        # Flat, because a row comes through a pipe: twice as fast as what pickle makes of it by itself.
        parts = (self.values.open, self.values.to_seal, self.values.problems)
        return _restored, (
            self.line,
            self.number,
            parts,
            self.dates,
            self.problems,
            self.warnings,
            self.marks,
        )


def _restored(line: int, number: str, parts: tuple[Any, ...], *rest: Any) -> Checked:
    return Checked(line, number, Cleaned(*parts), *rest)


def checked(rows: Iterable[Row], plan: Plan) -> Iterator[Checked]:
    """Check rows one by one against their kinds, the catalogue and the scenario."""
    cleaner = Cleaner(plan.known, today=plan.today, asked={spec.code for spec in plan.asked})
    now = live()
    for row in rows:
        yield _check(row, plan, cleaner, now)


def remembered(rows: Iterable[Row], plan: Plan) -> Iterator[Checked]:
    """Read of rows that are done already what later rows are compared with: number and ID number, nothing else."""
    places = {target: index for index, target in plan.mapping.items()}
    cleaner = Cleaner(plan.known, today=plan.today)
    for row in rows:
        try:
            number = clean_number(row.cells[places[NUMBER]])
        except BadNumber:
            number = ""
        identity = places.get(IDENTITY)
        values = Cleaned() if identity is None else cleaner.clean({IDENTITY: row.cells[identity]})
        yield Checked(row.line, number, values)


def missing_for_new(row: Checked, plan: Plan) -> list[Problem]:
    """Return the required fields that a new customer lacks, where the scenario insists on them."""
    return missing(plan.known, plan.asked, row.values.codes) if plan.insists else []


def _check(row: Row, plan: Plan, cleaner: Cleaner, now: Live) -> Checked:
    typed = {target: row.cells[index] for index, target in plan.mapping.items()}
    problems = [
        Problem(target, "rounded_by_excel")
        for index, target in plan.mapping.items()
        if index in row.rounded and _matters(target, plan)
    ]
    number = ""
    try:
        number = clean_number(typed.pop(NUMBER))
    except BadNumber as bad:
        problems.append(Problem(NUMBER, bad.code, bad.params))
    dates, crossed = relationship_dates(typed)
    rest = {target: text for target, text in typed.items() if target not in RELATIONSHIP}
    values = cleaner.clean(rest)
    since, until = (dates.get(code) for code in RELATIONSHIP)
    if since and until and since > until:
        crossed.append(Problem(RELATIONSHIP[1], "dates_crossed"))
    told = {problem.field for problem in problems}
    problems += [one for one in (*crossed, *values.problems) if one.field not in told]
    marks = [] if problems else index_rows(plan.known, values.to_seal, now)
    return Checked(row.line, number, values, dates, problems, marks=marks)


def _matters(target: str, plan: Plan) -> bool:
    return target not in plan.known or plan.known.get(target).kind not in _MAY_BE_ROUNDED
