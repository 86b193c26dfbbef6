"""The two-person rule: who signs what, once, as it was read."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from approvals import queries, rules, services
from approvals.models import Proposal, Signature
from approvals.services import NobodyCanSign, NotSigned
from staff.models import Notification
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.approvals.conftest import Done
from tests.staff.company import Company, facts_since, kinds_since, last_event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LATER = timedelta(minutes=1)


@pytest.fixture
def cast(company: Company, done: Done) -> dict[str, Any]:
    people = {
        "manager": company.person("m", "security"),
        "officer": company.person("o", "officer"),
        "second": company.person("o2", "officer"),
        "analyst": company.person("n", "analyst"),
        "agent": company.person("a", "agent"),
    }
    return {name: company.actor(person) for name, person in people.items()}


def proposed(company: Company, cast: dict[str, Any], **content: Any) -> Proposal:
    content = content or {"what": "x"}
    return services.propose("test.act", content=content, reason_text="why", by=cast["manager"], at=company.at)


def refused(proposal: Proposal, by: Any, company: Company, **changed: Any) -> str:
    said = {"seen_hash": proposal.content_hash, "by": by, "at": company.at + LATER} | changed
    with pytest.raises(NotSigned) as problem:
        services.approve(proposal.pk, **said)
    return problem.value.code


def sign(proposal: Proposal, by: Any, company: Company) -> services.Outcome:
    return services.approve(proposal.pk, seen_hash=proposal.content_hash, by=by, at=company.at + LATER)


def test_the_last_signature_carries_it_out(company: Company, cast: dict[str, Any], done: Done) -> None:
    start = last_event()
    proposal = proposed(company, cast)
    first = sign(proposal, cast["officer"], company)
    assert (first.applied, done.contents) == (False, [])
    second = sign(proposal, cast["analyst"], company)
    assert (second.applied, second.result, done.contents) == (True, "done", [{"what": "x"}])
    assert kinds_since(start) == [
        "approvals.proposed",
        "approvals.approved",
        "approvals.approved",
        "approvals.applied",
    ]
    assert facts_since(start, "approvals.applied")[0]["signers"] == ["o", "n"]
    proposal.refresh_from_db()
    assert rules.state(proposal, company.at) == "applied"
    assert refused(proposal, cast["second"], company) == "over"


def test_events_carry_no_content(company: Company, cast: dict[str, Any]) -> None:
    start = last_event()
    proposed(company, cast, what="canary-content")
    assert "canary-content" not in str(facts_since(start, "approvals.proposed"))


def test_whoever_proposes_does_not_sign_and_the_attempt_alarms(
    company: Company, cast: dict[str, Any], done: Done
) -> None:
    from trail import vocabulary

    proposal = proposed(company, cast)
    start = last_event()
    also_officer = replace(cast["manager"], roles=frozenset({"security", "officer"}))
    assert refused(proposal, also_officer, company) == "own"
    assert kinds_since(start) == ["approvals.self_approval"]
    assert vocabulary.get("approvals.self_approval").alarm
    assert not done.contents


@pytest.mark.parametrize("who", ["agent", "analyst", "manager"])
def test_only_the_eligible_sign(company: Company, cast: dict[str, Any], who: str) -> None:
    proposal = proposed(company, cast)
    if who == "analyst":
        sign(proposal, cast["analyst"], company)  # fills the seat "any"
    expected = {"agent": "not_yours", "analyst": "signed_already", "manager": "own"}[who]
    assert refused(proposal, cast[who], company) == expected


def test_one_person_fills_one_seat(company: Company, cast: dict[str, Any], done: Done) -> None:
    proposal = proposed(company, cast)
    assert not sign(proposal, cast["officer"], company).applied
    assert refused(proposal, cast["officer"], company) == "signed_already"
    assert sign(proposal, cast["second"], company).applied


def test_a_seat_is_filled_once(company: Company, cast: dict[str, Any]) -> None:
    proposal = proposed(company, cast)
    sign(proposal, cast["analyst"], company)
    third = company.actor(company.person("n2", "analyst"))
    assert refused(proposal, third, company) == "not_yours"


def test_an_approval_is_of_what_was_read(company: Company, cast: dict[str, Any], done: Done) -> None:
    proposal = proposed(company, cast)
    assert refused(proposal, cast["officer"], company, seen_hash="0" * 64) == "changed"
    start = last_event()
    Proposal.objects.update(content={"what": "y"})
    assert refused(proposal, cast["officer"], company) == "changed"
    assert [facts["why"] for facts in facts_since(start, "approvals.signing_refused")] == ["changed"]


def test_changed_content_with_a_changed_hash_is_not_what_was_read(
    company: Company, cast: dict[str, Any], done: Done
) -> None:
    proposal = proposed(company, cast)
    forged = {"what": "y"}
    Proposal.objects.update(content=forged, content_hash=services.hash_of("test.act", forged))
    assert refused(proposal, cast["officer"], company) == "changed"


def test_a_content_swapped_after_the_first_signature_is_not_carried_out(
    company: Company, cast: dict[str, Any], done: Done
) -> None:
    proposal = proposed(company, cast)
    sign(proposal, cast["officer"], company)
    forged = {"what": "y"}
    forged_hash = services.hash_of("test.act", forged)
    Proposal.objects.update(content=forged, content_hash=forged_hash)
    assert refused(proposal, cast["analyst"], company, seen_hash=forged_hash) == "changed"
    assert not done.contents


def test_wants_a_step_up_to_propose_and_to_sign(company: Company, cast: dict[str, Any]) -> None:
    stale = {
        name: replace(actor, second_factor_at=company.at - timedelta(minutes=6))
        for name, actor in cast.items()
    }
    with pytest.raises(StepUpNeeded):
        proposed(company, stale)
    proposal = proposed(company, cast)
    with pytest.raises(StepUpNeeded):
        services.approve(
            proposal.pk, seen_hash=proposal.content_hash, by=stale["officer"], at=company.at + LATER
        )
    assert not Signature.objects.exists()


def test_refusing_ends_it(company: Company, cast: dict[str, Any], done: Done) -> None:
    proposal = proposed(company, cast)
    sign(proposal, cast["analyst"], company)
    services.refuse(proposal.pk, reason="no need", by=cast["officer"], at=company.at + LATER)
    proposal = Proposal.objects.get()
    assert rules.state(proposal, company.at) == "refused"
    assert refused(proposal, cast["second"], company) == "over"
    assert not done.contents


def test_expires_by_the_clock_alone(company: Company, cast: dict[str, Any]) -> None:
    proposal = proposed(company, cast)
    late = company.at + timedelta(days=2)
    assert rules.state(proposal, late) == "expired"
    assert list(Proposal.objects.waiting(late)) == []
    officer = replace(cast["officer"], second_factor_at=late)
    assert refused(proposal, officer, company, at=late) == "over"


def test_the_proposer_may_withdraw_and_nobody_else(company: Company, cast: dict[str, Any]) -> None:
    proposal = proposed(company, cast)
    with pytest.raises(NotSigned):
        services.withdraw(proposal.pk, by=cast["officer"], at=company.at)
    services.withdraw(proposal.pk, by=cast["manager"], at=company.at)
    assert refused(proposal, cast["officer"], company) == "over"
    with pytest.raises(NotSigned):
        services.withdraw(proposal.pk, by=cast["manager"], at=company.at)


def test_an_act_that_fails_takes_its_signature_with_it(
    company: Company, cast: dict[str, Any], done: Done
) -> None:
    proposal = proposed(company, cast)
    sign(proposal, cast["officer"], company)
    done.fails = True
    start = last_event()
    assert refused(proposal, cast["analyst"], company) == "cannot_apply"
    assert kinds_since(start) == ["approvals.signing_refused"]
    assert Signature.objects.count() == 1
    done.fails = False
    assert sign(proposal, cast["analyst"], company).applied


def test_only_the_permitted_propose(company: Company, cast: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        proposed(company, cast | {"manager": cast["officer"]})


def test_a_proposal_that_nobody_could_complete_is_refused(company: Company, done: Done) -> None:
    manager = company.actor(company.person("m", "security"))
    company.person("o", "officer")  # one officer alone cannot fill both seats
    with pytest.raises(NobodyCanSign):
        services.propose("test.act", content={"what": "x"}, by=manager, at=company.at)


def test_tells_signers_and_then_the_proposer(company: Company, cast: dict[str, Any]) -> None:
    proposal = proposed(company, cast)
    told = set(Notification.objects.values_list("person__number", flat=True))
    assert told == {"o", "o2", "n"}
    sign(proposal, cast["officer"], company)
    sign(proposal, cast["analyst"], company)
    last = Notification.objects.get(person__number="m")
    assert (last.code, last.link) == ("proposal_applied", f"/decisions/{proposal.pk}/")


def test_the_inbox_holds_what_one_can_sign_now(company: Company, cast: dict[str, Any]) -> None:
    proposal = proposed(company, cast)
    later = company.at + LATER
    assert {name for name, actor in cast.items() if queries.inbox(actor, later)} == {
        "officer",
        "second",
        "analyst",
    }
    sign(proposal, cast["analyst"], company)
    assert {name for name, actor in cast.items() if queries.inbox(actor, later)} == {"officer", "second"}
    waiting = queries.waiting_for(Proposal.objects.get(), later)
    assert [[str(person) for person in one.people] for one in waiting] == [["o 人o", "o2 人o2"]]
    sign(proposal, cast["officer"], company)
    assert not any(queries.inbox(actor, later) for actor in cast.values())
    manager, analyst = queries.taken_part(cast["manager"]), queries.taken_part(cast["analyst"])
    assert [one.pk for one in manager.proposed] == [one.pk for one in analyst.answered] == [proposal.pk]
    assert (manager.answered, analyst.proposed) == ((), ())


@pytest.mark.parametrize(
    ("who", "sees"), [("manager", True), ("officer", True), ("analyst", True), ("agent", False)]
)
def test_is_seen_by_whom_it_concerns(company: Company, cast: dict[str, Any], who: str, sees: bool) -> None:
    proposal = proposed(company, cast)
    assert (queries.visible(cast[who], proposal.pk, company.at) is not None) == sees


def test_the_database_refuses_a_second_signature_of_seat_or_person(
    company: Company, cast: dict[str, Any]
) -> None:
    proposal = proposed(company, cast)
    sign(proposal, cast["officer"], company)
    known = Signature.objects.get()
    for changes in ({"seat": "any"}, {"signer_id": cast["second"].id}):
        row = {"seat": known.seat, "signer_id": known.signer_id} | changes
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                proposal=proposal, signer_number="x", answer="approve", content_hash="", at=company.at, **row
            )


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_two_signatures_at_once_carry_it_out_once(done: Done) -> None:
    company = Company()
    manager = company.actor(company.person("m", "security"))
    signers = [company.actor(company.person(f"o{number}", "officer")) for number in range(4)]
    proposal = services.propose("test.act", content={"what": "x"}, by=manager, at=company.at)
    start = threading.Barrier(len(signers))
    said: list[object] = []

    def act(by: Any) -> None:
        start.wait()
        try:
            said.append(sign(proposal, by, company).applied)
        except NotSigned as problem:
            said.append(problem.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(by,)) for by in signers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, said)) == ["False", "True", "over", "over"]
    assert done.contents == [{"what": "x"}]
    assert Signature.objects.count() == 2
