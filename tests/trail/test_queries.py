from datetime import timedelta
from uuid import uuid4

import pytest

from tests.trail.cast import ALARMED, ALICE, ALICE_ID, BOB, BOB_ID, LI, SHOWN, WANG
from trail import queries, services
from trail.actor import Actor
from trail.exposed import Exposed
from trail.queries import Cursor, Seen, Sighting, Tally

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def now():
    return services.clock()


@pytest.fixture
def history(now):
    """Alice opens Wang twice and reveals him once, Bob is refused; the system writes Li; all in one hour."""

    def act(minutes, by, *exposed):
        services.record(SHOWN, by=by, at=now - timedelta(minutes=minutes), exposures=exposed)

    act(60, ALICE, Exposed(WANG, "opened", clear=("name",), masked=("mobile",), level=2))
    act(
        50,
        ALICE,
        Exposed(WANG, "opened", clear=("name",), masked=("mobile",), level=2),
        Exposed(LI, "listed"),
    )
    act(40, ALICE, Exposed(WANG, "revealed", clear=("mobile",), level=3))
    act(30, BOB, Exposed(WANG, "refused"))
    act(20, Actor.system("test.upkeep"), Exposed(LI, "written"))
    return now - timedelta(minutes=60)


def test_who_saw_counts_by_person_act_and_level(now, history, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = queries.who_saw(WANG, since=history, until=now)

    def sighting(who, act, level, times, first, last):
        began, ended = now - timedelta(minutes=first), now - timedelta(minutes=last)
        return Sighting(
            person=who.id,
            number=who.number,
            name=who.name,
            act=act,
            level=level,
            times=times,
            first=began,
            last=ended,
        )

    assert found == [
        sighting(BOB, "refused", 0, 1, 30, 30),
        sighting(ALICE, "revealed", 3, 1, 40, 40),
        sighting(ALICE, "opened", 2, 2, 60, 50),
    ]


def test_who_saw_keeps_to_its_period(now, history):
    found = queries.who_saw(WANG, since=history + SECOND, until=now - timedelta(minutes=40))
    assert [(seen.act, seen.times) for seen in found] == [("opened", 1)]


def test_who_saw_names_the_system(now, history):
    (seen,) = [seen for seen in queries.who_saw(LI, since=history, until=now) if seen.act == "written"]
    assert (seen.person, seen.number) == (None, "system")


def test_who_saw_nobody(now):
    assert queries.who_saw(uuid4(), since=now - timedelta(days=1), until=now) == []


def test_what_seen_counts_by_customer_act_and_level(now, history, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.what_seen(ALICE_ID, since=history, until=now)
    at = {minutes: now - timedelta(minutes=minutes) for minutes in (60, 50, 40)}
    assert found[0] == Seen(customer=WANG, act="revealed", level=3, times=1, first=at[40], last=at[40])
    assert found[1:] == sorted(
        [
            Seen(customer=WANG, act="opened", level=2, times=2, first=at[60], last=at[50]),
            Seen(customer=LI, act="listed", level=0, times=1, first=at[50], last=at[50]),
        ],
        key=lambda seen: seen.customer,
    )
    assert queries.what_seen(ALICE_ID, since=history, until=now, limit=1) == found[:1]


def test_tallies_by_act_and_level(now, history):
    assert queries.tallies(since=history, until=now, people=[ALICE_ID]) == [
        Tally(act="listed", level=0, times=1, customers=1),
        Tally(act="opened", level=2, times=2, customers=1),
        Tally(act="revealed", level=3, times=1, customers=1),
    ]
    assert queries.tallies(since=history, until=now, customer=LI) == [
        Tally(act="listed", level=0, times=1, customers=1),
        Tally(act="written", level=0, times=1, customers=1),
    ]
    assert queries.tallies(since=history, until=now, people=[]) == []


def test_counts_customers_in_clear(now, history):
    def count(**more):
        return queries.customers_in_clear(ALICE_ID, since=history, until=now, **more)

    assert (count(), count(level=2), count(level=4)) == (1, 1, 0)


def test_filters_events(now):
    contact = uuid4()
    since = now - timedelta(minutes=5)
    shown = services.record(
        SHOWN,
        by=ALICE,
        at=now,
        exposures=[Exposed(WANG, "opened"), Exposed(WANG, "revealed")],
        contact=contact,
    ).event
    refused = services.record(
        SHOWN,
        by=BOB,
        at=now - SECOND,
        exposures=[Exposed(WANG, "refused")],
        decision="refused",
        request="R-7",
    ).event
    alarm = services.record(ALARMED, by=BOB, at=now - 2 * SECOND).event

    def found(**filters):
        until = now + SECOND
        mine = {shown: "shown", refused: "refused", alarm: "alarm"}
        rows = queries.events(since=since, until=until, **filters)
        return [mine[event.id] for event in rows if event.id in mine]

    assert found() == ["shown", "refused", "alarm"]
    assert found(people=[BOB_ID]) == ["refused", "alarm"]
    assert found(people=[]) == []
    assert found(kinds=["test.alarmed"]) == ["alarm"]
    assert found(customer=WANG) == ["shown", "refused"]
    assert found(customer=WANG, people=[ALICE_ID]) == ["shown"]
    assert found(departments=["service-1"]) == ["shown"]
    assert found(decision="refused") == ["refused"]
    assert found(contact=contact) == ["shown"]
    assert found(request="R-7") == ["refused"]
    assert found(alarm=True) == ["alarm"]
    assert found(alarm=False) == ["shown", "refused"]


def test_pages_by_time_and_number_without_loss_or_repetition(now, django_assert_num_queries):
    someone = Actor(id=(identity := uuid4()), number="X", name="X")
    times = [now, now, now, now - SECOND, now - SECOND, now - 2 * SECOND, now - 2 * SECOND]
    written = [services.record(SHOWN, by=someone, at=at).event for at in times]
    mine = queries.events(since=now - timedelta(minutes=1), until=now + SECOND, people=[identity])
    seen, before = [], None
    for _ in range(4):
        with django_assert_num_queries(1):
            page = queries.page(mine, before=before, size=2)
        seen += [event.id for event in page.events]
        before = Cursor.parse(str(page.older)) if page.older else None
    assert before is None
    assert sorted(seen) == sorted(written)
    assert len(set(seen)) == 7
    assert [event.id for event in mine] == seen


@pytest.mark.parametrize("text", ["", "~", "2026-01-01~1", "x~1", "2026-01-01T00:00:00+00:00~x"])
def test_refuses_a_cursor_that_is_none(text):
    with pytest.raises(ValueError, match=r"isoformat|literal|zone"):
        Cursor.parse(text)


def test_fetches_exposures_of_a_page_in_one_query(now, django_assert_num_queries):
    first = services.record(
        SHOWN, by=ALICE, at=now, exposures=[Exposed(WANG, "opened"), Exposed(LI, "opened")]
    ).event
    second = services.record(SHOWN, by=ALICE, at=now - SECOND).event
    page = queries.page(queries.events(since=now - SECOND, until=now + SECOND, people=[ALICE_ID]))
    with django_assert_num_queries(1):
        found = queries.exposures_of(page.events)
    assert {number: [row.customer for row in rows] for number, rows in found.items()} == {
        first: [WANG, LI],
        second: [],
    }
    with django_assert_num_queries(0):
        assert queries.exposures_of([]) == {}


def test_knows_the_acts_of_a_contact(now, django_assert_num_queries):
    began, one, other = now - timedelta(minutes=20), uuid4(), uuid4()
    services.record(SHOWN, by=ALICE, at=began - SECOND, contact=one)
    first = services.record(SHOWN, by=ALICE, at=began, contact=one).event
    last = services.record(SHOWN, by=ALICE, at=now, contact=one).event
    services.record(SHOWN, by=ALICE, at=began, contact=other)
    assert [event.id for event in queries.contact_acts(one, since=began, until=now + SECOND)] == [last, first]
    assert queries.last_act_of_contact(one, since=began, until=now + SECOND) == now
    assert queries.last_act_of_contact(uuid4(), since=began, until=now + SECOND) is None
    with django_assert_num_queries(1):
        assert queries.last_acts_of_contacts([one, other, uuid4()], since=began, until=now + SECOND) == {
            one: now,
            other: began,
        }
