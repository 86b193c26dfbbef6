"""`make bench`: set up once per data directory, measure, print. BENCH_CUSTOMERS and BENCH_EVENTS say how much.

`make bench ARGS="--only detecting,leaking"` measures these parts alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Line

ROOT = Path(__file__).resolve().parent.parent
# Sealing comes before what fills the trail with exposures of no event.
PARTS = (
    "seals",
    "rekeying",
    "sealing",
    "writing",
    "reading",
    "consenting",
    "discovering",
    "detecting",
    "importing",
    "rekeying_data",
    "destroying",
    "leaking",
)
OF_THE_TRAIL = {"sealing", "detecting", "leaking"}
"""Parts that want no customers."""


def main() -> int:
    """Migrate, fill and measure."""
    asked = _asked()
    os.chdir(ROOT)
    for alias in ("default", "keyring"):
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0", f"--database={alias}"],
            check=True,
        )
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"], check=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")
    import django

    django.setup()
    measure(asked)
    return 0


def _asked() -> set[str]:
    parser = argparse.ArgumentParser(prog="bench", description="Measure and print.")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts of {', '.join(PARTS)}")
    asked = set(parser.parse_args().only.split(","))
    if unknown := asked - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    return asked


def measure(asked: set[str]) -> None:
    """Print the lines of each part as soon as they are known."""
    from bench import (
        consenting,
        destroying,
        detecting,
        discovering,
        importing,
        leaking,
        people,
        reading,
        rekeying,
        rekeying_data,
        sealing,
        seals,
        writing,
    )
    from bench.measure import CUSTOMERS, show
    from trail import services as trail

    at = trail.clock()
    agent, supervisor, portfolios = people.ready(at)
    writing.make_plain_table()
    missing, start = (CUSTOMERS - people.held(), people.held()) if asked - OF_THE_TRAIL else (0, 0)
    while missing > 0:
        count = min(missing, 10_000)
        writing.make_customers(portfolios, count, at, start=start)
        start, missing = start + count, missing - count
    print(f"{platform.machine()}, {os.cpu_count()} cores, {people.held()} customers", flush=True)
    measured: dict[str, Callable[[], Sequence[Line]]] = {
        "seals": seals.lines,
        "rekeying": rekeying.lines,
        "sealing": lambda: sealing.lines(trail.clock()),
        "writing": lambda: writing.lines(portfolios, at),
        "reading": lambda: reading.lines(agent, supervisor, portfolios, trail.clock()),
        "consenting": lambda: consenting.lines(agent, trail.clock()),
        "discovering": lambda: discovering.lines(trail.clock()),
        "detecting": detecting.lines,
        "importing": lambda: importing.lines(supervisor, portfolios, trail.clock()),
        "rekeying_data": lambda: rekeying_data.lines(portfolios, trail.clock()),
        "destroying": lambda: destroying.lines(portfolios, trail.clock()),
        "leaking": lambda: leaking.lines(trail.clock()),
    }
    for part in PARTS:
        if part in asked:
            show(measured[part]())


if __name__ == "__main__":
    sys.exit(main())
