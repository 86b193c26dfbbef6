"""Who saw whom: own history, the team's, one person's, one customer's, the whole trail. Reading it is an event."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Customer
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import CANARIES, VALUES, Cast, exposures_since, kinds_since, last_event
from tests.desk.at_work import browser, text
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def agent(cast: Cast) -> Actor:
    return cast.agent()


@pytest.fixture
def opened(cast: Cast, agent: Actor) -> Event:
    """An agent of the north opened customer N1."""
    customer = cast.customer("N1")
    assert browser(agent).get(f"/customers/{customer.ref}/").status_code == 200
    return Event.objects.get(kind="customer.opened")


@pytest.fixture
def officer(cast: Cast) -> Client:
    return browser(cast.officer())


def page_of(event: Event) -> str:
    return f"/trail/events/{event.id}/?at={quote(event.at.isoformat())}"


def read_as(client: Client, page: str, scope: str) -> str:
    """Read a page of the trail, and insist that exactly that was recorded."""
    start = last_event()
    answer = client.get(page)
    assert answer.status_code == 200
    assert kinds_since(start) == ["trail.read"]
    assert Event.objects.latest("id").facts["scope"] == scope
    assert exposures_since(start) == []
    words = text(answer)
    assert not any(value in words for value in (*CANARIES, VALUES["full_name"]))
    return words


def test_everybody_reads_their_own_history(agent, opened) -> None:
    words = read_as(browser(agent), "/trail/mine/", "self")
    assert "N1" in words
    assert f"/trail/events/{opened.id}/" in words


def test_a_customer_who_is_out_of_reach_by_now_has_no_number(cast, agent, opened) -> None:
    Customer.objects.update(portfolio=cast.portfolios["south"])
    words = read_as(browser(agent), "/trail/mine/", "self")
    assert ">N1<" not in words
    assert str(Customer.objects.get().ref)[-8:] in words


@pytest.mark.parametrize("role", [SUPERVISOR, HEAD])
def test_leaders_read_their_team(cast, agent, opened, role) -> None:
    foreign = cast.agent(department="south", serves="south")
    words = read_as(browser(cast.person(role)), "/trail/team/", "team")
    assert f"/trail/people/{agent.id}/" in words
    assert str(foreign.id) not in words


@pytest.mark.parametrize("role", [SUPERVISOR, HEAD])
def test_a_person_of_another_team_is_not_found(cast, agent, opened, role) -> None:
    own, other = browser(cast.person(role)), browser(cast.person(role, department="south"))
    read_as(own, f"/trail/people/{agent.id}/", f"person:{agent.id}")
    start = last_event()
    assert other.get(f"/trail/people/{agent.id}/").status_code == 404
    assert other.get(f"/trail/people/{uuid4()}/").status_code == 404
    assert other.get(page_of(opened)).status_code == 404
    assert kinds_since(start) == []


@pytest.mark.parametrize("role", [AGENT, ANALYST, CUSTODIAN])
def test_a_colleague_is_not_found(cast, agent, opened, role) -> None:
    client = browser(cast.person(role))
    assert client.get(f"/trail/people/{agent.id}/").status_code == 404
    assert client.get(page_of(opened)).status_code == 404


@pytest.mark.parametrize("role", [OFFICER, SECURITY, AUDITOR])
def test_readers_of_the_trail_read_everybody(cast, agent, opened, role) -> None:
    client = browser(cast.person(role))
    assert agent.name in read_as(client, "/trail/", "events")
    read_as(client, f"/trail/people/{agent.id}/", f"person:{agent.id}")
    read_as(client, page_of(opened), f"event:{opened.id}")


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, CUSTODIAN])
def test_the_whole_trail_is_closed_to_others(cast, role) -> None:
    client = browser(cast.person(role))
    start = last_event()
    assert client.get("/trail/").status_code == 403
    assert client.get("/trail/customers/").status_code == 403
    assert "trail.read" not in kinds_since(start)


def test_the_trail_is_narrowed_and_says_by_what(officer, agent, opened) -> None:
    words = text(officer.get(f"/trail/?kind=customer.opened&person={agent.id}"))
    assert f"/trail/events/{opened.id}/" in words
    assert Event.objects.latest("id").facts["filters"] == ["period", "kinds", "people"]
    none = text(officer.get("/trail/?kind=field.revealed"))
    assert f"/trail/events/{opened.id}/" not in none
    assert officer.get("/trail/?person=x").status_code == 404


@pytest.mark.parametrize("role", [OFFICER, AUDITOR])
def test_who_saw_this_customer_is_asked_by_number_that_stays_out_of_the_address(
    cast, agent, opened, role
) -> None:
    client = browser(cast.person(role))
    answer = client.post("/trail/customers/", {"number": "n 1"})
    assert answer.status_code == 302
    assert "N1" not in answer["Location"]
    ref = answer["Location"].strip("/").split("/")[-1]
    words = read_as(client, answer["Location"], f"customer:{ref}")
    assert agent.name in words
    missing = client.post("/trail/customers/", {"number": "NOBODY"})
    assert missing.status_code == 200
    assert client.get(f"/trail/customers/{uuid4()}/").status_code == 404


def test_who_saw_counts_the_period_asked_for(cast, officer, agent, opened) -> None:
    page = f"/trail/customers/{Customer.objects.get().ref}/"
    assert agent.name in text(officer.get(page))
    past = (cast.at - timedelta(days=40)).date().isoformat()
    before = text(officer.get(f"{page}?from={past}&to={past}"))
    assert agent.name not in before


def test_an_event_shows_what_was_shown_by_label_never_by_value(agent, opened) -> None:
    words = read_as(browser(agent), page_of(opened), f"event:{opened.id}")
    assert "N1" in words
    assert "L3-" in words
    assert "L2-" in words


def test_an_event_is_found_by_its_number_alone(officer, opened) -> None:
    assert f"#{opened.id}" in read_as(officer, f"/trail/events/{opened.id}/", f"event:{opened.id}")


@pytest.mark.parametrize(
    "at", ["?at=yesterday", "?at=2026-01-01T00:00:00", "?at=2020-01-01T00:00:00%2B00:00"]
)
def test_an_event_is_not_found_at_another_moment(officer, opened, at) -> None:
    start = last_event()
    assert officer.get(f"/trail/events/{opened.id}/{at}").status_code == 404
    assert kinds_since(start) == []


def test_a_page_of_the_trail_takes_no_post(officer, opened) -> None:
    for page in ("/trail/", "/trail/mine/", page_of(opened)):
        assert officer.post(page).status_code == 405


def test_speaks_english(officer, opened) -> None:
    officer.cookies["django_language"] = "en"
    assert "Access trail" in text(officer.get("/trail/"))
