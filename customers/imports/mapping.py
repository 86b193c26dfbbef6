"""Which column goes into which field: proposed from its name and its values, checked before a row is read.

A column that looks like values of a higher level never goes into a lower field, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default

from classification.queries import Catalogue, FieldSpec
from customers.imports.names import NUMBER, OTHER_NAMES, bare
from customers.problems import Problem
from customers.values import FREE, RELATIONSHIP
from kinds import registry
from kinds.registry import Detected, detect_column

SAMPLE_ROWS = 500
_PERSONAL_NUMBERS = frozenset({"resident_id", "mobile", "email", "bank_card"})
"""Kinds that a column of customer numbers may not look like."""
_TELLING = frozenset(
    {
        "mobile", "landline", "email", "address", "resident_id", "passport", "permit", "bank_card",
        "uscc", "plate", "full_name",
    }
)  # fmt: skip
"""Kinds whose values say what a column is, whatever its name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file, what it looks like, and where it goes. `target` is empty when it is left out."""

    index: int
    header: str
    kind: str
    share: float
    target: str = ""
    why: str = ""
    """by_name, by_values, or the code of the problem for which it is left out."""
    params: Mapping[str, object] = default(default_factory=dict)


class MappingRefused(ValueError):
    """The mapping cannot be used; `Problem.field` is the column's name."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = tuple(problems)


def looks_like_values(header: Sequence[str]) -> bool:
    """Tell whether a first row holds values instead of names: then it must be shown and stored nowhere."""
    return any(registry.scan(cell) for cell in header if cell)


def propose(
    header: Sequence[str], sample: Sequence[Sequence[str]], known: Catalogue, asked: Collection[str]
) -> list[Column]:
    """Return every column with its proposed target, or the reason why it is left out."""
    columns: list[Column] = []
    taken: set[str] = set()
    looks = [detect_column(row[index] for row in sample) for index in range(len(header))]
    by_name = _by_name(known)
    for index, name in enumerate(header):
        column = Column(index, name, looks[index].kind, looks[index].share)
        target, why = _target(by_name.get(bare(name), ""), looks[index], known, taken)
        problem = unfit(target, looks[index], known, asked) if target else Problem(name, why)
        if problem is None and target in taken:
            problem = Problem(name, "column_twice", {"field": target})
        if problem is None:
            taken.add(target)
            columns.append(replace(column, target=target, why=why))
        else:
            columns.append(replace(column, why=problem.code, params=problem.params))
    return columns


def check(
    mapping: Mapping[int, str], columns: Sequence[Column], known: Catalogue, asked: Collection[str]
) -> None:
    """Accept a mapping (column index → target) or refuse it whole.

    :raises MappingRefused: naming every column that cannot go where it should.
    """
    by_index = {column.index: column for column in columns}
    problems = []
    chosen = {index: target for index, target in mapping.items() if target}
    for index, target in chosen.items():
        if index not in by_index:
            problems.append(Problem(f"#{index + 1}", "unknown_column"))
            continue
        column = by_index[index]
        problem = unfit(target, column, known, asked)
        if problem is not None:
            problems.append(replace(problem, field=column.header))
        elif sum(other == target for other in chosen.values()) > 1:
            problems.append(Problem(column.header, "column_twice", {"field": target}))
    if NUMBER not in chosen.values():
        problems.append(Problem(NUMBER, "number_column_missing"))
    if problems:
        raise MappingRefused(problems)


def unfit(target: str, looks: Detected | Column, known: Catalogue, asked: Collection[str]) -> Problem | None:
    """Return why a column that looks like this may not go into a target, or None."""
    if target == NUMBER:
        if looks.kind in _PERSONAL_NUMBERS:
            return Problem(target, "column_holds_higher", {"kind": looks.kind, "level": 2})
        return None
    if target in RELATIONSHIP:
        return None
    if target not in known:
        return Problem(target, "unknown_field")
    spec = known.get(target)
    if spec.level > 3:
        return Problem(target, "level_four")
    if spec.derived_from:
        return Problem(target, "derived")
    if not spec.kept:
        return Problem(target, "no_schedule", {"field": spec.name})
    if target not in asked:
        return Problem(target, "not_asked")
    if _too_high(spec, looks.kind):
        return Problem(target, "column_holds_higher", {"kind": looks.kind, "level": spec.level})
    return None


def _too_high(spec: FieldSpec, kind: str) -> bool:
    if not kind or spec.kind not in FREE or kind == spec.kind or kind in spec.params.get("may_hold", ()):
        return False
    return registry.get(kind).typical_level > spec.level


def _target(named: str, looks: Detected, known: Catalogue, taken: Collection[str]) -> tuple[str, str]:
    if named in known:
        spec = known.get(named)
        if spec.kind in _TELLING and looks.kind in _TELLING and looks.kind != spec.kind:
            named = ""  # the name says one thing and the values another: the values are right
    if named:
        return named, "by_name"
    if looks.kind in _TELLING:
        for spec in known.holdable:
            if spec.kind == looks.kind and spec.code not in taken:
                return spec.code, "by_values"
    return "", "unknown_column"


def _by_name(known: Catalogue) -> dict[str, str]:
    names: dict[str, str] = {}
    for spec in known.fields:
        for name in (spec.code, spec.name_zh, spec.name_en, f"L{spec.level}-{spec.name_zh}"):
            names.setdefault(bare(name), spec.code)
    for code, others in OTHER_NAMES.items():
        for name in (code, *others.split("/")):
            if code in known or code == NUMBER or code in RELATIONSHIP:
                names.setdefault(bare(name), code)
    return names
