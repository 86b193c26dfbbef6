"""Reading rules on the desk: the matrix in force, one rule with its versions, and the proposal of a change."""

import pytest
from django.test import Client

from access.models import ReadingRule
from access.policy import CLEAR, HIDDEN, MASKED
from approvals.models import Proposal
from staff.models import Network, Site
from staff.roles import AGENT, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.desk.at_work import browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
STRICTER = {"view": HIDDEN, "clause": "S0-28", "reason": "收紧"}


@pytest.fixture
def officer(cast: Cast) -> Client:
    return browser(cast.officer())


@pytest.fixture
def manager(cast: Cast) -> Client:
    return browser(cast.person(SECURITY))


def sign(officer: Client, proposal: Proposal):
    return officer.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})


def test_shows_every_role_by_level_with_its_clause(manager) -> None:
    words = text(manager.get("/rules/"))
    for code in ("agent-l3", "supervisor-l3", "officer-l2"):
        assert f"/rules/{code}/" in words
    assert "S0-28" in words
    assert "没有规则" in words


def test_shows_a_rule_with_the_words_of_its_clause(officer) -> None:
    words = text(officer.get("/rules/agent-l3/"))
    assert "S0-28" in words
    assert "“" in words
    assert 'name="view"' not in words


def test_an_unknown_rule_is_not_found(manager) -> None:
    assert manager.get("/rules/nobody-l9/").status_code == 404


def test_a_change_is_proposed_signed_and_in_force(cast, manager, officer) -> None:
    start = last_event()
    assert manager.post("/rules/agent-l3/", STRICTER).status_code == 302
    assert ReadingRule.objects.in_force(cast.at).get(code="agent-l3").view == MASKED
    proposal = Proposal.objects.get()
    assert "收紧" in text(officer.get(f"/decisions/{proposal.pk}/"))
    assert sign(officer, proposal).status_code == 302
    old, new = ReadingRule.objects.filter(code="agent-l3").order_by("number")
    assert (old.view, new.view, new.proposal) == (MASKED, HIDDEN, proposal.pk)
    assert old.until == new.since
    assert "rule.changed" in kinds_since(start)
    versions = text(manager.get("/rules/agent-l3/"))
    assert "view-hidden" in versions
    assert "view-masked" in versions


def test_two_alternatives_are_kept_apart(manager, officer) -> None:
    said = STRICTER | {"view": MASKED, "first": ["contact", "reason"], "second": ["grant"]}
    manager.post("/rules/agent-l3/", said)
    assert Proposal.objects.get().content["clear_when"] == [["contact", "reason"], ["grant"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"view": "naked"},
        {"clause": "S9-99"},
        {"first": ["luck"]},
        {"reason": ""},
        {"view": CLEAR, "first": ["contact"]},
    ],
)
def test_refuses_what_is_no_rule(manager, officer, changes) -> None:
    assert manager.post("/rules/agent-l3/", STRICTER | changes).status_code == 422
    assert not Proposal.objects.exists()


def test_a_rule_that_changed_meanwhile_is_not_carried_out(cast, manager, officer) -> None:
    manager.post("/rules/agent-l3/", STRICTER)
    late = Proposal.objects.get()
    manager.post("/rules/agent-l3/", STRICTER | {"clause": "S0-27"})
    sign(officer, Proposal.objects.exclude(pk=late.pk).get())
    answer = sign(officer, late)
    assert answer.status_code == 409
    assert ReadingRule.objects.filter(code="agent-l3").count() == 2


def test_nobody_to_sign_is_said_in_words(manager) -> None:
    answer = manager.post("/rules/agent-l3/", STRICTER)
    assert answer.status_code == 422
    assert "数据安全专员" in text(answer)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, OFFICER, CUSTODIAN, AUDITOR])
def test_only_a_security_manager_proposes(cast, officer, role) -> None:
    somebody = browser(cast.person(role))
    reads = role in {HEAD, OFFICER, AUDITOR}
    assert somebody.get("/rules/").status_code == (200 if reads else 403)
    assert somebody.get("/rules/agent-l3/").status_code == (200 if reads else 403)
    assert somebody.post("/rules/agent-l3/", STRICTER).status_code == (404 if reads else 403)
    assert not Proposal.objects.exists()


def test_shows_what_a_change_would_do_before_it_is_proposed(cast, manager) -> None:
    cast.agent(), cast.agent()
    said = {key: value for key, value in STRICTER.items() if key != "reason"}
    words = text(manager.post("/rules/agent-l3/", said | {"preview": "yes"}))
    assert 'id="effect"' in words
    assert "2 人看到的更少" in words
    assert not Proposal.objects.exists()


def test_whoever_signs_sees_what_it_would_do(cast, manager, officer) -> None:
    cast.agent()
    manager.post("/rules/agent-l3/", STRICTER)
    page = f"/decisions/{Proposal.objects.get().pk}/"
    words = text(officer.get(page))
    assert 'id="effect"' in words
    assert "1 人看到的更少" in words
    sign(officer, Proposal.objects.get())
    assert 'id="effect"' not in text(officer.get(page))


def test_a_rule_for_a_new_case_is_proposed(cast, manager, officer) -> None:
    Network.objects.create(
        cidr="10.20.0.0/16", site=Site.objects.create(code="hq", name="总部", region="east"), zone="office"
    )
    said = {
        "role": "supervisor",
        "level": "3",
        "zone": "office",
        "view": MASKED,
        "first": ["contact", "reason"],
        "highest_tier": "premium",
        "clause": "S4-55",
        "reason": "只在办公室",
    }
    assert "office" in text(manager.get("/rules/new/"))
    assert 'id="effect"' in text(manager.post("/rules/new/", said | {"preview": "yes"}))
    assert manager.post("/rules/new/", said).status_code == 302
    shown = text(officer.get(f"/decisions/{Proposal.objects.get().pk}/"))
    assert "网络区域 office" in shown
    assert "最高至优质" in shown
    sign(officer, Proposal.objects.get())
    made = ReadingRule.objects.get(zone="office")
    assert (made.code, made.highest_tier) == ("supervisor-l3-office", "premium")
    assert "/rules/supervisor-l3-office/" in text(manager.get("/rules/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "", "forbid": ""},
        {"tier": "vip", "highest_tier": "premium"},
        {"forbid": "on", "view": HIDDEN, "highest_tier": "premium"},
        {"forbid": "on", "view": MASKED},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(manager, wrong) -> None:
    said = {"role": "agent", "level": "2", "view": MASKED, "clause": "S4-55", "reason": "x"} | wrong
    assert manager.post("/rules/new/", said).status_code == 422
    assert not Proposal.objects.exists()


def test_a_rule_is_ended(cast, manager, officer) -> None:
    assert manager.post("/rules/agent-l3/", STRICTER | {"end": "on"}).status_code == 302
    sign(officer, Proposal.objects.get())
    assert ReadingRule.objects.get(code="agent-l3").until is not None


@pytest.mark.parametrize("role", [AGENT, HEAD, OFFICER, AUDITOR])
def test_others_propose_no_new_rule(cast, role) -> None:
    assert browser(cast.person(role)).get("/rules/new/").status_code == 403
