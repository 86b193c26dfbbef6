"""Charts on pages: bars and lines with a label per place. `documents.drawing` makes pictures of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR, LINE = "bar", "line"
MOST_SERIES = 5
STEPS = 4
"""Lines above the one at the foot."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers drawn: one label per place, one number per place in every series; none is below zero."""

    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[int]]]
    kind: str = BAR

    def __post_init__(self) -> None:
        if self.kind not in (BAR, LINE) or not 0 < len(self.series) <= MOST_SERIES:
            raise ValueError("a chart has bars or lines, and one to five series")
        if any(len(numbers) != len(self.labels) for _name, numbers in self.series):
            raise ValueError("each series of a chart has a number for every label")


def top_of(most: int) -> int:
    """Return the round number at which the axis ends: a multiple of four that is not below `most`."""
    unit = 1
    while True:
        for step in (1, 2, 5):
            if step * unit * STEPS >= most:
                return step * unit * STEPS
        unit *= 10
