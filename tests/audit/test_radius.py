"""The breach radius: equals what a loop over the exposures finds, and its list leaves once, with numbers only."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from audit.models import BreachRadius
from audit.queries.radius import OfField, Scope, radius, reached, scope_of
from audit.services import radius as measuring
from audit.thresholds import groups_of, thresholds
from classification.queries import catalogue
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.access.cast import CANARIES
from tests.trail.cast import ALICE, BOB, SHOWN
from trail import services
from trail.exposed import ACTS, REFUSED, Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
FIELDS = ("city", "email", "mobile", "resident_id")
LEVELS = dict(zip(FIELDS, (2, 3, 3, 3), strict=True))
CUSTOMERS = [UUID(int=number) for number in range(1, 5)]
GROUPS = {"mobile": "other", "email": "other", "resident_id": "personal", "city": "other"}


@pytest.fixture
def now():
    return services.clock()


def shown(by, at, customer, act, clear=(), masked=(), *, session="", ip=None):
    if act == REFUSED:
        clear = masked = ()
    exposed = Exposed(
        customer,
        act,
        clear=tuple(clear),
        masked=tuple(masked),
        level=max((LEVELS[field] for field in clear), default=0),
    )
    services.record(SHOWN, by=replace(by, session=session, ip=ip), at=at, exposures=[exposed])


ACTED = st.tuples(
    st.sampled_from([ALICE, BOB]),
    st.integers(0, 9),  # minutes ago; the scope takes from 8 up to, and without, 2
    st.sampled_from(CUSTOMERS),
    st.sampled_from(ACTS),
    st.frozensets(st.sampled_from(FIELDS)),
    st.sampled_from(["one", "two"]),
    st.sampled_from(["10.0.0.1", "10.0.0.2", None]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acted=st.lists(ACTED, max_size=8),
    person=st.sampled_from([None, ALICE.id]),
    session=st.sampled_from(["", "one"]),
    ip=st.sampled_from(["", "10.0.0.1"]),
)
def test_equals_a_loop_over_the_exposures(now, acted, person, session, ip):
    def at(minutes):
        return now - timedelta(minutes=minutes)

    with transaction.atomic():
        for who, minutes, customer, act, fields, of, address in acted:
            halves = sorted(fields)[::2], sorted(fields)[1::2]
            shown(who, at(minutes), customer, act, *halves, session=of, ip=address)
        scope = Scope(since=at(8), until=at(2), person=person, session=session, ip=ip)
        found = radius(scope, GROUPS)
        listed = list(reached(scope, most=10))
        transaction.set_rollback(True)

    seen: dict[UUID, list] = {}
    for who, minutes, customer, act, fields, of, address in acted:
        if not 2 < minutes <= 8 or act not in ("listed", "opened", "revealed", "exported"):
            continue
        if (person and who.id != person) or (session and of != session) or (ip and address != ip):
            continue
        seen.setdefault(customer, []).append((set(sorted(fields)[::2]), set(sorted(fields)[1::2])))
    clear = {customer: set().union(*(one for one, _masked in rows)) for customer, rows in seen.items()}
    masked = {
        customer: set().union(*(one for _clear, one in rows)) - clear[customer]
        for customer, rows in seen.items()
    }
    levels: dict[int, int] = {}
    for customer in seen:
        level = max((LEVELS[field] for field in clear[customer]), default=0)
        levels[level] = levels.get(level, 0) + 1
    assert (found.customers, found.times) == (len(seen), sum(map(len, seen.values())))
    assert found.levels == levels
    assert found.fields == tuple(
        OfField(field=field, clear=one, masked=other)
        for field in FIELDS
        for one, other in [
            (sum(field in of for of in clear.values()), sum(field in of for of in masked.values()))
        ]
        if one or other
    )
    assert found.groups == {
        group: number
        for group in set(GROUPS.values())
        if (number := sum(any(GROUPS[field] == group for field in of) for of in clear.values()))
    }
    assert {one.customer: (set(one.clear), set(one.masked)) for one in listed} == {
        customer: (clear[customer], masked[customer]) for customer in seen
    }
    assert [one.level for one in listed] == sorted((one.level for one in listed), reverse=True)


def test_leaves_out_what_happened_when_the_period_ends(now):
    shown(ALICE, now - timedelta(minutes=5), CUSTOMERS[0], "revealed", ["mobile"])
    whole = Scope(since=now - timedelta(hours=1), until=now)
    assert radius(whole, GROUPS).customers == 1
    short = Scope(since=now - timedelta(hours=1), until=now - timedelta(minutes=5))
    assert radius(short, GROUPS).customers == 0


def test_reaches_what_the_law_calls_serious_from_half_the_number_on(now):
    known = groups_of(catalogue(now))
    assert (known["bank_card"], known["health_note"], known["mobile"]) == ("tracking", "personal", "other")
    found = {one.fact: one for one in thresholds(customers=1_000_000, groups={"tracking": 25}, at=now)}
    assert found["crime_records_tracking"].value == 25
    assert found["crime_records_tracking"].reached
    assert not found["crime_records_personal"].reached
    assert found["incident_larger"].reached
    assert not found["incident_major"].reached


@pytest.fixture
def measured(cast):
    """An agent was shown two customers, and an officer asks how far that reaches."""
    agent, officer = cast.agent(), cast.person("officer")
    one, two = cast.customer("R1"), cast.customer("R2")
    at = cast.at - timedelta(minutes=9)
    shown(agent, at, one.ref, "listed", ["city"], ["mobile", "resident_id"])
    shown(agent, at, one.ref, "revealed", ["mobile"])
    shown(agent, at, two.ref, "listed", ["city"], ["mobile"])
    scope = Scope(since=cast.at - timedelta(days=1), until=cast.at, person=agent.id)
    return officer, measuring.measure(scope, by=officer, at=cast.at)


def test_keeps_the_figures_and_records_the_question(cast, measured):
    officer, made = measured
    event = Event.objects.get(kind="radius.measured")
    assert (event.id, event.actor_id) == (made.event, officer.id)
    assert event.facts["customers"] == 2
    kept = BreachRadius.objects.get()
    assert kept.figures["levels"] == {"2": 1, "3": 1}
    assert ["mobile", 3, 1, 1] in kept.figures["fields"]
    assert ["city", 2, 2, 0] in kept.figures["fields"]


def test_hands_the_list_out_once_with_numbers_and_names_of_fields(cast, measured):
    officer, made = measured
    file = measuring.make_list(made.id, by=officer, at=cast.at)
    fetched = measuring.fetch(file.id, by=officer, at=cast.at)
    (sheet,) = load_workbook(BytesIO(b"".join(fetched.chunks)))
    rows: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert officer.number in rows[0][0]
    assert str(file.event) in rows[0][0]
    assert [row[0] for row in rows[2:]] == ["R1", "R2"]
    assert rows[2][1] == "L3"
    assert rows[2][4] == 2
    told = str(rows)
    assert not any(canary in told for canary in CANARIES)
    with pytest.raises(measuring.NotFetchable, match="fetched"):
        measuring.fetch(file.id, by=officer, at=cast.at)


def test_keeps_a_list_for_a_day(cast, measured):
    officer, made = measured
    file = measuring.make_list(made.id, by=officer, at=cast.at)
    with pytest.raises(measuring.NotFetchable, match="over"):
        measuring.fetch(file.id, by=officer, at=cast.at + timedelta(hours=24))


def test_refuses_whoever_does_not_ask(cast, measured):
    _officer, made = measured
    scope = scope_of(made)
    auditor = cast.person("auditor")
    with pytest.raises(NotAllowed):
        measuring.measure(scope, by=auditor, at=cast.at)
    with pytest.raises(NotAllowed):
        measuring.make_list(made.id, by=auditor, at=cast.at)


def test_asks_for_a_fresh_factor_before_a_list(cast, measured):
    officer, made = measured
    with pytest.raises(StepUpNeeded):
        measuring.make_list(made.id, by=replace(officer, second_factor_at=None), at=cast.at)


def test_stays_as_it_was_measured(cast, measured):
    _officer, made = measured
    with pytest.raises(ProgrammingError, match="never rewritten"), connection.cursor() as cursor:
        cursor.execute("update audit_breachradius set figures = '{}' where id = %s", [made.id])
