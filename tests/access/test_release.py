"""What is told about groups: nobody who adds, subtracts or waits finds one to four people."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.aggregates.release import LEAST, Axes, Tables, Traits, count, differing, release

SMALL = range(1, LEAST)
TWO: Axes = {"sex": ("m", "f"), "tier": ("s", "v")}
THREE: Axes = {"sex": ("m", "f", ""), "tier": ("s", "v"), "region": ("e", "w", "n")}
FOUR: Axes = {"sex": ("m", "f"), "tier": ("s", "v"), "region": ("e", "w"), "yes": ("y", "n")}


def joint(axes: Axes, numbers: tuple[int, ...]) -> dict[tuple[str, ...], int]:
    return dict(zip(product(*axes.values()), numbers, strict=True))


def told(axes: Axes, numbers: tuple[int, ...]) -> tuple[Tables, Tables]:
    counted = count(joint(axes, numbers), axes)
    return counted, release(counted)


def populations(axes: Axes, most: int = 30):
    cells = len(list(product(*axes.values())))
    sizes = st.one_of(st.integers(0, 6), st.integers(0, most))
    return st.tuples(*[sizes] * cells)


@given(numbers=populations(THREE))
@settings(deadline=None)
def test_tells_multiples_of_five_that_lie_below_the_truth(numbers):
    counted, figures = told(THREE, numbers)
    for names, table in figures.items():
        for group, figure in table.items():
            assert figure % 5 == 0
            assert 5 <= figure <= counted[names][group] < figure + 5


def test_tells_what_is_plainly_large():
    _, figures = told(TWO, (300, 200, 100, 53))
    assert figures == {
        (): {(): 650},
        ("sex",): {("m",): 500, ("f",): 150},
        ("tier",): {("s",): 400, ("v",): 250},
        ("sex", "tier"): {("m", "s"): 300, ("m", "v"): 200, ("f", "s"): 100, ("f", "v"): 50},
    }


def test_withholds_a_complement_where_the_total_would_give_a_small_group_away():
    # 10 in all and 5 of them told: the other group would have one at least, and four at most.
    _, figures = told({"sex": ("m", "f")}, (4, 7))
    assert figures == {(): {(): 10}, ("sex",): {}}
    # Here the total fits to nobody as well, and nothing has to be withheld.
    _, figures = told({"sex": ("m", "f")}, (4, 10))
    assert figures == {(): {(): 10}, ("sex",): {("f",): 10}}


def test_tells_nothing_finer_of_what_it_withholds():
    _, figures = told(TWO, (0, 4, 7, 0))
    assert ("f",) not in figures["sex",]
    assert ("f", "s") not in figures["sex", "tier"]


class Analyst:
    """What adding and subtracting tells somebody who has the figures of one release only, without its dashes' names."""

    def __init__(self, axes: Axes, figures: Tables) -> None:
        self.low: dict[tuple, int] = {}
        self.high: dict[tuple, int] = {}
        for names, table in figures.items():
            for group in product(*(axes[name] for name in names)):
                figure = table.get(group)
                self.low[names, group] = figure or 0
                self.high[names, group] = 10**6 if figure is None else figure + 4
        self.sums = [
            ((names[:at] + names[at + 1 :], rest[:at] + rest[at:]), [
                (names, (*rest[:at], value, *rest[at:])) for value in axes[name]
            ])
            for names in figures
            for at, name in enumerate(names)
            for rest in product(*(axes[other] for other in names if other != name))
        ]  # fmt: skip
        before = None
        while before != (before := (sum(self.low.values()), sum(self.high.values()))):
            for whole, parts in self.sums:
                self._add_up(whole, parts)

    def _add_up(self, whole, parts) -> None:
        self.low[whole] = max(self.low[whole], sum(self.low[one] for one in parts))
        self.high[whole] = min(self.high[whole], sum(self.high[one] for one in parts))
        for one in parts:
            others = [other for other in parts if other != one]
            self.high[one] = min(self.high[one], self.high[whole] - sum(self.low[other] for other in others))
            self.low[one] = max(self.low[one], self.low[whole] - sum(self.high[other] for other in others))


@pytest.mark.parametrize("axes", [THREE, FOUR], ids=["three dimensions", "four dimensions"])
@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_an_analyst_who_adds_up_every_table_finds_no_small_group(axes, data):
    counted, figures = told(axes, data.draw(populations(axes)))
    found = Analyst(axes, figures)
    for cell, low in found.low.items():
        names, group = cell
        assert low <= counted[names][group] <= found.high[cell]
        assert not (low in SMALL and found.high[cell] in SMALL), (cell, low, found.high[cell], figures)


@given(before=populations(THREE), data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_an_analyst_who_waits_finds_no_small_change(before, data):
    place, step = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(-9, 9))
    after = tuple(max(0, number + step * (at == place)) for at, number in enumerate(before))
    first, second = Analyst(THREE, told(THREE, before)[1]), Analyst(THREE, told(THREE, after)[1])
    for cell in first.low:
        least, most = second.low[cell] - first.high[cell], second.high[cell] - first.low[cell]
        assert not (least in SMALL and most in SMALL), cell
        assert not (-least in SMALL and -most in SMALL), cell


def test_counts_who_differs_whether_they_came_went_or_changed():
    before: dict[Traits, int] = {("m", "s"): 10, ("f", "s"): 10}
    assert differing(before, before) == 0
    assert differing({("m", "s"): 13, ("f", "s"): 10}, before) == 3
    assert differing({("m", "s"): 6, ("f", "s"): 14}, before) == 4
    assert differing({("f", "s"): 10}, before) == 10
