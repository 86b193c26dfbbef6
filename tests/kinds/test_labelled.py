"""The labelled sample, and what is measured on it."""

import pytest

from kinds.inside import LOOKED_FOR
from kinds.labelled import SAMPLE, measured, sample

KNOWN = {one.kind: one for one in measured()}


@pytest.mark.parametrize("kind", LOOKED_FOR)
def test_finds_nearly_all_and_little_else(kind):
    assert KNOWN[kind].recall >= 0.99
    assert KNOWN[kind].precision >= 0.9


def test_plants_every_kind_as_often_and_half_of_the_texts_with_none():
    texts = list(sample(SAMPLE))
    assert sum(not one.kinds for one in texts) == SAMPLE // 2
    counts = [one.found + one.missed for one in KNOWN.values()]
    assert max(counts) - min(counts) <= 1


def test_is_the_same_for_the_same_seed_and_another_for_another():
    assert list(sample(50, seed=1)) == list(sample(50, seed=1)) != list(sample(50, seed=2))


def test_counts_what_is_missed_and_what_is_wrong(monkeypatch):
    monkeypatch.setattr("kinds.labelled.hits", lambda text: [])
    assert all((one.precision, one.recall) == (0, 0) for one in measured.__wrapped__(200))


def test_measures_honestly_that_one_card_length_number_in_ten_passes_the_check():
    assert KNOWN["bank_card"].wrong > 0
