"""Clocks and lines: how long, how often, and how it is printed."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "20000"))
ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was done, ours, the peer of the same run, their ratio, and the goal."""

    work: str
    ours: str
    peer: str = ""
    ratio: str = ""
    goal: str = ""


def seconds(act: Callable[[], object], *, times: int = 3) -> float:
    """Return the best of several runs, in seconds: the least disturbed one."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best


def each(act: Callable[[], object], *, times: int) -> list[float]:
    """Return how long each of many runs took, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def p95(taken: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def show(lines: Sequence[Line]) -> None:
    """Print lines as a table."""
    rows = [("work", "ours", "peer, same run", "ratio", "goal")]
    rows += [(line.work, line.ours, line.peer, line.ratio, line.goal) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip(), flush=True
        )
