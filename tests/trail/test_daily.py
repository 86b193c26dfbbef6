from datetime import timedelta

import pytest
from django.utils import timezone

from tests.trail.cast import ALICE, ALICE_ID, BOB, BOB_ID, LI, SHOWN, WANG
from trail import services
from trail.daily import daily, per_person
from trail.exposed import Exposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    """Noon, local time, three days ago: Alice reveals Wang and lists Li; a day later Bob is refused, then lists."""
    noon = timezone.localtime(services.clock()).replace(
        hour=12, minute=0, second=0, microsecond=0
    ) - timedelta(days=3)
    shown = [Exposed(WANG, "revealed", clear=("mobile",), level=3), Exposed(LI, "listed")]
    services.record(SHOWN, by=ALICE, at=noon, exposures=shown)
    services.record(SHOWN, by=BOB, at=noon + timedelta(days=1), exposures=[Exposed(WANG, "refused")])
    services.record(SHOWN, by=BOB, at=noon + timedelta(days=1), exposures=[Exposed(WANG, "listed")])
    return noon


def test_counts_each_local_day_empty_ones_included(noon):
    midnight = noon - timedelta(hours=12)
    found = daily(since=midnight, until=midnight + timedelta(days=3), people=[ALICE_ID, BOB_ID])
    assert found == [
        (midnight.date(), 2, 1),
        (midnight.date() + timedelta(days=1), 1, 0),
        (midnight.date() + timedelta(days=2), 0, 0),
    ]


def test_counts_one_customer_only(noon):
    midnight = noon - timedelta(hours=12)
    assert daily(since=midnight, until=midnight + timedelta(days=1), people=[ALICE_ID], customer=LI) == [
        (midnight.date(), 1, 0)
    ]


def test_puts_the_hours_around_midnight_into_their_local_day(noon):
    midnight = noon + timedelta(hours=12)
    for at in (midnight - timedelta(seconds=1), midnight):
        services.record(SHOWN, by=ALICE, at=at, exposures=[Exposed(LI, "listed")])
    found = daily(since=midnight - timedelta(hours=1), until=midnight + timedelta(hours=1), people=[ALICE_ID])
    assert found == [(midnight.date() - timedelta(days=1), 1, 0), (midnight.date(), 1, 0)]


def test_counts_per_person(noon, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = per_person([ALICE_ID, BOB_ID], since=noon, until=noon + timedelta(days=2))
    assert found == {ALICE_ID: (2, 1, 0), BOB_ID: (1, 0, 1)}
