"""Rows and columns on pages: the head comes again on every page, a row that is longer than a page goes on.

The tables of reportlab copy what is left at every page, so their time grows with the square of the rows. Here
each page takes from an iterator what fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Paragraph

SIDE, ABOVE = 4, 3  # points around the text of a cell
_LEAST = 60  # points: a row is not cut for less
_ENDLESS = 1e6
_RULE, _HEAD = HexColor("#c8cdd5"), HexColor("#eef1f5")
_Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """What all pages of one grid share."""

    head: _Cells
    """Drawn on every page; empty for none."""
    shares: Sequence[float]
    """How the columns share the width."""
    page: float
    """Height of an empty page in points."""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: _Cells
    height: float


class Grid(Flowable):
    """What is left of a table: `wrap` measures one page of it, `split` cuts that page off."""

    def __init__(self, layout: Layout, rows: Iterator[_Cells], ahead: Sequence[_Cells] = ()) -> None:
        """Take the rows as an iterator, and those already taken from it that come first."""
        super().__init__()
        self._layout, self._rows, self._ahead = layout, rows, list(ahead)
        self._fitting: list[_Row] = []
        self._top: _Row | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._widths = [width * share / sum(self._layout.shares) for share in self._layout.shares]
        self._top = self._measured(self._layout.head) if self._layout.head else None
        self._fitting = []
        used = self._top.height if self._top else 0.0
        for cells in self._coming():
            row = self._measured(cells)
            used += row.height
            if used > height:  # taller than what there is: reportlab asks for a split
                break
            self._fitting.append(row)
        return width, used

    def split(self, width: float, height: float) -> list[Flowable]:
        if self._fitting:
            count = len(self._fitting)
            here = Grid(self._layout, iter(()), self._ahead[:count])
            return [here, Grid(self._layout, self._rows, self._ahead[count:])]
        top = self._top.height if self._top else 0.0
        room = height - top - 2 * ABOVE
        # Not one row fits: the next page takes it, unless no page could.
        if (
            not self._ahead
            or room < _LEAST
            or top + self._measured(self._ahead[0]).height <= self._layout.page
        ):
            return []
        upper, lower = self._cut(self._ahead[0], room)
        rest = [lower, *self._ahead[1:]]
        return [Grid(self._layout, iter(()), [upper]), Grid(self._layout, self._rows, rest)]

    def draw(self) -> None:
        rows = [self._top, *self._fitting] if self._top else self._fitting
        top = sum(row.height for row in rows)
        self.canv.setStrokeColor(_RULE)
        self.canv.setLineWidth(0.5)
        if self._top:
            self.canv.setFillColor(_HEAD)
            self.canv.rect(0, top - self._top.height, sum(self._widths), self._top.height, stroke=0, fill=1)
        for row in rows:
            left = 0.0
            for cell, width in zip(row.cells, self._widths, strict=True):
                cell.drawOn(self.canv, left + SIDE, top - ABOVE - cell.height)
                left += width
            top -= row.height
            self.canv.line(0, top, left, top)

    def _coming(self) -> Iterator[_Cells]:
        yield from self._ahead
        for cells in self._rows:
            self._ahead.append(cells)
            yield cells

    def _measured(self, cells: _Cells) -> _Row:
        pairs = zip(cells, self._widths, strict=True)
        return _Row(cells, max(cell.wrap(width - 2 * SIDE, _ENDLESS)[1] for cell, width in pairs) + 2 * ABOVE)

    def _cut(self, cells: _Cells, room: float) -> tuple[_Cells, _Cells]:
        upper, lower = [], []
        for cell, width in zip(cells, self._widths, strict=True):
            parts = cell.split(width - 2 * SIDE, room)
            upper.append(parts[0] if parts else Paragraph("", cell.style))
            rest = parts[1:] if parts else [cell]
            lower.append(rest[0] if rest else Paragraph("", cell.style))
        return upper, lower
