"""The history of a value on the desk, reached from the customer's page."""

import pytest

from customers.proofs import SOURCE_PROOF
from customers.services import records
from files.models import SealedText
from staff.roles import OFFICER, SUPERVISOR
from tests.access.cast import kinds_since, last_event
from tests.desk.at_work import browser, text
from tests.desk.test_trail import page_of
from trail.models import Event
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


@pytest.fixture
def told(cast, agent):
    """A customer whose city somebody else told the agent, who typed what proves that."""
    made = cast.customer(city="乌鲁木齐")
    records.edit(
        ref=made.ref,
        version=made.version,
        values={"city": "杭州"},
        scenario="maintenance",
        source="other",
        proof="单位来函，客户电话同意",
        by=agent,
        at=clock(),
    )
    return made


def proof_page(customer) -> str:
    text_id = SealedText.objects.get(about=SOURCE_PROOF).pk
    return f"/customers/{customer.ref}/history/city/proof/{text_id}/"


def test_leads_to_the_proof_of_an_indirect_source(told, agent) -> None:
    client = browser(agent)
    words = text(client.get(f"/customers/{told.ref}/history/city/"))
    assert proof_page(told) in words
    assert "单位来函" not in words
    start = last_event()
    assert "单位来函，客户电话同意" in text(client.get(proof_page(told)))
    assert kinds_since(start) == ["files.texts_read"]


def test_an_earlier_value_keeps_its_proof(told, agent) -> None:
    again = {"scenario": "maintenance", "source": "phone", "by": agent, "at": clock()}
    records.edit(ref=told.ref, version=told.version + 1, values={"city": "苏州"}, **again)
    assert "单位来函" in text(browser(agent).get(proof_page(told)))


def test_the_event_leads_to_the_proof_as_well(cast, told, agent) -> None:
    event = Event.objects.get(kind="customer.edited")
    page, _, query = page_of(event).partition("?")
    assert "单位来函" in text(browser(cast.person(OFFICER)).get(f"{page}text/?{query}"))


def test_a_colleague_reads_the_history_and_not_the_proof(cast, told) -> None:
    client = browser(cast.agent())
    assert client.get(f"/customers/{told.ref}/history/city/").status_code == 200
    assert client.get(proof_page(told)).status_code == 404


def test_a_proof_is_read_beside_its_own_field_alone(cast, told, agent) -> None:
    client = browser(agent)
    other = cast.customer()
    assert client.get(proof_page(told).replace("/city/", "/mobile/")).status_code == 404
    assert client.get(proof_page(told).replace(str(told.ref), str(other.ref))).status_code == 404
