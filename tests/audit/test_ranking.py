"""Who leaked it: the one who saw much of the list and little else, and nobody where chance explains it."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from audit.leaks import ranking
from audit.leaks.ranking import Question, named, rank, score
from tests.audit import crowd
from trail import services as trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def end(db):
    """The time at which the made-up firm is examined."""
    at = trail.clock()
    crowd.fill(at)
    return at


def asked(customers, end, **more):
    facts = {"fields": ["mobile"], "level": 3, "population": crowd.CUSTOMERS, "until": end} | more
    return Question(customers=sorted(set(customers)), **facts)


def test_puts_the_planted_leaker_first_in_50_of_50_lists_with_a_fifth_of_noise(end):
    for seed in range(50):
        draw = Random(seed)
        leaker = draw.randrange(crowd.PEOPLE)
        ranked = rank(asked(crowd.leaked(leaker, draw), end))
        assert ranked.people[0].key == str(crowd.person(leaker)), f"seed {seed}"
        assert [one.key for one in named(ranked.people)] == [str(crowd.person(leaker))], f"seed {seed}"
        assert 0.75 < ranked.people[0].share <= 0.95


def test_accuses_nobody_of_a_list_from_outside(end):
    for seed in range(20):
        draw = Random(seed)
        ranked = rank(asked([crowd.customer(draw.randrange(crowd.CUSTOMERS)) for _ in range(60)], end))
        assert named(ranked.people) == (), f"seed {seed}"


def test_lets_whoever_sees_everybody_score_nothing(end):
    ranked = rank(asked(crowd.leaked(3, Random(1)), end))
    by_key = {one.key: one for one in ranked.people}
    for broad in crowd.BROAD:
        seen = by_key[str(crowd.person(broad))]
        assert seen.breadth == crowd.CUSTOMERS
        assert seen.score == 0
    assert by_key[str(crowd.person(26))].share == 1
    assert by_key[str(crowd.person(24))].share == ranking.FAINT


def test_tells_two_who_saw_the_same_as_not_to_be_told_apart(end):
    own = crowd.seen_in_clear(3)[:50]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked,"
            " level, act) select at, event_id, %s, customer, '', '', clear, masked, level, act from trail_exposure"
            " where actor_id = %s",
            [crowd.person(77), crowd.person(3)],
        )
    people = named(rank(asked(own, end)).people)
    assert {one.key for one in people} == {str(crowd.person(3)), str(crowd.person(77))}


def test_looks_at_the_window_alone(end):
    listed = crowd.leaked(3, Random(1))
    early = rank(asked(listed, end - timedelta(days=300)))
    assert early.people == ()
    assert early.of_people == 0


def test_shows_the_events_that_showed_the_list(end):
    listed = crowd.leaked(3, Random(1))
    first = rank(asked(listed, end)).people[0]
    assert 0 < len(first.events) <= ranking.EVIDENCE
    assert all(1_030_000 <= event < 1_040_000 for event in first.events)


def test_ranks_exports_by_whom_they_held(end):
    own = [crowd.customer(number) for number in range(0, 600, 3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_exposure (at, event_id, actor_id, customer, portfolio, portfolio_region, clear, masked,"
            " level, act) select %s, 77, %s, c, '', '', '{mobile}', '{}', 3, 'exported' from unnest(%s::uuid[]) c",
            [end - timedelta(hours=2), crowd.person(2), own],
        )
    ranked = rank(asked(Random(1).sample(own, 60), end))
    assert [one.key for one in named(ranked.exports)] == ["77"]
    assert ranked.exports[0].breadth == 200


@pytest.mark.parametrize(
    ("seen", "breadth", "least", "most"),
    [
        (100, 1_000, 0, 0),  # all of the list, and everybody else
        (80, 20, 100, 300),
        (12, 120, 0, 0.001),  # as chance has it
        (100, 100, 99, 101),
    ],
)
def test_scores_what_chance_does_not_explain(seen, breadth, least, most):
    assert least <= score(seen, 100, breadth, 1_000) <= most


def test_takes_off_what_many_people_make_likely():
    assert score(80, 100, 200, 1_000) - score(80, 100, 200, 1_000, others=1_000) == pytest.approx(3)


def test_whoever_opened_the_record_counts_no_less_than_whoever_listed_it(end):
    """The list leaks a field that nobody was shown in clear: a sight of another value in clear is no excuse."""
    listed = crowd.leaked(3, Random(1), noise=0)
    first = rank(asked(listed, end, fields=["resident_id"])).people[0]
    assert first.key == str(crowd.person(3))
    assert (first.clear, first.share) == (0, ranking.FAINT)
    assert named([first]) == ()
