import math
import threading
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from tests.trail.cast import ALARMED, ALICE, BOB, LI, SHOWN, TOLD, WANG
from tests.trail.logins import owner, trail_refuses
from trail import services
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Event, Exposure
from trail.vocabulary import EventKind, UnknownKind

pytestmark = pytest.mark.django_db


def test_writes_every_column():
    at, contact = services.clock(), uuid4()
    receipt = services.record(
        TOLD,
        by=ALICE,
        at=at,
        facts={"count": 2, "fields": ["mobile", "email"]},
        decision="clear",
        rule="S0-28",
        rule_version=3,
        purpose="service",
        contact=contact,
        request="R-1",
    )
    event = Event.objects.get(id=receipt.event, at=at)
    assert (event.at, event.leaf_version, event.kind) == (at, 1, "test.told")
    assert event.facts == {"count": 2, "fields": ["mobile", "email"]}
    assert (event.actor_id, event.actor_number, event.actor_name) == (ALICE.id, "A001", "Alice")
    assert (event.roles, event.department, event.mode) == (["agent", "analyst"], "service-1", "human")
    assert (event.site, event.site_region, event.zone) == ("harbour", "south", "office")
    assert (str(event.ip), event.session_hash) == ("10.1.2.3", "5e551011")
    assert (event.decision, event.rule, event.rule_version) == ("clear", "S0-28", 3)
    assert (event.purpose, event.contact, event.request) == ("service", contact, "R-1")
    assert timedelta(0) <= event.recorded_at - at < timedelta(seconds=5)


def test_writes_the_exposures_of_an_event_with_it():
    at = services.clock()
    shown = Exposed(
        WANG,
        "revealed",
        clear=("mobile", "email"),
        masked=("card",),
        level=3,
        portfolio="P1",
        region="south",
        digest=b"\x00\xff",
    )
    receipt = services.record(SHOWN, by=ALICE, at=at, exposures=[shown, Exposed(LI, "refused")])
    wang, li = Exposure.objects.filter(event_id=receipt.event, at=at).order_by("id")
    assert (wang.customer, wang.act, wang.level, wang.actor_id) == (WANG, "revealed", 3, ALICE.id)
    assert (wang.clear, wang.masked) == (["mobile", "email"], ["card"])
    assert (wang.portfolio, wang.portfolio_region, bytes(wang.digest)) == ("P1", "south", b"\x00\xff")
    assert (li.customer, li.act, li.clear, li.masked, li.level, li.digest) == (LI, "refused", [], [], 0, None)


def test_takes_as_many_statements_for_five_hundred_customers_as_for_one(django_assert_num_queries):
    for count in (1, 500):
        at = services.clock()
        exposures = [Exposed(uuid4(), "exported", masked=("mobile",)) for _ in range(count)]
        with django_assert_num_queries(3):  # savepoint; limits, event with exposures, limits back; release
            receipt = services.record(SHOWN, by=ALICE, at=at, exposures=exposures)
        assert Exposure.objects.filter(event_id=receipt.event, at=at).count() == count


def test_the_system_acts_without_a_person():
    receipt = services.record(
        SHOWN, by=Actor.system("test.upkeep"), at=services.clock(), exposures=[Exposed(WANG, "used")]
    )
    event = Event.objects.get(id=receipt.event)
    assert (event.actor_id, event.actor_name, event.mode, event.ip) == (None, "test.upkeep", "system", None)


@pytest.mark.parametrize(
    "facts", [None, {}, {"count": 1}, {"count": 1, "fields": [], "more": 1}, {"count": 1, "field": []}]
)
def test_refuses_facts_that_are_not_exactly_those_declared(facts):
    before = Event.objects.count()
    with pytest.raises(services.FactsRefused):
        services.record(TOLD, by=ALICE, at=services.clock(), facts=facts)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "value",
    [uuid4(), {"a": 1}, [[1]], [{"a": 1}], b"x", math.nan, math.inf, "a" * 301, "a\x00", {1}, [0] * 1001],
)
def test_refuses_facts_that_are_not_plain(value):
    with pytest.raises(services.FactsRefused) as refused:
        services.record(TOLD, by=ALICE, at=services.clock(), facts={"count": value, "fields": []})
    assert str(refused.value) == "test.told: count is not a plain fact"


def test_refuses_a_kind_that_nobody_declared_or_declared_otherwise():
    with pytest.raises(UnknownKind):
        services.record(EventKind("test.undeclared", "x"), by=ALICE, at=services.clock())
    with pytest.raises(ValueError, match="declared otherwise"):
        services.record(EventKind(ALARMED.code, "x"), by=ALICE, at=services.clock())


def test_refuses_a_time_without_zone():
    with pytest.raises(ValueError, match="zone"):
        services.record(SHOWN, by=ALICE, at=services.clock().replace(tzinfo=None))


def test_flags_a_clock_that_is_off():
    now = services.clock()
    off = services.record(SHOWN, by=ALICE, at=now - timedelta(seconds=6)).event
    ahead = services.record(SHOWN, by=ALICE, at=now + timedelta(seconds=8)).event
    right = services.record(SHOWN, by=ALICE, at=now).event
    found = {event.id: event.clock_is_off for event in Event.objects.filter(id__in=[off, ahead, right])}
    assert found == {off: True, ahead: True, right: False}
    assert set(Event.objects.with_clock_off().filter(id__in=found).values_list("id", flat=True)) == {
        off,
        ahead,
    }


def test_production_refuses_a_clock_that_is_off(settings):
    settings.PRODUCTION = True
    now = services.clock()
    before = Event.objects.count()
    for at in (now - timedelta(seconds=6), now + timedelta(seconds=8)):
        with pytest.raises(services.ClockRefused):
            services.record(SHOWN, by=ALICE, at=at)
    assert Event.objects.count() == before
    services.record(SHOWN, by=ALICE, at=now)


def test_production_knows_no_demo_actor(settings):
    settings.PRODUCTION = True
    with pytest.raises(ValueError, match="demo"):
        services.record(SHOWN, by=Actor(id=None, number="D", name="D", mode="demo"), at=services.clock())


def test_demo_data_may_date_back():
    at = services.clock() - timedelta(days=80)
    receipt = services.record(SHOWN, by=Actor(id=None, number="D", name="D", mode="demo"), at=at)
    assert Event.objects.get(id=receipt.event, at=at).recorded_at > at


def test_refuses_when_the_right_to_write_is_gone_and_recovers_by_itself():
    with trail_refuses(), pytest.raises(services.TrailUnavailable) as refused:
        services.record(SHOWN, by=ALICE, at=services.clock(), exposures=[Exposed(WANG, "opened")])
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    services.record(SHOWN, by=ALICE, at=services.clock())


def test_refuses_when_no_partition_takes_the_event():
    with pytest.raises(services.TrailUnavailable):
        services.record(SHOWN, by=ALICE, at=services.clock().replace(year=2150))


def test_tells_nothing_of_what_the_database_refused():
    ghost = Actor(id=UUID(int=1), number="4242", name="Ghost", ip="not an address")
    with pytest.raises(services.TrailUnavailable) as refused:
        services.record(SHOWN, by=ghost, at=services.clock())
    assert "Ghost" not in str(refused.value)
    assert refused.value.args == ("the trail refused the event",)


def test_a_refused_event_takes_the_open_transaction_with_it():
    before = Event.objects.count()
    with transaction.atomic():
        services.record(SHOWN, by=ALICE, at=services.clock())
        with pytest.raises(services.TrailUnavailable):
            services.record(SHOWN, by=ALICE, at=services.clock().replace(year=2150))
        assert connection.needs_rollback
    assert Event.objects.count() == before


def test_an_open_transaction_keeps_its_own_limits():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '11s'; set local statement_timeout = '12s'")
        services.record(SHOWN, by=ALICE, at=services.clock())
        cursor.execute("select current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("11s", "12s")


def test_refuses_in_under_three_seconds_when_the_table_is_locked():
    release = threading.Event()
    locked = threading.Event()

    def hold() -> None:
        with owner() as login, login.transaction():
            login.execute("lock table trail_event in access exclusive mode")
            locked.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(5)
        at, started = services.clock(), time.monotonic()
        with pytest.raises(services.TrailUnavailable):
            services.record(SHOWN, by=BOB, at=at)
        assert time.monotonic() - started < 3
    finally:
        release.set()
        holder.join()
    services.record(SHOWN, by=BOB, at=at)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_event_is_on_disk_at_once():
    receipt = services.record(SHOWN, by=ALICE, at=services.clock())
    with owner() as elsewhere:
        found = elsewhere.execute("select kind from trail_event where id = %s", [receipt.event]).fetchone()
    assert found == ("test.shown",)


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_the_event_shares_its_fate():
    with transaction.atomic():
        receipt = services.record(SHOWN, by=ALICE, at=services.clock())
        transaction.set_rollback(True)
    assert not Event.objects.filter(id=receipt.event).exists()


@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_refuses_and_the_next_one_records():
    at = services.clock()
    connection.connection.close()
    with pytest.raises(services.TrailUnavailable):
        services.record(SHOWN, by=ALICE, at=at)
    connection.close()
    assert services.record(SHOWN, by=ALICE, at=services.clock()).event
