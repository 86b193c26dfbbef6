"""Who leaked it: lists of 500 and 5,000 customers in a trail of BENCH_EVENTS exposures, and how well they are told."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from audit.leaks.ranking import Question, named, rank
from bench.filling import without_indexes
from bench.measure import Line, seconds

EXPOSURES = int(os.environ.get("BENCH_EVENTS", "200000"))
PEOPLE = 1_000
SEEDS = 50
PREFIX = "bbbbbbbb-0000-4000-8000-"
_FILL = """
insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select %(end)s::timestamptz - make_interval(secs => 7776000.0 * n / %(exposures)s), 9000000000 + n,
    ('{prefix}' || lpad(to_hex(person), 12, '0'))::uuid, ('{prefix}' || lpad(to_hex(
        (person %% 20) * (%(customers)s / 20) + abs(hashint8(n)) %% (%(customers)s / 20)), 12, '0'))::uuid,
    '', '', case when n %% 3 = 0 then '{{mobile}}'::text[] else '{{}}'::text[] end, '{{}}',
    case when n %% 3 = 0 then 3 else 0 end, case when n %% 3 = 0 then 'revealed' else 'listed' end
from (select n, abs(hashint8(n * 31)) %% {people} as person from generate_series(1, %(exposures)s) n) drawn
"""


def lines(at: datetime) -> list[Line]:
    """Measure the ranking alone: matching a list is measured with the search."""
    customers = max(20_000, EXPOSURES // 10)
    _fill(at, customers)
    draw = Random(1)  # noqa: S311  (a simulation)
    found = []
    for size, goal in ((500, "<= 100 ms"), (5_000, "<= 500 ms")):
        asked = _asked(_leaked(7, draw, size, customers), customers, at)
        taken = seconds(partial(rank, asked))
        work = f"who saw all of these {size} leaked customers, {EXPOSURES} exposures"
        found.append(Line(work, f"{taken * 1000:.0f} ms", goal=goal))
    return [*found, _quality(customers, at)]


def _quality(customers: int, at: datetime) -> Line:
    """Count how often the planted leaker comes first at a fifth of noise, and how often an outside list accuses."""
    first = accused = 0
    for seed in range(SEEDS):
        draw = Random(seed)  # noqa: S311  (a simulation)
        leaker = draw.randrange(PEOPLE)
        ranked = rank(_asked(_leaked(leaker, draw, 100, customers), customers, at))
        first += bool(ranked.people) and ranked.people[0].key == str(_uuid(leaker))
        outside = [_uuid(draw.randrange(customers)) for _ in range(100)]
        accused += bool(named(rank(_asked(outside, customers, at)).people))
    return Line(
        f"planted leaker first, {SEEDS} seeds, 20 % noise",
        f"{first} of {SEEDS}",
        f"{accused} accused by lists from outside",
        goal=f"{SEEDS} of {SEEDS}, 0",
    )


def _asked(listed: Sequence[UUID], customers: int, at: datetime) -> Question:
    return Question(
        customers=sorted(set(listed)),
        fields=["mobile"],
        level=3,
        population=customers,
        until=at + timedelta(days=1),
    )


def _leaked(person: int, draw: Random, size: int, customers: int) -> list[UUID]:
    """Return a list that a person leaked: what they were shown in clear, and a fifth from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct customer from trail_exposure where actor_id = %s and level = 3 order by 1",
            [_uuid(person)],
        )
        own = [row[0] for row in cursor.fetchall()]
    kept = draw.sample(own, min(len(own), size * 4 // 5))
    # At the small default nobody was shown thousands: the rest comes from elsewhere, and the time is the same.
    fill = size - len(kept) if size > 100 else len(kept) // 4
    return kept + [_uuid(draw.randrange(customers)) for _ in range(fill)]


def _uuid(number: int) -> UUID:
    return UUID(f"{PREFIX}{number:012x}")


def _fill(at: datetime, customers: int) -> None:
    """Write the exposures once per data directory."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from trail_exposure where event_id > 9000000000")
        (held,) = cursor.fetchone()
        if held >= EXPOSURES:
            return
        facts: dict[str, Any] = {"end": at, "exposures": EXPOSURES, "customers": customers}
        with without_indexes("trail_exposure"):
            cursor.execute(_FILL.format(prefix=PREFIX, people=PEOPLE), facts)
