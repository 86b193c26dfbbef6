"""Each detector: a planted pattern is found, the ordinary neighbour just below the threshold is not."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from approvals.events import SELF_APPROVAL
from audit.detectors import frequency, registry
from audit.models import DetectorLimit, WorkingHours
from audit.queries import decoys
from lawbook.models import WorkingYear
from staff.models import Person
from tests.audit.scene import FACTS, SINCE, TOWER, UNTIL, Scene, on

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def limit(detector, **values):
    """Put thresholds in force in place of the shipped ones."""
    for name, value in values.items():
        DetectorLimit.objects.in_force(UNTIL).filter(detector=detector, name=name).update(until=SINCE)
        DetectorLimit.objects.create(
            detector=detector, name=name, number=2, value=value, since=SINCE, proposal=uuid4()
        )


def numbers(hits):
    return [hit.number for hit in hits]


# --- outside working hours -----------------------------------------------------------------------------------------
def test_finds_nights_and_not_one_customer_less(scene):
    owl, neighbour = scene.staff(2)
    scene.many(owl, on(2, 23), 12)
    scene.many(neighbour, on(2, 23), 11)
    (hit,) = scene.find("off_hours")
    assert (hit.number, hit.score, hit.customers) == (owl.number, 1.0, 12)
    assert hit.features == {"dealings": 12, "logins": 0, "days": 1}
    assert hit.first == on(2, 23)


def test_gives_an_hour_of_grace_and_not_more(scene):
    late, later = scene.staff(2)
    scene.many(late, on(2, 18), 12)  # work ends at six
    scene.many(later, on(2, 19), 12)
    assert numbers(scene.find("off_hours")) == [later.number]


def test_knows_holidays_and_make_up_days(scene):
    on_holiday, on_sunday, made_up = scene.staff(3)
    scene.many(on_holiday, on(7, 10, 10), 12)  # the last day of the National Day holiday, a Wednesday
    scene.many(on_sunday, on(27, 10), 12)
    scene.many(made_up, on(20, 10), 12)  # a Sunday that was worked in exchange
    found = scene.find("off_hours", SINCE, on(31, 0, 10))
    assert sorted(numbers(found)) == sorted([on_holiday.number, on_sunday.number])


def test_keeps_to_the_hours_of_the_department(scene):
    (night,) = scene.staff(1)
    WorkingHours.objects.create(
        department="line", opens=20 * 60, closes=6 * 60, every_day=True, since=SINCE, shipped=True
    )
    scene.many(night, on(27, 22), 12)
    assert scene.find("off_hours") == []
    scene.many(night, on(28, 13), 12)
    assert numbers(scene.find("off_hours")) == [night.number]


def test_says_an_unknown_year_and_guesses_no_day_of_it():
    from datetime import date

    scene = Scene(first=date(2040, 12, 1), months=3)
    day, night = scene.staff(2)
    scene.many(day, on(5, 10, 1, 2041), 12)  # a Saturday
    scene.many(night, on(5, 23, 1, 2041), 12)
    since, until = on(1, 0, 1, 2041), on(1, 0, 2, 2041)
    assert numbers(scene.find("off_hours", since, until)) == [night.number]
    with translation.override("en"):
        said = registry.untested(since, until)
        assert any("2041" in line for line in said)
        WorkingYear.objects.create(
            year=2041, days_off=[], citation="test", entered_at=since, entered_by="test"
        )
        assert not any("2041" in line for line in registry.untested(since, until))
    assert len(scene.find("off_hours", since, until)) == 2


# --- high frequency ------------------------------------------------------------------------------------------------
def test_finds_a_day_far_above_own_past_and_colleagues(scene):
    people = scene.staff(6)
    scene.usual(people)
    scene.many(people[0], on(11, 9), 60, minutes=8)
    (hit,) = scene.find("high_frequency")
    assert hit.number == people[0].number
    assert hit.features["dealings"] == 60
    assert hit.features["day_times"] == 7.5


def test_lets_a_busy_person_be_busy_and_a_busy_department_too(scene):
    people = scene.staff(6)
    scene.usual(people)
    scene.usual(people[:1], number=45, days=(1, 2, 3, 4, 7, 8, 9, 10))  # always so busy: the own past says so
    scene.usual(people[1:], number=60, days=(11,))  # a day on which all were
    assert scene.find("high_frequency", SINCE, on(14, 0)) == []


def test_finds_nobody_when_the_colleagues_do_the_same(scene):
    """The own past alone does not make a hit: the z of the peers counts as well."""
    people = scene.staff(6)
    scene.usual(people[1:], number=50)
    scene.usual(people[:1], number=5)
    scene.many(people[0], on(11, 9), 55, minutes=9)
    assert scene.find("high_frequency") == []


def test_counts_different_customers_in_any_sixty_minutes(scene):
    people = scene.staff(6)
    scene.usual(people)
    limit("high_frequency", hour=20, day=1000)
    scene.many(people[0], on(11, 9.6), 20, minutes=2.9)  # across the full hour
    again = scene.unknown(1)[0]
    for minute in range(40):  # the same customer forty times is one
        scene.open(people[1], on(11, 9) + minute * MINUTE, again, contact=uuid4())
    scene.many(people[2], on(11, 9), 19, minutes=3)
    (hit,) = scene.find("high_frequency")
    assert (hit.number, hit.features["hour"]) == (people[0].number, 20)


def test_the_fullest_hour_does_not_reach_back_sixty_minutes():
    one, two = uuid4(), uuid4()
    assert frequency.fullest_hour([(on(1, 9), one), (on(1, 10), two)])[0] == 1
    assert frequency.fullest_hour([(on(1, 9), one), (on(1, 10) - MINUTE, two)])[0] == 2


# --- regions -------------------------------------------------------------------------------------------------------
def test_finds_customers_of_other_regions_where_colleagues_have_none(scene):
    people = scene.staff(6)
    scene.usual(people)
    scene.many(people[0], on(11, 9), 8, region="north")
    scene.many(people[1], on(11, 9), 7, region="north")
    (hit,) = scene.find("cross_region")
    assert (hit.number, hit.features["dealings"]) == (people[0].number, 8)


def test_finds_work_from_an_office_of_another_region(scene):
    people = scene.staff(5)
    scene.usual(people)
    scene.many(people[0], on(11, 9), 40, minutes=6, site=TOWER)
    scene.many(people[1], on(11, 9), 39, minutes=6, site=TOWER)
    (hit,) = scene.find("cross_region")
    assert (hit.number, hit.features["office"], hit.features["office_dealings"]) == (
        people[0].number,
        "north",
        40,
    )


def test_finds_travel_faster_than_possible(scene):
    fast, slow = scene.staff(2)
    for one, minutes in ((fast, 119), (slow, 120)):
        scene.open(one, on(2, 9), scene.unknown(1)[0], contact=uuid4())
        scene.open(one, on(2, 9) + minutes * MINUTE, scene.unknown(1)[0], contact=uuid4(), site=TOWER)
    (hit,) = scene.find("travel")
    assert (hit.number, hit.features["minutes"], len(hit.events)) == (fast.number, 119.0, 2)


# --- bulk and enumeration ------------------------------------------------------------------------------------------
def test_finds_bulk_listing_and_export(scene):
    people = scene.staff(6)
    scene.usual(people)
    for one, pages in ((people[0], 24), (people[1], 23)):
        for page in range(pages):
            facts = {"how": "list", "page": page, "rows": 25}
            scene.event(one, on(11, 9) + page * MINUTE, "customer.listed", facts)
    for one, rows in ((people[2], 400), (people[3], 399)):
        facts = {"format": "xlsx", "rows": rows, "fields": [], "how": "list"}
        scene.event(one, on(11, 9), "customer.exported", facts)
    found = scene.find("bulk")
    assert sorted(numbers(found)) == sorted([people[0].number, people[2].number])


def test_does_not_count_the_own_start_page_as_listing(scene):
    (one,) = scene.staff(1)
    for page in range(60):
        scene.event(
            one, on(11, 9) + page * MINUTE, "customer.listed", {"how": "recent", "page": 1, "rows": 25}
        )
    assert scene.find("bulk") == []


def test_finds_customers_opened_in_order_of_their_numbers(scene):
    walker, neighbour, honest = scene.staff(3)
    held = scene.customers(60)
    for one, length in ((walker, 10), (neighbour, 9)):
        for place in range(length):
            scene.open(one, on(2, 9) + place * 3 * MINUTE, held[2 * place], contact=uuid4())
    for place in range(15):
        scene.open(honest, on(2, 9) + place * MINUTE, held[4 * place], contact=uuid4())
    for place in range(30):  # other work between, and backwards
        scene.open(walker, on(2, 9) + (place + 0.5) * MINUTE, scene.unknown(1)[0], contact=uuid4())
    (hit,) = scene.find("enumeration")
    assert (hit.number, hit.features["longest"], hit.customers) == (walker.number, 10, 10)


def test_counts_neighbours_half_whose_contacts_were_closed_with_a_line(scene):
    caller, walker = scene.staff(2)
    held = scene.customers(60)
    for one, called in ((caller, held[:19]), (walker, held[30:50])):
        for place, customer in enumerate(called):
            at = on(11, 9) + place * MINUTE
            contact = scene.contact(one, customer, at, closed=at + MINUTE)
            scene.open(one, at, customer, contact=contact)
    (hit,) = scene.find("enumeration")
    assert (hit.number, hit.features["longest"]) == (walker.number, 20)


def test_does_not_join_the_neighbours_of_two_days(scene):
    (slow,) = scene.staff(1)
    held = scene.customers(12)
    for place in range(12):
        scene.open(slow, on(2 + place // 6, 9) + place * MINUTE, held[place], contact=uuid4())
    assert scene.find("enumeration") == []


def test_finds_numbers_tried_that_nobody_has(scene):
    people = scene.staff(6)
    scene.usual(people)
    for one, tries in ((people[0], 25), (people[1], 24)):
        for place in range(tries):
            facts = {"how": "number", "page": 1, "rows": 0}
            scene.event(one, on(11, 9) + place * MINUTE, "customer.listed", facts)
    (hit,) = scene.find("enumeration")
    assert (hit.number, hit.features["misses"]) == (people[0].number, 25)


# --- VIPs, sleepers, contacts --------------------------------------------------------------------------------------
def test_finds_curiosity_about_vips_against_the_own_past(scene):
    people = scene.staff(6)
    scene.usual(people)
    held = scene.customers(12, tier="vip", prefix="V")
    for one, number in ((people[0], 7), (people[1], 5)):
        for place in range(number):
            scene.open(one, on(3 + place, 10), held[place], contact=uuid4())
    (hit,) = scene.find("vip")
    assert (hit.number, hit.features["vips"]) == (people[0].number, 7)


def test_finds_an_account_that_slept(scene):
    waker, leave = scene.staff(2)
    scene.open(waker, on(1, 9, 8), scene.unknown(1)[0], contact=uuid4())
    scene.open(leave, on(3, 9, 8), scene.unknown(1)[0], contact=uuid4())
    limit("dormant", days=40)
    scene.many(waker, on(10, 9), 5)
    scene.many(leave, on(10, 9), 5)  # 38 days
    (hit,) = scene.find("dormant")
    assert (hit.number, hit.features["slept"]) == (waker.number, 40)


def test_finds_an_account_that_was_never_used(scene):
    old, new = scene.staff(1, joined=on(1, 0, 7)) + scene.staff(1, joined=on(1, 0))
    scene.usual(scene.staff(1))
    scene.event(old, on(1, 0, 8), "staff.logout", {})  # the trail begins
    scene.acts[-1].by = new
    limit("dormant", days=30)
    scene.many(old, on(10, 9), 5)
    found = scene.find("dormant")
    assert old.number in numbers(found)


def test_finds_reads_outside_any_contact(scene):
    reader, neighbour = scene.staff(2)
    (officer,) = scene.staff(1, role="officer")
    for one, number in ((reader, 5), (neighbour, 4), (officer, 30)):
        for place, held in enumerate(scene.unknown(number)):
            scene.open(one, on(2, 9) + place * MINUTE, held)
    (hit,) = scene.find("no_contact")
    assert (hit.number, hit.features) == (reader.number, {"outside": 5})


def test_finds_reads_in_a_contact_that_was_closed(scene):
    late, in_time = scene.staff(2)
    held = scene.customers(2)
    closed = scene.contact(late, held[0], on(2, 9), closed=on(2, 9.2))
    scene.reveal(late, on(2, 9.3), held[0], contact=closed)
    good = scene.contact(in_time, held[1], on(2, 9), closed=on(2, 9.2))
    scene.reveal(in_time, on(2, 9.1), held[1], contact=good)
    (hit,) = scene.find("no_contact")
    assert (hit.number, hit.features) == (late.number, {"late": 1})


def test_finds_contacts_that_end_without_a_line(scene):
    silent, forgetful = scene.staff(2)
    held = scene.customers(24)
    for one, lines in ((silent, 6), (forgetful, 9)):  # of 16 and of 19 contacts
        for place in range(10 + lines):
            at = on(2, 9) + place * 5 * MINUTE
            closed = at + MINUTE if place < lines else None
            id = scene.contact(one, held[place], at, closed=closed)
            scene.reveal(one, at, held[place], contact=id)
    (hit,) = scene.find("no_contact")
    assert (hit.number, hit.features) == (silent.number, {"unlined": 10, "contacts": 16})


# --- refusals, leavers, single events ------------------------------------------------------------------------------
def test_finds_repeated_refusals(scene):
    people = scene.staff(6)
    scene.usual(people)
    for one, number in ((people[0], 8), (people[1], 7)):
        for place, held in enumerate(scene.unknown(number)):
            facts = {"field": "mobile", "level": 3, "why": "x", "missing": [], "consent": "", "grant": ""}
            scene.event(one, on(11, 9) + place * MINUTE, "reveal.refused", facts, [(held, "refused", 0)])
    (hit,) = scene.find("refusals")
    assert (hit.number, hit.features, hit.customers) == (people[0].number, {"refusals": 8, "days": 1}, 8)


def test_finds_an_account_that_is_tried_until_it_locks(scene):
    tried, mistyped = scene.staff(2)
    nobody = replace(tried, id=None, number="")
    for one, number in ((tried, 10), (mistyped, 9)):
        for place in range(number):
            why = "password" if place < 5 else "too_many"
            facts = {"number": one.number, "why": why}
            scene.event(nobody, on(11, 9) + place * MINUTE, "staff.login_refused", facts)
    (hit,) = scene.find("refusals")
    assert (hit.number, hit.features) == (tried.number, {"logins": 10, "locked": 5, "login_days": 1})
    assert len(hit.events) == 10
    with translation.override("en"):
        assert "5 of them because it was locked" in registry.explain("refusals", hit.features)


def test_finds_more_reveals_before_leaving(scene):
    leaver, honest = scene.staff(2)
    for one, last in ((leaver, 8), (honest, 5)):
        Person.objects.filter(pk=one.id).update(left_at=on(29, 18))
        for day in range(1, 12):
            for held in scene.unknown(4):
                scene.reveal(one, on(day, 10), held, contact=uuid4())
        for day in range(20, 28):
            for held in scene.unknown(last):
                scene.reveal(one, on(day, 10), held, contact=uuid4())
    (hit,) = scene.find("leaving")
    assert (hit.number, hit.features["values"], hit.features["times"]) == (leaver.number, 64, 2.0)
    assert hit.features["left"] == "2026-09-29"


def test_finds_single_events_that_are_something_by_themselves(scene, monkeypatch):
    one, other = scene.staff(2)
    (planted,) = scene.unknown(1)
    monkeypatch.setattr(decoys, "refs", lambda: {planted.ref})
    scene.event(one, on(2, 9), SELF_APPROVAL.code, {"proposal": "", "proposal_kind": "x"})
    scene.event(
        other, on(2, 9), "customer.listed", {"how": "list", "page": 1, "rows": 1}, [(planted, "listed", 0)]
    )
    scene.open(one, on(2, 10), planted, contact=uuid4())
    for minute in range(3):
        scene.event(
            one, on(2, 11) + minute * MINUTE, "consent.own_used", {"field": "x", "record": "", "customer": ""}
        )
    for minute in range(2):
        scene.event(
            other,
            on(2, 11) + minute * MINUTE,
            "consent.own_used",
            {"field": "x", "record": "", "customer": ""},
        )
    for code in ("self_approval", "decoy", "own_consent"):
        assert numbers(scene.find(code)) == [one.number], code


# --- all of them ---------------------------------------------------------------------------------------------------
def test_finds_nothing_in_an_empty_trail(scene):
    assert registry.detect(since=SINCE, until=UNTIL, at=UNTIL) == []
    with translation.override("en"):
        assert registry.untested(on(1, 0, 8), on(2, 0, 8)) == ["The trail holds no event of the period."]


def test_the_hour_just_passed_is_held_against_four_weeks(scene):
    people = scene.staff(6)
    scene.usual(people)
    scene.many(people[0], on(11, 13), 30, minutes=1.5)
    hits = scene.find("high_frequency", on(11, 13), on(11, 14))
    assert numbers(hits) == [people[0].number]
    assert scene.find("high_frequency", on(11, 15), on(11, 16)) == []


def test_leaves_nothing_behind(scene, django_assert_num_queries):
    from django.db import connection

    scene.usual(scene.staff(2))
    scene.find("off_hours")
    with connection.cursor() as cursor:
        for table in ("audit_acts", "audit_seen", "audit_home", "audit_days"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)


def test_tells_the_planner_how_much_the_pass_has_written(scene):
    from django.db import connection

    from audit.detectors.passes import prepared

    scene.usual(scene.staff(3))
    scene.find("off_hours")
    sizes = "select sum(reltuples) from pg_class where relname = any(%s)"
    with prepared(SINCE, UNTIL, UNTIL) as view, connection.cursor() as cursor:
        for table in ("audit_acts", "audit_seen", "audit_home", "audit_days"):
            cursor.execute(sizes, [[table]])
            (remembered,) = cursor.fetchone()
            ((held,),) = view.rows(f"select count(*) from {table}")
            assert remembered == held > 0, table


def test_goes_by_the_thresholds_in_force_at_the_time(scene):
    (owl,) = scene.staff(1)
    scene.many(owl, on(2, 23), 6)
    assert scene.find("off_hours") == []
    limit("off_hours", customers=6)
    assert numbers(scene.find("off_hours")) == [owl.number]
    assert registry.thresholds(SINCE - timedelta(days=1))["off_hours"]["customers"] == 12


def test_asks_for_a_period(scene):
    with pytest.raises(ValueError, match="period"):
        registry.detect(since=UNTIL, until=SINCE, at=UNTIL)
    with pytest.raises(registry.UnknownDetector):
        registry.detect(since=SINCE, until=UNTIL, at=UNTIL, only=["x"])


@pytest.mark.parametrize("detector", registry.every(), ids=lambda detector: detector.code)
def test_names_and_explains_itself_in_both_languages(detector):
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert str(detector.name)
            assert str(detector.words)
            assert all(str(limit.words) for limit in detector.limits)
    with translation.override("zh-hans"):
        assert any("一" <= letter <= "鿿" for letter in str(detector.name))


def test_tells_no_value(scene):
    assert FACTS["field"] == "mobile"  # the scene reveals a field, and no detector says which or whose
    (one,) = scene.staff(1)
    scene.many(one, on(2, 23), 12)
    (hit,) = scene.find("off_hours")
    assert all(isinstance(value, int | float | str) for value in hit.features.values())
