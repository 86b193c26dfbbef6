"""Decisions: what waits, one proposal, and the answer that is bound to exactly what was read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import UsageRequest
from access.services import requests, rights
from approvals import queries as inbox
from approvals import reasons
from approvals.models import Proposal, Signature
from approvals.services import hash_of
from staff import queries
from staff.models import Notification
from staff.roles import ANALYST, AUDITOR, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.requesting import Office
from tests.desk.at_work import HTMX, browser, text
from tests.staff.company import set_facts
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WHY = "转岗后需要带班"


@pytest.fixture
def boss(cast: Cast) -> Actor:
    return cast.person(SECURITY)


@pytest.fixture
def chief(cast: Cast) -> Actor:
    return cast.person(HEAD)


@pytest.fixture
def manager(boss: Actor) -> Client:
    return browser(boss)


@pytest.fixture
def head(chief: Actor) -> Client:
    return browser(chief)


@pytest.fixture
def agent(cast: Cast) -> Actor:
    return cast.agent()


@pytest.fixture
def proposal(cast: Cast, boss: Actor, chief: Actor, agent: Actor) -> Proposal:
    assert agent.id is not None
    return rights.propose_role(person=agent.id, role=SUPERVISOR, reason=WHY, by=boss, at=cast.at)


def page(proposal: Proposal, act: str = "") -> str:
    return f"/decisions/{proposal.pk}/{act}"


def approve(client: Client, proposal: Proposal, **headers: str):
    return client.post(page(proposal, "approve/"), {"hash": proposal.content_hash}, headers=headers)


def held(cast: Cast, agent: Actor) -> frozenset[str]:
    assert agent.id is not None
    return queries.roles_of(agent.id, cast.at + timedelta(minutes=1))


def test_waits_in_the_inbox_of_those_who_sign(cast, manager, head, proposal) -> None:
    assert page(proposal) in text(head.get("/decisions/"))
    assert page(proposal) in text(manager.get("/decisions/"))
    other = browser(cast.person(HEAD, department="south"))
    assert page(proposal) not in text(other.get("/decisions/"))
    assert Notification.objects.filter(link=page(proposal)).count() == 1


def test_shows_scope_reason_people_and_hash_and_records_the_reading(head, proposal, agent) -> None:
    start = last_event()
    words = text(head.get(page(proposal)))
    assert agent.number in words
    assert WHY in words
    assert "data-watermark" in words.split(WHY)[0].rpartition("<section")[2], "typed words are sealed ones"
    assert f'name="hash" value="{proposal.content_hash}"' in words
    assert kinds_since(start) == ["approvals.reasons_read"]


def test_an_approval_carries_the_act_out(cast, head, proposal, agent) -> None:
    start = last_event()
    assert approve(head, proposal).status_code == 302
    assert SUPERVISOR in held(cast, agent)
    assert kinds_since(start) == ["approvals.approved", "staff.role_given", "approvals.applied"]
    assert Signature.objects.get().content_hash == proposal.content_hash
    assert "已执行" in text(head.get(page(proposal)))


@pytest.mark.parametrize("said", [{"hash": "0" * 64}, {"hash": ""}, {}])
def test_an_approval_of_something_else_is_refused(cast, head, proposal, agent, said) -> None:
    start = last_event()
    answer = head.post(page(proposal, "approve/"), said)
    assert answer.status_code == 409
    assert "请重新阅读" in text(answer)
    assert SUPERVISOR not in held(cast, agent)
    assert kinds_since(start)[0] == "approvals.signing_refused"


def test_content_that_changed_since_is_refused(cast, head, proposal, agent) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(content=proposal.content | {"role": ANALYST})
    answer = approve(head, proposal)
    assert answer.status_code == 409
    assert held(cast, agent) == agent.roles
    assert not Signature.objects.exists()


def test_whoever_proposed_does_not_sign(cast, manager, proposal, agent) -> None:
    start = last_event()
    answer = approve(manager, proposal)
    assert answer.status_code == 409
    assert SUPERVISOR not in held(cast, agent)
    assert kinds_since(start)[0] == "approvals.self_approval"
    assert "approve/" not in text(manager.get(page(proposal)))


def test_a_head_of_somebody_else_finds_nothing(cast, proposal) -> None:
    other = browser(cast.person(HEAD, department="south"))
    assert other.get(page(proposal)).status_code == 404
    assert approve(other, proposal).status_code == 404
    assert other.post(page(proposal, "refuse/"), {"reason": "不"}).status_code == 404
    assert other.post(page(proposal, "withdraw/")).status_code == 404


@pytest.mark.parametrize("role", [OFFICER, AUDITOR])
def test_readers_of_people_read_and_do_not_sign(cast, proposal, role) -> None:
    reader = browser(cast.person(role))
    assert reader.get(page(proposal)).status_code == 200
    assert approve(reader, proposal).status_code == 409
    assert not Signature.objects.exists()


def test_a_refusal_needs_a_reason(head, proposal) -> None:
    start = last_event()
    answer = head.post(page(proposal, "refuse/"), {"reason": "   "})
    assert answer.status_code == 422
    assert "approvals.refused" not in kinds_since(start)
    assert not Signature.objects.exists()


def test_a_refusal_ends_it_and_the_proposer_reads_why(cast, manager, head, proposal, boss, agent) -> None:
    assert head.post(page(proposal, "refuse/"), {"reason": "人手够了"}).status_code == 302
    assert "人手够了" in text(manager.get(page(proposal)))
    assert "人手够了" not in str(Proposal.objects.values()) + str(Signature.objects.values())
    assert approve(head, proposal).status_code == 409
    assert SUPERVISOR not in held(cast, agent)
    why = reasons.read(Proposal.objects.get(), by=boss, at=cast.at)
    assert why.proposed == WHY


def test_an_old_factor_is_asked_for_again_and_nothing_is_signed(cast, head, proposal, agent) -> None:
    set_facts(head, factor_at=cast.at - timedelta(minutes=6))
    answer = approve(head, proposal)
    assert (answer.status_code, answer["Location"]) == (303, "/session/step-up/")
    inside = head.post(page(proposal, "approve/"), {"hash": proposal.content_hash}, headers=HTMX)
    assert (inside.status_code, inside["X-Step-Up"]) == (401, "/session/step-up/")
    assert not Signature.objects.exists()
    set_facts(head, factor_at=cast.at)
    assert approve(head, proposal).status_code == 302
    assert SUPERVISOR in held(cast, agent)


def test_a_proposal_is_withdrawn_by_its_proposer_alone(cast, manager, head, proposal) -> None:
    assert head.post(page(proposal, "withdraw/")).status_code == 409
    assert manager.post(page(proposal, "withdraw/")).status_code == 302
    assert approve(head, proposal).status_code in {404, 409}
    assert page(proposal) not in text(head.get("/decisions/"))
    assert "已撤回" in text(manager.get(page(proposal)))


def test_an_expired_proposal_is_not_signed(cast, head, proposal) -> None:
    long_ago = cast.at - timedelta(days=60)
    Proposal.objects.filter(pk=proposal.pk).update(
        proposed_at=long_ago, expires_at=long_ago + timedelta(days=30)
    )
    assert page(proposal) not in text(head.get("/decisions/"))
    assert approve(head, proposal).status_code in {404, 409}
    assert not Signature.objects.exists()


def test_an_act_that_became_impossible_is_not_signed(cast, head, manager, proposal, agent) -> None:
    manager.post(f"/people/{agent.id}/take/", {"what": "leave"})
    answer = approve(head, proposal)
    assert answer.status_code == 409
    assert not Signature.objects.exists()


def test_an_unknown_half_of_an_enrolment_is_not_found(head, proposal) -> None:
    assert head.post(page(proposal, "enrolment/"), {"half": "link"}).status_code == 404


def test_says_it_in_english(head, proposal) -> None:
    head.cookies["django_language"] = "en"
    words = text(head.get(page(proposal)))
    assert "Approve and sign" in words
    assert "Give a role" in words


def test_an_inbox_of_five_hundred_requests_takes_a_few_queries(cast: Cast) -> None:
    firm = Office(cast)
    like = firm.asked(firm.customer())
    of_it = Proposal.objects.get(pk=like.proposal)
    head = browser(firm.head)
    head.get("/decisions/")
    with CaptureQueriesContext(connection) as seen:
        head.get("/decisions/")
    alone = len(seen)
    columns = {one.attname: getattr(like, one.attname) for one in UsageRequest._meta.concrete_fields}
    columns.pop("number")
    rows = [UsageRequest(**columns | {"id": uuid4(), "proposal": uuid4()}) for _ in range(499)]
    kept = {one.attname: getattr(of_it, one.attname) for one in Proposal._meta.concrete_fields}
    contents = {row.proposal: requests.content_of(row) for row in rows}
    Proposal.objects.bulk_create(
        Proposal(**kept | {"id": id, "content": content, "content_hash": hash_of(of_it.kind, content)})
        for id, content in contents.items()
    )
    UsageRequest.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as seen:
        words = text(head.get("/decisions/"))
    assert len(seen) == alone, "every query of the page is one for all of them"
    assert len(seen) < 15, "the whole page, with who asks, from where, and what was proposed and answered"
    assert page(of_it) in words
    assert len(inbox.inbox(firm.head, cast.at)) == 500
