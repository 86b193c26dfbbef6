"""Customers who do not exist: nobody can tell, and whoever touches one is told of."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from access.queries import cards
from audit import events
from audit.models import Decoy
from audit.queries import decoys as asked
from audit.services import decoys
from classification.queries import catalogue
from customers import queries, search
from customers.models import Customer
from customers.services.planting import TooFewNeighbours
from kinds import synthetic
from tests.access.cast import exposures_since, kinds_since, last_event
from trail import exposed
from trail import services as trail
from trail.actor import Actor
from trail.exposed import Exposed
from trail.models import Event
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SWEEP = Actor.system("audit.sweep_decoys")


@pytest.fixture
def neighbours(cast):
    """Eight customers of one portfolio, collected over the counter."""
    origin = {
        "collected_at": "2025-03-01T08:00:00+00:00",
        "source": "counter",
        "scenario": "registration",
        "by": "T9",
    }
    made = []
    for number in range(8):
        one = synthetic.person(number, seed=6)
        customer = cast.indexed_customer(
            f"N-{1000 + number}",
            full_name=one.name,
            mobile=one.mobile,
            resident_id=one.resident_id,
            email=one.email,
        )
        customer.origins = dict.fromkeys((*customer.open, *customer.sealed), origin)
        customer.created_at = cast.at - timedelta(days=200 + number)
        customer.save(update_fields=["origins", "created_at"])
        made.append(customer)
    return made


def plant(cast, count=1):
    return decoys.plant("north", count, by=cast.officer(), at=cast.at)


def touch(cast, by, refs, act, at=None):
    kind = get("field.revealed")
    clear = ("mobile",) if act in exposed.OPENING else ()
    seen = [Exposed(customer=ref, act=act, clear=clear, level=3 if clear else 0) for ref in refs]
    return trail.record(
        kind, by=by, at=at or cast.at, facts=dict.fromkeys(kind.facts, "x"), exposures=seen
    ).event


def test_looks_like_its_neighbours(cast, neighbours):
    (ref,) = plant(cast)
    decoy = Customer.objects.get(ref=ref)
    typed = {spec.code for spec in catalogue(cast.at).holdable}
    assert (set(decoy.open) | set(decoy.sealed)) & typed <= {*neighbours[0].open, *neighbours[0].sealed}
    assert set(decoy.sealed) == set(neighbours[0].sealed)
    assert decoy.number.startswith("N-")
    assert len(decoy.number) == len("N-1000")
    assert {origin["by"] for origin in decoy.origins.values()} == {"T9"}
    assert {origin["source"] for origin in decoy.origins.values()} == {"counter"}
    assert decoy.created_at < cast.at - timedelta(days=150)
    assert decoy.tier == "standard"


def test_is_found_and_shown_as_any_customer(cast, neighbours):
    plant(cast)
    agent = cast.agent()
    (ref,) = asked.refs()
    decoy = queries.visible_to(agent, cast.at).select_related("portfolio").get(ref=ref)
    (card,) = cards.cards(agent, [decoy], cast.at)
    name = card["full_name"].text
    assert name
    assert card["mobile"].text.endswith(card["mobile"].text[-4:])
    assert ref in [one.ref for one in search.search(agent, search.NAME, name, cast.at).rows]


def test_planting_is_recorded_without_naming_the_decoy(cast, neighbours):
    start = last_event()
    (ref,) = plant(cast)
    assert kinds_since(start) == ["customer.created", events.DECOYS_PLANTED.code]
    told = Event.objects.get(kind=events.DECOYS_PLANTED.code)
    assert told.facts == {"count": 1, "portfolio": "north"}
    assert [one.customer for one in exposures_since(start)] == [ref]
    assert exposures_since(start)[0].digest is not None


@pytest.mark.parametrize("act", [exposed.OPENED, exposed.REVEALED, exposed.COMPARED, exposed.EXPORTED])
def test_touching_one_raises_an_alarm_once(cast, neighbours, act):
    refs = plant(cast, 2)
    agent = cast.agent()
    event = touch(cast, agent, refs, act)
    start, at = last_event(), cast.at + timedelta(seconds=1)
    assert decoys.sweep(by=SWEEP, at=at) == [event]
    assert decoys.sweep(by=SWEEP, at=at) == []
    assert kinds_since(start) == [events.DECOY_TOUCHED.code]
    alarm = Event.objects.get(kind=events.DECOY_TOUCHED.code)
    assert alarm.is_alarm
    assert alarm.facts == {"touched": event, "person": str(agent.id), "act": act, "customers": 2}
    assert [one.person for one in asked.touched(cast.at, at)] == [agent.id, agent.id]


@pytest.mark.parametrize("act", [exposed.LISTED, exposed.WRITTEN, exposed.REFUSED])
def test_being_listed_or_written_is_no_touch(cast, neighbours, act):
    refs = plant(cast)
    touch(cast, cast.agent(), refs, act)
    assert decoys.sweep(by=SWEEP, at=cast.at + timedelta(seconds=1)) == []


def test_other_customers_raise_no_alarm(cast, neighbours):
    plant(cast)
    touch(cast, cast.agent(), [one.ref for one in neighbours], exposed.REVEALED)
    assert decoys.sweep(by=SWEEP, at=cast.at + timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "analyst", "security", "custodian", "auditor"]
)
def test_is_planted_by_the_officer_alone(cast, neighbours, role):
    with pytest.raises(decoys.NotAllowed):
        decoys.plant("north", 1, by=cast.person(role), at=cast.at)


@pytest.mark.parametrize("count", [0, 21])
def test_refuses_too_many_at_once(cast, neighbours, count):
    with pytest.raises(decoys.BadCount):
        plant(cast, count)


def test_refuses_a_portfolio_that_hides_nobody(cast):
    cast.customer()
    with pytest.raises(TooFewNeighbours):
        plant(cast)


def test_a_decoy_is_never_taken_back(cast, neighbours):
    plant(cast)
    for act in (lambda: Decoy.objects.update(planted_by_number="x"), lambda: Decoy.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
