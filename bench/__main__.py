"""`make bench`: set up once per data directory, measure, print. BENCH_CUSTOMERS and BENCH_EVENTS say how much."""

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Migrate, fill and measure."""
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
    measure_all()
    return 0


def measure_all() -> None:
    """Print every line as soon as it is known."""
    from bench import (
        consenting,
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
    missing, start = CUSTOMERS - people.held(), people.held()
    while missing > 0:
        count = min(missing, 10_000)
        writing.make_customers(portfolios, count, at, start=start)
        start, missing = start + count, missing - count
    print(f"{platform.machine()}, {os.cpu_count()} cores, {people.held()} customers", flush=True)
    show(
        [
            *seals.lines(),
            *rekeying.lines(),
            *sealing.lines(trail.clock()),
            *writing.lines(portfolios, at),
            *reading.lines(agent, supervisor, portfolios, trail.clock()),
            *consenting.lines(agent, trail.clock()),
            *discovering.lines(trail.clock()),
            *detecting.lines(),
            *importing.lines(supervisor, portfolios, trail.clock()),
            *rekeying_data.lines(portfolios, trail.clock()),
            *leaking.lines(trail.clock()),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
