"""People on the desk: giving is proposed, taking away works at once, a freeze is undone by two."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from approvals.models import Proposal
from customers.models import PortfolioPersonPermission
from staff import queries
from staff.models import Enrolment, Freeze, Person
from staff.models.enrolments import PASSWORD
from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.desk.at_work import browser, text
from tests.staff.company import enrolled, set_facts
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def head(cast: Cast) -> Client:
    return browser(cast.person(HEAD))


@pytest.fixture
def boss(cast: Cast) -> Actor:
    return cast.person(SECURITY)


@pytest.fixture
def manager(boss: Actor, head: Client) -> Client:
    return browser(boss)


@pytest.fixture
def agent(cast: Cast) -> Person:
    return Person.objects.get(number=cast.agent().number)


def propose(manager: Client, person: Person, **said: object) -> Proposal:
    answer = manager.post(f"/people/{person.pk}/propose/", {"reason": "需要"} | said)
    assert answer.status_code == 302, text(answer)
    return Proposal.objects.latest("proposed_at")


def sign(head: Client, proposal: Proposal) -> None:
    answer = head.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})
    assert answer.status_code == 302, text(answer)


def test_lists_those_who_are_here_and_those_who_left(manager, agent) -> None:
    assert agent.name in text(manager.get("/people/"))
    manager.post(f"/people/{agent.pk}/take/", {"what": "leave"})
    assert f"/people/{agent.pk}/" not in text(manager.get("/people/"))
    assert f"/people/{agent.pk}/" in text(manager.get("/people/?left=1"))


def test_a_new_person_is_proposed_signed_and_gets_a_link_in_two_halves(cast, manager, head) -> None:
    said = {
        "number": "N100",
        "name": "新人",
        "department": cast.departments["north"].pk,
        "roles": [AGENT],
        "portfolios": [cast.portfolios["north"].pk],
        "reason": "入职",
    }
    assert manager.post("/people/new/", said).status_code == 302
    proposal = Proposal.objects.get()
    assert not Person.objects.filter(number="N100").exists()
    sign(head, proposal)
    made = Person.objects.get(number="N100")
    page = text(manager.get(f"/people/{made.pk}/"))
    assert "等待本人激活" in page
    assert "尚未设置密码" in page
    link = text(manager.post(f"/decisions/{proposal.pk}/enrolment/", {"half": "link"}))
    code = text(head.post(f"/decisions/{proposal.pk}/enrolment/", {"half": "code"}))
    assert "/enrol/" in link
    assert "/enrol/?" not in code
    wrong = head.post(f"/decisions/{proposal.pk}/enrolment/", {"half": "link"})
    assert wrong.status_code == 409


def test_a_new_person_with_a_mail_address_gets_the_link_by_mail(cast, manager, head) -> None:
    north = cast.departments["north"].pk
    said = {"number": "N101", "name": "新人", "department": north, "email": "n@example.com", "reason": "入职"}
    manager.post("/people/new/", said)
    sign(head, Proposal.objects.get())
    (sent,) = mail.outbox
    assert sent.to == ["n@example.com"]
    assert "/enrol/" in sent.body


@pytest.mark.parametrize(
    "changes",
    [{"number": ""}, {"number": "T000"}, {"roles": [AGENT, AUDITOR]}, {"email": "none"}, {"reason": ""}],
)
def test_a_person_who_cannot_be_is_refused_in_words_and_keeps_what_was_typed(cast, manager, changes) -> None:
    north = cast.departments["north"].pk
    said = {"number": "N102", "name": "写好的名字", "department": north, "roles": [AGENT], "reason": "入职"}
    answer = manager.post("/people/new/", said | changes)
    assert answer.status_code == 422
    assert "写好的名字" in text(answer)
    assert not Proposal.objects.exists()


def test_gives_a_role_until_a_day(cast, manager, head, agent) -> None:
    sign(head, propose(manager, agent, what="role", role=SUPERVISOR, until="2099-12-31"))
    assert queries.roles_of(agent, cast.at + timedelta(minutes=1)) == {AGENT, SUPERVISOR}
    assert "2100-01-01 00:00" in text(manager.get(f"/people/{agent.pk}/"))


def test_gives_a_headship(cast, manager, head, agent) -> None:
    officer = browser(cast.officer())
    made = propose(manager, agent, what="headship", department=cast.departments["south"].pk)
    sign(head, made)
    assert HEAD in queries.roles_of(agent, cast.at + timedelta(minutes=1))
    assert officer.get(f"/decisions/{made.pk}/").status_code == 200


def test_gives_a_portfolio_and_takes_it_at_once(cast, manager, head, agent) -> None:
    sign(head, propose(manager, agent, what="portfolio", portfolio=cast.portfolios["south"].pk))
    held = PortfolioPersonPermission.objects.filter(user=agent, content_object__code="south")
    assert held.exists()
    manager.post(f"/people/{agent.pk}/take/", {"what": "portfolio", "which": "south"})
    assert not held.exists()


def test_a_move_is_signed_where_the_person_arrives(cast, manager, head, agent) -> None:
    south = browser(cast.person(HEAD, department="south"))
    made = propose(manager, agent, what="move", department=cast.departments["south"].pk)
    assert head.post(f"/decisions/{made.pk}/approve/", {"hash": made.content_hash}).status_code == 404
    sign(south, made)
    agent.refresh_from_db()
    assert agent.department.code == "south"


def test_resets_of_password_and_factor_end_them(manager, head, agent) -> None:
    enrolled(agent)
    page = text(manager.get(f"/people/{agent.pk}/"))
    assert "身份验证器应用" in page
    assert "密码已设置" in page
    sign(head, propose(manager, agent, what="password"))
    agent.refresh_from_db()
    assert not agent.has_usable_password()
    assert Enrolment.objects.get(person=agent).purpose == PASSWORD
    assert "尚未设置密码" in text(manager.get(f"/people/{agent.pk}/"))
    sign(head, propose(manager, agent, what="factor"))
    assert "尚无二次验证方式" in text(manager.get(f"/people/{agent.pk}/"))


def test_changes_a_mail_address_and_an_end(manager, head, agent) -> None:
    start = last_event()
    sign(head, propose(manager, agent, what="change", email="a@example.com", valid_until="2099-12-31"))
    agent.refresh_from_db()
    assert agent.email == "a@example.com"
    assert agent.valid_until is not None
    assert timezone.localtime(agent.valid_until).isoformat() == "2100-01-01T00:00:00+08:00"
    assert "staff.person_changed" in kinds_since(start)
    form = text(manager.get(f"/people/{agent.pk}/"))
    assert 'value="a@example.com"' in form
    assert 'value="2099-12-31"' in form


def test_a_change_of_the_mail_address_alone_leaves_the_end_to_the_second(cast, manager, head, agent) -> None:
    agent.valid_until = end = cast.at + timedelta(days=3, seconds=7)
    agent.save(update_fields=["valid_until"])
    day = timezone.localtime(end).date().isoformat()
    sign(head, propose(manager, agent, what="change", email="b@example.com", valid_until=day))
    agent.refresh_from_db()
    assert (agent.email, agent.valid_until) == ("b@example.com", end)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"what": "role"}, 422),
        ({"what": "role", "role": AGENT}, 409),
        ({"what": "role", "role": AUDITOR}, 409),
        ({"what": "portfolio"}, 422),
        ({"what": "headship"}, 422),
        ({"what": "move"}, 422),
        ({"what": "change"}, 409),
        ({"what": "change", "email": "none"}, 422),
        ({"what": "change", "valid_until": "2001-01-01"}, 409),
        ({"what": "crown"}, 422),
        ({"what": "password", "reason": ""}, 422),
    ],
)
def test_refuses_in_words_what_cannot_be_proposed(manager, agent, said, status) -> None:
    answer = manager.post(f"/people/{agent.pk}/propose/", {"reason": "写好的理由"} | said)
    assert answer.status_code == status
    assert not Proposal.objects.exists()


def test_nobody_proposes_for_themselves(manager, boss) -> None:
    answer = manager.post(f"/people/{boss.id}/propose/", {"what": "password", "reason": "我"})
    assert answer.status_code == 409
    assert not Proposal.objects.exists()
    assert "person_propose" not in text(manager.get(f"/people/{boss.id}/"))


def test_takes_a_role_and_a_headship_at_once(cast, manager, agent) -> None:
    start = last_event()
    manager.post(f"/people/{agent.pk}/take/", {"what": "role", "which": AGENT})
    led = cast.person(HEAD, department="south")
    manager.post(f"/people/{led.id}/take/", {"what": "headship", "which": "south"})
    later = cast.at + timedelta(minutes=1)
    assert queries.roles_of(agent, later) == frozenset()
    assert queries.roles_of(led.id, later) == frozenset()
    assert kinds_since(start) == ["staff.role_taken", "staff.headship_taken"]


def test_nothing_to_take_is_said_and_leaves_no_event(manager, agent) -> None:
    start = last_event()
    said = {"what": "role", "which": SUPERVISOR}
    assert "未作改动" in text(manager.post(f"/people/{agent.pk}/take/", said, follow=True))
    assert manager.post(f"/people/{agent.pk}/take/", {"what": "crown"}).status_code == 404
    nowhere = {"what": "headship", "which": "nowhere"}
    assert manager.post(f"/people/{agent.pk}/take/", nowhere).status_code == 404
    assert kinds_since(start) == []


def test_a_leaver_is_out_at_the_next_request(manager, agent) -> None:
    theirs = browser(Actor(id=agent.pk, number=agent.number, name=agent.name))
    assert theirs.get("/").status_code == 200
    manager.post(f"/people/{agent.pk}/take/", {"what": "leave"})
    assert theirs.get("/").status_code == 302
    assert not PortfolioPersonPermission.objects.filter(user=agent).exists()


def test_nobody_writes_down_that_they_left_themselves(manager, boss) -> None:
    assert manager.post(f"/people/{boss.id}/take/", {"what": "leave"}).status_code == 404


def test_a_freeze_works_at_once_and_two_people_undo_it(cast, manager, head, agent) -> None:
    officer = browser(cast.officer())
    theirs = browser(Actor(id=agent.pk, number=agent.number, name=agent.name))
    assert officer.post(f"/people/{agent.pk}/freeze/").status_code == 302
    assert theirs.get("/").status_code == 302
    assert officer.post(f"/people/{agent.pk}/unfreeze/", {"reason": "误会"}).status_code == 403
    assert manager.post(f"/people/{agent.pk}/unfreeze/", {"reason": "误会"}).status_code == 302
    assert Freeze.objects.get().until is None
    sign(head, Proposal.objects.get())
    assert Freeze.objects.get().until is not None


def test_freezing_twice_and_undoing_nothing_are_said(manager, boss, agent) -> None:
    said = {"reason": "误会"}
    answer = manager.post(f"/people/{agent.pk}/unfreeze/", said, follow=True)
    assert "未被冻结" in text(answer)
    manager.post(f"/people/{agent.pk}/freeze/")
    manager.post(f"/people/{agent.pk}/freeze/")
    manager.post(f"/people/{boss.id}/freeze/")
    assert Freeze.objects.count() == 1


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, OFFICER, CUSTODIAN, AUDITOR])
def test_only_a_security_manager_proposes_and_takes(cast, agent, role) -> None:
    somebody = browser(cast.person(role))
    page = f"/people/{agent.pk}/"
    reads = role in {OFFICER, AUDITOR}
    assert somebody.get("/people/").status_code == (200 if reads else 403)
    assert somebody.get(page).status_code == (200 if reads else 403)
    assert somebody.get("/people/new/").status_code == 403
    assert somebody.post(f"{page}propose/", {"what": "password", "reason": "x"}).status_code == 403
    assert somebody.post(f"{page}take/", {"what": "leave"}).status_code == 403
    if role != OFFICER:
        assert somebody.post(f"{page}freeze/").status_code == 403
    assert not Proposal.objects.exists()


def test_asks_for_a_fresh_factor(cast, head, agent) -> None:
    tired = browser(cast.person(SECURITY))
    set_facts(tired, factor_at=cast.at - timedelta(minutes=6))
    answer = tired.post(f"/people/{agent.pk}/propose/", {"what": "password", "reason": "忘了"})
    assert (answer.status_code, answer["Location"]) == (303, "/session/step-up/")
    assert not Proposal.objects.exists()
