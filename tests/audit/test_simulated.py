"""A simulated month as a guard: the detectors keep finding what is planted, and let ordinary work pass.

The figures of whole years, by seed and noise, are in docs/detectors.md; these limits are lower on purpose.
"""

import pytest

from bench.simulating.judging import Judged, judge
from bench.simulating.world import Size

pytestmark = pytest.mark.django_db
PLAIN = {
    "off_hours",
    "cross_region",
    "travel",
    "bulk",
    "enumeration",
    "no_contact",
    "refusals",
    "self_approval",
    "decoy",
    "own_consent",
}


def test_finds_most_of_what_is_planted_and_accuses_few():
    judged = Judged()
    judge(Size(seed=7, people=24, pace=9, customers=1800, months=1), judged)
    planted = sum(judged.planted.values())
    found = sum(judged.found.values())
    wrong = sum(judged.wrong.values())
    assert planted >= 11
    assert sum(judged.found[code] for code in PLAIN) >= 9
    assert found / planted >= 0.75, judged.misses
    assert wrong <= 3, judged.misses


def test_accuses_nobody_where_nobody_does_wrong():
    judged = Judged()
    judge(Size(seed=8, people=24, pace=9, customers=1800, months=1, noise=0), judged, each=0)
    assert sum(judged.planted.values()) == 0
    assert sum(judged.wrong.values()) <= 1, judged.misses
