"""Seal events and verify the trail, against bare hashing of as many leaves and nodes. BENCH_EVENTS sets how many."""

import hashlib
import os
import time
from datetime import datetime

from django.db import connection

from bench.measure import Line, seconds
from trail import services as trail
from trail.actor import Actor
from trail.sealing import sealer
from trail.sealing.verification import verify

EVENTS = int(os.environ.get("BENCH_EVENTS", "50000"))
BY = Actor.system("trail.seal")
HASHED = 100_000
_EVENTS = """
with made as (
    insert into trail_event (at, actor_id, actor_number, actor_name, roles, department, site, site_region, acting_as,
        mode, kind, facts, decision, rule, rule_version, purpose, request, zone, ip, session_hash)
    select clock_timestamp(), gen_random_uuid(), 'A' || n, '王小明', '{agent}', 'north', 'harbour', 'south', '',
        'human', 'customer.revealed', jsonb_build_object('fields', '["mobile"]'::jsonb, 'n', n), 'clear', 'agent-L3', 1,
        'service', '', 'office', '10.1.2.3', md5(n::text)
    from generate_series(1, %s) n returning id, at, actor_id
)
insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select at, id, actor_id, gen_random_uuid(), 'north', 'south', '{mobile}', '{}', 3, 'revealed' from made
"""


def lines(at: datetime) -> list[Line]:
    """Make events, seal them, verify everything that lies there."""
    _seal_all(at)
    left = EVENTS
    while left > 0:
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, [min(left, 100_000)])
        left -= 100_000
    began = time.perf_counter()
    sealed = _seal_all(trail.clock())
    sealing = sealed / (time.perf_counter() - began)
    began = time.perf_counter()
    verdict = verify()
    taken = time.perf_counter() - began
    total = int(verdict.said[0].split()[0])
    bare = HASHED / seconds(_hash)
    return [
        Line(
            f"seal {sealed:,} events",
            f"{sealing / 1000:.0f} k/s",
            f"hashing {bare / 1000:.0f} k/s",
            f"{bare / sealing:.1f}x",
            ">= 50 k/s",
        ),
        Line(
            f"verify {total:,} events from the database",
            f"{taken:.1f} s, {taken / total * 1e6:.1f} s for 1 M",
            f"hashing {bare / 1000:.0f} k/s",
            f"{bare * taken / total:.1f}x",
            "<= 20 s for 1 M",
        ),
    ]


def _seal_all(at: datetime) -> int:
    added = 0
    while sealed := sealer.seal(by=BY, at=at):
        added += sealed.added
    return added


def _hash() -> None:
    for number in range(HASHED):
        leaf = hashlib.sha256(b"\x00" + number.to_bytes(400, "big")).digest()
        hashlib.sha256(b"\x01" + leaf + leaf).digest()
