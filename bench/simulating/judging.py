"""Run the detectors over a simulated year, month by month, and count what they found of what was planted."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from django.db import transaction

from audit.detectors import registry
from audit.queries import decoys
from bench.simulating.plants import plant
from bench.simulating.rows import write
from bench.simulating.work import Month
from bench.simulating.world import Size, build


@dataclass(slots=True)
class Judged:
    """Counts by detector, over months and seeds.

    :ivar other: hits on people who did wrong in another way in that month.
    """

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    people: int = 0
    events: int = 0
    seconds: float = 0.0
    months: int = 0
    misses: list[str] = field(default_factory=list)

    def recall(self, code: str) -> float | None:
        """Return which part of what was planted was found; None where nothing was planted."""
        return self.found[code] / self.planted[code] if self.planted[code] else None

    def precision(self, code: str) -> float | None:
        """Return which part of the hits was planted in this way; None where there was no hit."""
        hits = self.found[code] + self.other[code] + self.wrong[code]
        return self.found[code] / hits if hits else None

    def justified(self, code: str) -> float | None:
        """Return which part of the hits tells of somebody who did wrong in any way in that month."""
        hits = self.found[code] + self.other[code] + self.wrong[code]
        return (self.found[code] + self.other[code]) / hits if hits else None


def judge(size: Size, into: Judged, *, each: int = 1) -> None:
    """Simulate one seed in a transaction that is taken back, and add up what the detectors find."""
    with transaction.atomic():
        world = build(size)
        for since, until in world.months():
            month = Month(world, since, until)
            month.work()
            planted = plant(month, each=each)
            into.events += write(month.acts, month.dealings)
            began = time.perf_counter()
            refs = frozenset(one.ref for one in world.decoys)
            with patch.object(decoys, "refs", lambda refs=refs: refs):
                # People who leave within two weeks after the month are not known to leave yet.
                hits = registry.detect(since=since, until=until, at=until + timedelta(hours=2))
            into.seconds += time.perf_counter() - began
            into.months += 1
            into.people += len(world.people)
            _count(into, {(hit.detector, hit.number) for hit in hits}, planted, hits, since)
        transaction.set_rollback(True)


def _count(into: Judged, hits: set[tuple[str, str]], planted: set[tuple[str, str]], found, since) -> None:  # type: ignore[no-untyped-def]
    guilty = {number for _code, number in planted}
    for code, _number in planted:
        into.planted[code] += 1
    for code, number in hits:
        if (code, number) in planted:
            into.found[code] += 1
        elif number in guilty:
            into.other[code] += 1
        else:
            into.wrong[code] += 1
            said = next(dict(hit.features) for hit in found if (hit.detector, hit.number) == (code, number))
            into.misses.append(f"wrong {since:%Y-%m} {code} {number} {said}")
    into.misses += [f"missed {since:%Y-%m} {code} {number}" for code, number in sorted(planted - hits)]
