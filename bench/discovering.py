"""Look through open values for what looks like a higher level, against reading them alone."""

import time
from datetime import datetime

from bench.measure import Line
from classification.queries import catalogue
from customers.discovery.texts import look_through
from customers.models import Customer

BATCH = 1000
MOST = 50_000
A_MINUTE = 60


def lines(at: datetime) -> list[Line]:
    """Measure one core, batch by batch as the run does."""
    known = catalogue(at)
    values = after = 0
    reading = looking = 0.0
    while values < MOST:
        began = time.perf_counter()
        rows = list(Customer.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "open")[:BATCH])
        read = time.perf_counter()
        if not rows:
            break
        found = look_through(rows, known)
        looking += time.perf_counter() - read
        reading += read - began
        values += sum(tally.values for tally in found.tallies.values())
        after = rows[-1][0]
    return [
        Line(
            f"look through {values} open values, one core",
            f"{values / (reading + looking) * A_MINUTE / 1e6:.2f} M values/min",
            f"reading alone {values / reading * A_MINUTE / 1e6:.2f} M values/min",
            f"{(reading + looking) / reading:.1f}x",
            ">= 1 M values/min",
        )
    ]
