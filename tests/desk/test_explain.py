"""Explain on the desk: why somebody sees what they see, with every rule tried, and no value."""

import pytest

from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import CANARIES, VALUES, exposures_since, kinds_since, last_event
from tests.desk.at_work import browser, text
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.mark.parametrize("role", [OFFICER, SECURITY, AUDITOR])
def test_explains_every_field_and_shows_no_value(cast, role) -> None:
    reader, supervisor = browser(cast.person(role)), cast.supervisor()
    customer = cast.customer("C7")
    start = last_event()
    said = {"person": supervisor.number, "customer": "c-7", "in_contact": "on", "with_reason": "on"}
    answer = reader.post("/explain/", said)
    words = text(answer)
    assert answer.status_code == 200
    assert "supervisor-l3" in words
    assert "view-clear" in words
    assert not any(value in words for value in (*CANARIES, VALUES["full_name"], VALUES["member_level"]))
    assert kinds_since(start) == ["decision.explained"]
    assert Event.objects.latest("id").facts == {
        "person": str(supervisor.id),
        "customer": str(customer.ref),
        "reached": [SUPERVISOR],
    }
    assert exposures_since(start) == []


def test_says_when_the_person_does_not_reach_the_customer(cast) -> None:
    reader, agent = browser(cast.officer()), cast.agent()
    cast.customer("S7", portfolio="south")
    words = text(reader.post("/explain/", {"person": agent.number, "customer": "S7"}))
    assert "view-clear" not in words
    assert "view-masked" not in words
    assert "<strong>" in words


def test_neither_number_comes_into_the_address(cast) -> None:
    reader, agent = browser(cast.officer()), cast.agent()
    cast.customer("C7")
    start = last_event()
    answer = reader.get(f"/explain/?person={agent.number}&customer=C7")
    assert "view-" not in text(answer)
    assert kinds_since(start) == []


@pytest.mark.parametrize("said", [{"customer": "C9"}, {"person": "nobody"}, {"person": ""}, {"customer": ""}])
def test_what_is_not_there_is_said_and_leaves_no_event(cast, said) -> None:
    reader, agent = browser(cast.officer()), cast.agent()
    cast.customer("C7")
    start = last_event()
    answer = reader.post("/explain/", {"person": agent.number, "customer": "C7"} | said)
    assert answer.status_code == 422
    assert kinds_since(start) == []


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, CUSTODIAN])
def test_is_closed_to_others(cast, role) -> None:
    somebody = browser(cast.person(role))
    assert somebody.get("/explain/").status_code == 403
    assert somebody.post("/explain/", {"person": "T000", "customer": "C7"}).status_code == 403
