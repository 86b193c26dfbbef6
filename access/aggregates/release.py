"""What of the counts of one portfolio may be told, so that no group of one to four people can be found. Pure.

Four rules, each a test:
1. A figure is rounded down to a multiple of five; a group under five has none (primary suppression).
2. Before a release is stored it is attacked: every table of up to three dimensions is added up against every other,
   and what narrows a group too far is withheld as well (complementary suppression). A group under five may always
   have nobody in it, and any other group keeps a margin of at least three possible sizes. Two releases together
   therefore tell no change of one to four people either. The attack knows which groups are small and which withheld;
   it does not reason about why one was withheld: whoever has this code may now and then guess better than it.
3. A portfolio is counted anew only when five or more of its customers differ from the last release; until then that
   one stands to the digit, so that whoever knows of a single newcomer learns nothing from the next night.
4. Portfolios only add up: what is told about several of them is the sum of what is told about each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

LEAST = 5
"""The smallest group that has a figure, and the base of rounding."""
MOST_DIMENSIONS = 3
MARGIN = 2
"""How far the bounds of a group that is shown stay apart at least."""
UNKNOWN_TOP = 1 << 60

Axes = Mapping[str, Sequence[str]]
"""Dimension → all of its values, whether or not anybody has them: an absent row would tell something."""
Traits = tuple[str, ...]
"""One value per axis, in the order of the axes."""
Names = tuple[str, ...]
Table = dict[Traits, int]
Tables = dict[Names, Table]
"""Dimensions → values → number. `()` is the portfolio as a whole."""


def tables_of(axes: Axes) -> list[Names]:
    """Return every choice of up to three dimensions, smaller ones first."""
    return [names for size in range(MOST_DIMENSIONS + 1) for names in combinations(axes, size)]


def count(joint: Mapping[Traits, int], axes: Axes) -> Tables:
    """Return the true counts of every table, from how many customers have which traits."""
    places = {name: place for place, name in enumerate(axes)}
    counted: Tables = {}
    for names in tables_of(axes):
        table = dict.fromkeys(product(*(axes[name] for name in names)), 0)
        wanted = [places[name] for name in names]
        for traits, number in joint.items():
            table[tuple(traits[place] for place in wanted)] += number
        counted[names] = table
    return counted


def differing(joint: Mapping[Traits, int], other: Mapping[Traits, int]) -> int:
    """Return how many customers at least came, went or changed between two counts."""
    more = Counter(joint) - Counter(other)
    less = Counter(other) - Counter(joint)
    return max(more.total(), less.total())


def release(counted: Tables) -> Tables:
    """Return the figures that may be told; a group without one is small or withheld, and nothing says which."""
    floors = {
        names: {one: number - number % LEAST for one, number in table.items()}
        for names, table in counted.items()
    }
    attacked = Attack(floors)
    attacked.withhold_until_safe()
    return {
        names: {
            one: floor
            for one, floor in table.items()
            if floor >= LEAST and (names, one) not in attacked.withheld
        }
        for names, table in floors.items()
    }


@dataclass(slots=True)
class Line:
    """Groups that add up to one: all values of one dimension, the others fixed."""

    whole: int
    parts: list[int]


class Attack:
    """Everything that adding and subtracting tells about the groups of a release, and the cure.

    It knows more than an analyst: which groups are under five, and which are withheld.
    """

    def __init__(self, floors: Tables) -> None:
        self.cells = [(names, one) for names, table in floors.items() for one in table]
        self.floors = [floors[names][one] for names, one in self.cells]
        self.hidden: set[int] = set()
        self._lines = _lines(self.cells, self.floors)
        self._of: list[list[Line]] = [[] for _ in self.cells]
        for line in self._lines:
            for cell in (line.whole, *line.parts):
                self._of[cell].append(line)

    @property
    def withheld(self) -> set[tuple[Names, Traits]]:
        """The groups of five or more that are not told."""
        return {self.cells[cell] for cell in self.hidden}

    def withhold_until_safe(self) -> None:
        """Withhold groups until the attack finds nothing; nothing at all is told where that does not help."""
        while found := self.found():
            more = {one for cell in found for one in self._cure(cell)}
            if not more:
                self.hidden = {cell for cell, floor in enumerate(self.floors) if floor}
                return
            self._withhold(more)

    def found(self) -> list[int]:
        """Return the groups about which too much can be worked out."""
        low, high = self.bounds()
        return [
            cell
            for cell, floor in enumerate(self.floors)
            if (low[cell] > 0 if floor == 0 else high[cell] - low[cell] < MARGIN)
        ]

    def bounds(self) -> tuple[list[int], list[int]]:
        """Return the least and the most people that each group can have, after adding up until nothing moves."""
        low = list(self.floors)
        high = [floor + LEAST - 1 for floor in self.floors]
        for cell in self.hidden:
            low[cell], high[cell] = LEAST, UNKNOWN_TOP
        waiting = list(self._lines)
        while waiting:
            moved: set[int] = set()
            for line in waiting:
                moved |= _add_up(line, low, high)
            touched = {id(line): line for cell in moved for line in self._of[cell]}
            waiting = list(touched.values())
        return low, high

    def _cure(self, cell: int) -> Iterable[int]:
        """Return what to withhold so that less can be worked out about a group."""
        if self._shown(cell):
            yield cell
            return
        for line in self._of[cell]:
            others = [one for one in (line.whole, *line.parts) if one != cell and self._shown(one)]
            parts = [one for one in others if one != line.whole]
            if others:
                yield min(parts or others, key=lambda one: (self.floors[one], one))

    def _withhold(self, cells: Iterable[int]) -> None:
        """Withhold groups with everything inside them: a part that is told would give away which dash is large."""
        waiting = list(cells)
        while waiting:
            cell = waiting.pop()
            if self._shown(cell):
                self.hidden.add(cell)
                waiting += [one for line in self._of[cell] if line.whole == cell for one in line.parts]

    def _shown(self, cell: int) -> bool:
        return self.floors[cell] > 0 and cell not in self.hidden


def _lines(cells: Sequence[tuple[Names, Traits]], floors: Sequence[int]) -> list[Line]:
    """Return the lines whose whole has a figure: the parts of a small group are small, and tell nothing more."""
    number = {cell: place for place, cell in enumerate(cells)}
    lines: dict[tuple[Names, str, Traits], Line] = {}
    for place, (names, values) in enumerate(cells):
        for at, name in enumerate(names):
            rest = values[:at] + values[at + 1 :]
            whole = number[names[:at] + names[at + 1 :], rest]
            if floors[whole]:
                lines.setdefault((names, name, rest), Line(whole, [])).parts.append(place)
    return list(lines.values())


def _add_up(line: Line, low: list[int], high: list[int]) -> set[int]:
    """Narrow the bounds along one line; return the groups whose bounds moved."""
    least, most = sum(low[one] for one in line.parts), sum(high[one] for one in line.parts)
    moved = set()
    if least > low[line.whole]:
        low[line.whole] = least
        moved.add(line.whole)
    if most < high[line.whole]:
        high[line.whole] = most
        moved.add(line.whole)
    top, bottom = high[line.whole], low[line.whole]
    for one in line.parts:
        up, down = top - (least - low[one]), bottom - (most - high[one])
        if up < high[one]:
            most -= high[one] - up
            high[one] = up
            moved.add(one)
        if down > low[one]:
            least += down - low[one]
            low[one] = down
            moved.add(one)
    return moved
