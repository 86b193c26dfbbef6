"""People come, are stopped, come back and leave: two people for what gives, one for what takes away."""

import re

import pytest
from django.test import Client

from approvals.models import Proposal
from staff.models import Freeze, Person
from tests.desk.at_work import text
from tests.journeys.firm import NUMBER, Firm, Seat, Since
from tests.staff.company import PASSWORD, bound, code_of

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
CHOSEN = "一匹白马走过长安街十二月"


def sign(seat: Seat, proposal: Proposal) -> None:
    """Read a proposal and approve what was read."""
    words = seat.get(f"/decisions/{proposal.pk}/")
    assert proposal.content_hash in words
    seat.post(f"/decisions/{proposal.pk}/approve/", hash=proposal.content_hash)


def newest() -> Proposal:
    return Proposal.objects.latest("proposed_at")


def test_a_new_person_is_proposed_signed_enrolled_and_works(firm: Firm) -> None:
    security, head = firm.at_work("security"), firm.at_work("head")
    since = Since()
    north = firm.cast.portfolios["north"]
    answer = security.post(
        "/people/new/",
        number="NEW1",
        name="新来的人",
        department=firm.cast.departments["north"].pk,
        roles="agent",
        portfolios=north.pk,
        reason="补充坐席",
    )
    proposal = newest()
    assert answer["Location"] == f"/decisions/{proposal.pk}/"
    assert since.kinds() == ["approvals.proposed"]
    assert not Person.objects.filter(number="NEW1").exists()

    assert str(proposal.pk) in head.get("/decisions/")
    assert since.kinds() == []
    security.post(f"/decisions/{proposal.pk}/approve/", 409, hash=proposal.content_hash)
    assert since.kinds() == ["approvals.self_approval", "approvals.reasons_read"]
    sign(head, proposal)
    assert since.kinds() == [
        "approvals.reasons_read",
        "approvals.approved",
        "staff.person_made",
        "staff.role_given",
        "portfolio.given",
        "staff.enrolment_issued",
        "approvals.applied",
    ]
    link = half(security, proposal, "link")
    code = half(head, proposal, "code")
    assert [kind for kind in since.kinds() if kind != "approvals.reasons_read"] == [
        "staff.enrolment_half_given",
        "staff.enrolment_half_given",
    ]

    visitor = Client()
    token = link.partition("#")[2]
    assert (
        visitor.post("/enrol/", {"token": token, "code": code, "asked": "yes"})["Location"] == "/enrol/set/"
    )
    visitor.post("/enrol/set/", {"password": CHOSEN, "again": CHOSEN})
    (secret,) = re.findall(r'class="secret">([A-Z2-7]+)<', text(visitor.get("/enrol/set/")))
    assert visitor.post("/enrol/set/", {"code": code_of(secret)})["Location"] == "/account/login/"
    assert since.kinds() == ["staff.enrolled"]
    bound(Person.objects.get(number="NEW1"))

    assert visitor.post("/account/login/", {"login": "NEW1", "password": CHOSEN})["Location"] == "/"
    assert since.kinds() == ["staff.login"]
    assert NUMBER in text(visitor.get("/customers/list/"))
    assert since.kinds() == ["customer.listed"]


def half(seat: Seat, proposal: Proposal, which: str) -> str:
    words = seat.post(f"/decisions/{proposal.pk}/enrolment/", 200, half=which).words
    pattern = r"http://testserver/enrol/#[\w-]{43}" if which == "link" else r"[A-Z2-9]{5}-[A-Z2-9]{5}"
    (found,) = set(re.findall(pattern, words))
    return str(found)


def test_a_freeze_ends_everything_at_once_and_two_people_undo_it(firm: Firm) -> None:
    agent, officer = firm.at_work("agent"), firm.at_work("officer")
    security, head = firm.at_work("security"), firm.at_work("head")
    agent.get(firm.page)
    since = Since()
    officer.post(f"/people/{agent.person.pk}/freeze/")
    assert since.kinds() == ["staff.frozen"]
    stopped = agent.client.get(firm.page)
    assert stopped["Location"].startswith("/account/login/")
    agent.client.post("/account/login/", {"login": agent.person.number, "password": PASSWORD})
    assert agent.client.get(firm.page)["Location"].startswith("/account/login/")
    assert set(since.kinds()) <= {"staff.session_ended", "staff.login_refused"}

    security.post(f"/people/{agent.person.pk}/unfreeze/", reason="误报")
    assert since.kinds() == ["approvals.proposed"]
    assert Freeze.objects.get().until is None
    sign(head, newest())
    assert since.kinds() == [
        "approvals.reasons_read",
        "approvals.approved",
        "staff.unfrozen",
        "approvals.applied",
    ]
    assert agent.log_in(factor=False) == ["staff.login"]
    agent.get(firm.page)


def test_a_leaver_loses_everything_at_the_next_request(firm: Firm) -> None:
    agent, security = firm.at_work("agent"), firm.at_work("security")
    agent.get(firm.page)
    since = Since()
    security.post(f"/people/{agent.person.pk}/take/", what="leave", which="")
    assert since.kinds() == ["staff.left", "portfolio.taken"]
    for address in (firm.page, "/", "/trail/mine/"):
        assert agent.client.get(address)["Location"].startswith("/account/login/")
    agent.client.post("/account/login/", {"login": agent.person.number, "password": PASSWORD})
    assert agent.client.get("/")["Location"].startswith("/account/login/"), (
        "the right password helps nobody who left"
    )
    assert "staff.login" not in since.kinds()


def test_a_moved_role_counts_from_the_next_request(firm: Firm) -> None:
    agent, security = firm.at_work("agent"), firm.at_work("security")
    agent.get(firm.page)
    since = Since()
    security.post(f"/people/{agent.person.pk}/take/", what="role", which="agent")
    assert since.kinds() == ["staff.role_taken"]
    assert agent.client.get(firm.page).status_code == 403
    assert since.kinds() == []
