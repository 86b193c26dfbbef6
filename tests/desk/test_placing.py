"""Where a customer stands: proposed by a supervisor within reach, signed by the head; taken away at once."""

from uuid import uuid4

import pytest
from django.test import Client

from approvals.models import Proposal
from customers.models import Customer, CustomerPersonPermission
from customers.queries import visible_to
from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY
from tests.access.cast import CANARIES, VALUES, Cast, kinds_since, last_event
from tests.desk.at_work import browser, text
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def head(cast: Cast) -> Client:
    return browser(cast.person(HEAD))


@pytest.fixture
def boss(cast: Cast) -> Actor:
    return cast.supervisor()


@pytest.fixture
def supervisor(boss: Actor, head: Client) -> Client:
    return browser(boss)


@pytest.fixture
def agent(cast: Cast) -> Actor:
    """An agent of the north who serves no portfolio."""
    return cast.agent(serves="")


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return cast.customer("N1")


def propose(supervisor: Client, customer: Customer, **said: str) -> Proposal:
    answer = supervisor.post(f"/customers/{customer.ref}/placing/propose/", {"reason": "重要客户"} | said)
    assert answer.status_code == 302, text(answer)
    return Proposal.objects.latest("proposed_at")


def sign(head: Client, proposal: Proposal):
    return head.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})


def test_the_customers_page_leads_here(supervisor, customer) -> None:
    assert f"/customers/{customer.ref}/placing/" in text(supervisor.get(f"/customers/{customer.ref}/"))


def test_others_are_not_led_here(cast, customer) -> None:
    words = text(browser(cast.agent()).get(f"/customers/{customer.ref}/"))
    assert f"/customers/{customer.ref}/placing/" not in words


def test_shows_portfolio_tier_and_nobody_yet(supervisor, customer, agent) -> None:
    words = text(supervisor.get(f"/customers/{customer.ref}/placing/"))
    assert "north customers" in words
    assert "无专人服务" in words
    assert agent.number in words
    assert not any(value in words for value in (*CANARIES, *VALUES.values()))


def test_a_move_is_signed_by_the_head_of_the_portfolio(supervisor, head, customer, boss, cast) -> None:
    start = last_event()
    made = propose(supervisor, customer, what="move", portfolio="south")
    waiting = text(supervisor.get(f"/customers/{customer.ref}/placing/"))
    assert f"/decisions/{made.pk}/" in waiting
    assert sign(head, made).status_code == 302
    customer.refresh_from_db()
    assert customer.portfolio.code == "south"
    kinds = kinds_since(start)
    assert [kind for kind in kinds if kind != "approvals.reasons_read"] == [
        "approvals.proposed",
        "approvals.approved",
        "customer.moved",
        "approvals.applied",
    ]
    assert not visible_to(boss, cast.at).filter(ref=customer.ref).exists()
    assert supervisor.get(f"/customers/{customer.ref}/placing/").status_code == 404


def test_a_tier_is_signed(supervisor, head, customer) -> None:
    sign(head, propose(supervisor, customer, what="tier", tier="vip"))
    customer.refresh_from_db()
    assert customer.tier == "vip"


def test_one_customer_is_given_signed_and_taken_at_once(supervisor, head, customer, agent, cast) -> None:
    sign(head, propose(supervisor, customer, what="give", person=str(agent.id)))
    assert visible_to(agent, cast.at).filter(ref=customer.ref).exists()
    words = text(supervisor.get(f"/customers/{customer.ref}/placing/"))
    assert f'name="person" value="{agent.id}"' in words
    start = last_event()
    answer = supervisor.post(f"/customers/{customer.ref}/placing/take/", {"person": str(agent.id)})
    assert answer.status_code == 302
    assert kinds_since(start) == ["customer.taken"]
    assert not visible_to(agent, cast.at).filter(ref=customer.ref).exists()


def test_nothing_to_take_is_said(supervisor, customer, agent) -> None:
    start = last_event()
    answer = supervisor.post(
        f"/customers/{customer.ref}/placing/take/", {"person": str(agent.id)}, follow=True
    )
    assert "未作改动" in text(answer)
    assert kinds_since(start) == []
    said = {"person": "nobody"}
    assert supervisor.post(f"/customers/{customer.ref}/placing/take/", said).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"what": "move"},
        {"what": "move", "portfolio": "north"},
        {"what": "move", "portfolio": "none"},
        {"what": "tier", "tier": "standard"},
        {"what": "tier", "tier": "gold"},
        {"what": "give"},
        {"what": "give", "person": str(uuid4())},
        {"what": "erase"},
        {"what": "tier", "tier": "vip", "reason": ""},
    ],
)
def test_refuses_what_cannot_be(supervisor, customer, said) -> None:
    answer = supervisor.post(f"/customers/{customer.ref}/placing/propose/", {"reason": "因为"} | said)
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_offers_agents_of_the_own_team_only(cast, supervisor, customer) -> None:
    foreign = cast.agent(department="south", serves="south")
    officer = cast.officer()
    words = text(supervisor.get(f"/customers/{customer.ref}/placing/"))
    assert foreign.number not in words
    assert officer.number not in words
    said = {"what": "give", "person": str(foreign.id), "reason": "因为"}
    assert supervisor.post(f"/customers/{customer.ref}/placing/propose/", said).status_code == 422


def test_a_foreign_customer_and_none_are_the_same(cast, supervisor) -> None:
    foreign = cast.customer("S1", portfolio="south")
    for ref in (foreign.ref, uuid4()):
        assert supervisor.get(f"/customers/{ref}/placing/").status_code == 404
        said = {"what": "tier", "tier": "vip", "reason": "因为"}
        assert supervisor.post(f"/customers/{ref}/placing/propose/", said).status_code == 404
        taken = supervisor.post(f"/customers/{ref}/placing/take/", {"person": str(uuid4())})
        assert taken.status_code == 404
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("role", [AGENT, HEAD, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_only_supervisors(cast, customer, role) -> None:
    somebody = browser(cast.person(role))
    assert somebody.get(f"/customers/{customer.ref}/placing/").status_code == 403
    said = {"what": "tier", "tier": "vip", "reason": "因为"}
    assert somebody.post(f"/customers/{customer.ref}/placing/propose/", said).status_code == 403
    taken = somebody.post(f"/customers/{customer.ref}/placing/take/", {"person": str(uuid4())})
    assert taken.status_code == 403
    assert not Proposal.objects.exists()
    assert not CustomerPersonPermission.objects.exists()


def test_two_proposals_about_one_customer_do_not_undo_each_other(supervisor, head, customer) -> None:
    first = propose(supervisor, customer, what="tier", tier="vip")
    second = propose(supervisor, customer, what="tier", tier="premium")
    assert sign(head, second).status_code == 302
    assert sign(head, first).status_code == 409
    customer.refresh_from_db()
    assert customer.tier == "premium"


def test_a_colleagues_proposal_is_named_but_not_opened(cast, supervisor, customer) -> None:
    made = propose(supervisor, customer, what="tier", tier="vip")
    words = text(browser(cast.supervisor()).get(f"/customers/{customer.ref}/placing/"))
    assert f"/decisions/{made.pk}/" not in words
    assert "N1" in words
