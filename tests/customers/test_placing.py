"""Moving, raising and giving customers: one act, one event, and reach that follows at once."""

from uuid import uuid4

import pytest

from customers.models import Customer
from customers.problems import Refused
from customers.queries import person_serves, visible_to
from customers.services import placing, records
from customers.services.placing import NotFound
from tests.customers.builders import bulk_make
from trail.models import Event, Exposure

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def ref(house):
    return bulk_make(1, portfolio=house.north, at=house.at)[0]


def sees(actor, house):
    return visible_to(actor, house.at).count()


def test_a_moved_customer_leaves_one_reach_and_enters_another(house, ref):
    records.move(ref=ref, portfolio="S1", by=house.head, at=house.at, request="p1")
    assert (sees(house.agent, house), sees(house.outsider, house)) == (0, 1)
    event = Event.objects.get(kind="customer.moved")
    assert event.facts == {"from": "N1", "to": "S1", "version": 2}
    assert event.request == "p1"
    assert Exposure.objects.get(event=event).portfolio == "S1"


def test_a_tier_is_set(house, ref):
    records.set_tier(ref=ref, tier="vip", by=house.head, at=house.at)
    customer = Customer.objects.get(ref=ref)
    assert (customer.tier, customer.version) == ("vip", 2)
    assert Event.objects.get(kind="customer.tier_set").facts == {
        "from": "standard",
        "to": "vip",
        "version": 2,
    }
    with pytest.raises(Refused):
        records.set_tier(ref=ref, tier="gold", by=house.head, at=house.at)


def test_a_single_customer_is_given_and_taken(house, ref):
    for _ in range(2):
        records.assign(ref=ref, person=house.outsider.id, by=house.head, at=house.at)
    assert sees(house.outsider, house) == 1
    records.unassign(ref=ref, person=house.outsider.id, by=house.head, at=house.at)
    assert sees(house.outsider, house) == 0
    kinds = Event.objects.filter(kind__in=["customer.given", "customer.taken"]).order_by("id")
    assert [event.kind for event in kinds] == ["customer.given", "customer.given", "customer.taken"]


def test_a_portfolio_is_given_and_taken(house, ref):
    placing.give_portfolio(portfolio="N1", person=house.outsider.id, by=house.head, at=house.at)
    assert sees(house.outsider, house) == 1
    assert {one.code for one in person_serves(house.outsider.id, house.at)} == {"N1", "S1"}
    placing.take_portfolio(portfolio="N1", person=house.outsider.id, by=house.head, at=house.at)
    assert sees(house.outsider, house) == 0


def test_what_is_not_there_is_said(house, ref):
    for act in (
        lambda: records.move(ref=uuid4(), portfolio="S1", by=house.head, at=house.at),
        lambda: records.move(ref=ref, portfolio="XX", by=house.head, at=house.at),
        lambda: records.set_tier(ref=uuid4(), tier="vip", by=house.head, at=house.at),
        lambda: records.assign(ref=uuid4(), person=house.agent.id, by=house.head, at=house.at),
        lambda: placing.give_portfolio(portfolio="XX", person=house.agent.id, by=house.head, at=house.at),
    ):
        with pytest.raises(NotFound):
            act()
