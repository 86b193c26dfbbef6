"""The history of a value on the desk, reached from the customer's page."""

import pytest

from customers.services import records
from staff.roles import SUPERVISOR
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def agent(cast):
    return cast.agent()


@pytest.fixture
def customer(cast, agent):
    made = cast.customer(city="乌鲁木齐")
    records.edit(
        ref=made.ref,
        version=made.version,
        values={"city": "杭州", "mobile": "15400000026"},
        scenario="maintenance",
        source="phone",
        by=agent,
        at=clock(),
    )
    return made


def test_the_customers_page_leads_to_it(customer, agent) -> None:
    words = text(browser(agent).get(f"/customers/{customer.ref}/"))
    assert f"/customers/{customer.ref}/history/city/" in words


def test_tells_when_by_whom_and_from_where(customer, agent) -> None:
    words = text(browser(agent).get(f"/customers/{customer.ref}/history/city/"))
    assert words.index("杭州") < words.index("乌鲁木齐")
    assert agent.number in words
    assert "电话" in words


def test_shows_masks_alone_of_a_sealed_value(customer, agent) -> None:
    words = text(browser(agent).get(f"/customers/{customer.ref}/history/mobile/"))
    assert "154****0026" in words
    assert "154****0018" in words
    assert "15400000018" not in words


def test_says_when_nothing_was_ever_held(customer, agent) -> None:
    answer = browser(agent).get(f"/customers/{customer.ref}/history/plate/")
    assert answer.status_code == 200
    assert "<table" not in text(answer)


def test_is_not_there_for_strangers_and_unknown_fields(cast, customer, agent) -> None:
    stranger = browser(cast.person(SUPERVISOR, department="south"))
    assert stranger.get(f"/customers/{customer.ref}/history/city/").status_code == 404
    assert browser(agent).get(f"/customers/{customer.ref}/history/no_such/").status_code == 404
