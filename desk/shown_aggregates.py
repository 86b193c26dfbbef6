"""Aggregates as the pages show them: figures in words, rows first, columns second, a table per third value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from access.aggregates.dimensions import (
    ANSWERS,
    BIRTH,
    CONSENT,
    DERIVED,
    FIRST_DECADE,
    LAST_DECADE,
    PORTFOLIO,
    TIER,
    UNKNOWN,
)
from access.queries.aggregates import Told
from classification.models import Purpose
from classification.queries import Catalogue, catalogue
from customers.models import Portfolio, tiers

NOTHING = "—"
MARK = "*"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; None where the group is not told."""

    number: int | None
    partly: bool = False

    def __bool__(self) -> bool:
        return self.number is not None

    @property
    def text(self) -> str:
        """The figure as people read it."""
        return NOTHING if self.number is None else f"{self.number:,}{MARK if self.partly else ''}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table, which a chart draws. `title` is the value of the third dimension."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True, slots=True)
class AggregatesShown:
    """Figures of some portfolios in tables. `names` are those of rows, columns and tables."""

    names: list[str]
    sheets: list[Sheet]
    portfolios: list[str]
    total: int
    counted_at: datetime | None
    partly: bool
    missing: list[str]


class Words:
    """What dimensions and their values are called in the active language."""

    def __init__(self, at: datetime) -> None:
        self._known: Catalogue = catalogue(at)
        self._purposes = {one.code: str(one) for one in Purpose.objects.all()}
        self._portfolios = {one.code: one.name for one in Portfolio.objects.all()}
        self._tiers = dict(tiers())

    def name(self, dimension: str) -> str:
        """Return what a dimension is called."""
        if dimension.startswith(CONSENT):
            code = dimension.removeprefix(CONSENT)
            return _("Consent: %(purpose)s") % {"purpose": self._purposes.get(code, code)}
        fixed = {PORTFOLIO: _("Portfolio"), TIER: _("Customer tier"), BIRTH: _("Decade of birth")}
        return fixed.get(dimension) or self._known.get(DERIVED[dimension][0]).name

    def value(self, dimension: str, value: str) -> str:
        """Return what a value of a dimension is called."""
        if value == UNKNOWN:
            return _("not known")
        if dimension == BIRTH:
            return _decade(int(value))
        if dimension in DERIVED:
            return self._known.get(DERIVED[dimension][0]).shown(value)
        tables: dict[str, Mapping[str, object]] = {PORTFOLIO: self._portfolios, TIER: self._tiers}
        words: Mapping[str, object | Promise] = tables.get(dimension, ANSWERS)
        return str(words.get(value, value))


def shown(told: Told, at: datetime) -> AggregatesShown:
    """Return figures in tables: the dimension with most told values gives the rows, the next one the columns."""
    words = Words(at)
    held = {
        name: [value for value in told.axes[name] if any(one[place] == value for one in told.figures)]
        for place, name in enumerate(told.dimensions)
    }
    order = sorted(told.dimensions, key=lambda name: -len(held[name]))
    names = [words.name(name) for name in order]
    rows, columns, sheets = (held[order[place]] if place < len(order) else [None] for place in range(3))

    def cell(*values: str | None) -> Cell:
        picked = dict(zip(order, values, strict=False))
        group = tuple(str(picked[name]) for name in told.dimensions)
        return Cell(told.figures.get(group), group in told.partly)

    def word(place: int, value: str | None) -> str:
        return words.value(order[place], value) if value is not None else ""

    return AggregatesShown(
        names=names,
        sheets=[
            Sheet(
                title=word(2, third),
                columns=[word(1, second) or _("Customers") for second in columns],
                rows=[
                    (word(0, first), cells)
                    for first in rows
                    if any(cells := [cell(first, second, third) for second in columns])
                ],
            )
            for third in sheets
        ]
        if told.figures
        else [],
        portfolios=[one.name for one in told.portfolios],
        total=told.total,
        counted_at=told.counted_at,
        partly=bool(told.partly),
        missing=[one.name for one in told.portfolios if one.code in told.missing],
    )


def listed(told: Told, at: datetime) -> tuple[list[str], list[list[str | int]]]:
    """Return header and rows of the told groups, one line each, for a workbook."""
    words = Words(at)
    header = [*(words.name(name) for name in told.dimensions), _("Customers, rounded down to fives")]
    rows: list[list[str | int]] = [
        [*(words.value(name, value) for name, value in zip(told.dimensions, group, strict=True)), figure]
        for group, figure in _in_order(told)
    ]
    return header, rows


def _in_order(told: Told) -> list[tuple[Sequence[str], int]]:
    places = [{value: place for place, value in enumerate(told.axes[name])} for name in told.dimensions]
    return sorted(
        told.figures.items(),
        key=lambda one: [known[value] for known, value in zip(places, one[0], strict=True)],
    )


def _decade(first: int) -> str:
    if first == FIRST_DECADE:
        return _("before %(year)s") % {"year": first + 10}
    if first == LAST_DECADE:
        return _("%(year)s and later") % {"year": first}
    return f"{first}–{first + 9}"
