"""Key acts take two custodians, each with a second factor for this act alone; a job does each and tells of it once."""

from datetime import timedelta

import pytest

from approvals import services as approvals
from approvals.models import Proposal
from approvals.registry import CannotApply
from approvals.services import NobodyCanSign, NotSigned
from custody import acts, run
from custody.models import EscrowDrill
from custody.queries.register import register
from custody.services import proposing, reminders
from custody.words import unreadable_words
from jobs import running
from jobs.models import Job
from staff.models import Notification, RoleHolding
from staff.roles import OFFICER
from staff.services.people import NotAllowed
from staff.step_up import StepUpNeeded
from tests.custody.conftest import Vault, fresh, subjects
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from vault import keks, rewrapping
from vault.keyring import keys_for, make_keys
from vault.models import DataKey
from vault.place import Place
from vault.sealing import seal
from vault.transform import mask

pytestmark = [
    pytest.mark.django_db(databases=["default", "keyring"]),
    pytest.mark.usefixtures("worker"),
]


def told(kind: str) -> list[dict[str, object]]:
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("facts", flat=True))


def test_a_whole_rotation_leaves_values_open_and_every_step_told(vault: Vault) -> None:
    refs = subjects(4)
    place = Place(refs[0], "L3", "f", 3)
    sealed = seal("v", place, make_keys(refs, "L3", at=clock()))
    for kind, version in (
        (acts.CREATE, 2),
        (acts.PROMOTE, 2),
        (acts.REWRAP, 2),
        (acts.RAISE_MINIMUM, 2),
        (acts.DESTROY, 1),
    ):
        job = vault.do(kind, version=version)
        assert (job.error_code, job.finished_at is None) == ("", False), kind
    assert mask("note", sealed, place, keys_for(refs, "L3"))
    assert [one.state for one in keks.life().keks] == [keks.GONE, keks.ACTIVE]
    assert told("custody.kek_created") == [{"kek": 2}]
    assert told("custody.kek_promoted") == [{"kek": 2}]
    (rewrapped,) = told("custody.rewrapped")
    assert rewrapped["kek"] == 2
    assert int(str(rewrapped["keys"])) >= 4  # those of the typed reasons, too
    assert told("custody.minimum_raised") == [{"kek": 2}]
    assert told("custody.kek_destroyed") == [{"kek": 1}]
    found = register(clock())
    both = (vault.first.number, vault.second.number)
    assert (found.custodians[1], found.custodians[2]) == (both, both)
    assert [one.kind for one in found.done][-1] == acts.CREATE


def test_a_data_key_that_does_not_open_is_counted_and_keeps_its_master_key(vault: Vault) -> None:
    refs = subjects(3)
    make_keys(refs, "L3", at=clock())
    DataKey.objects.filter(subject=refs[0]).update(wrapped=bytes(60))
    for kind in (acts.CREATE, acts.PROMOTE):
        vault.do(kind, version=2)

    job = vault.do(acts.REWRAP, version=2)

    assert (job.error_code, job.outcome["unreadable"], job.cursor["unreadable"]) == ("", 1, 1)
    assert list(DataKey.objects.filter(kek_version=1).values_list("subject", flat=True)) == [refs[0]]
    assert "1" in unreadable_words(job.kind, 1)
    assert keks.refusal("destroyed", 1, keks.life()) == "kek_in_use"
    assert keks.refusal("minimum", 2, keks.life()) == "kek_in_use"


def test_a_wrong_keyring_is_not_wrapped_anew(vault: Vault, monkeypatch) -> None:
    monkeypatch.setattr(rewrapping, "MOST_SHUT", 1)
    make_keys(subjects(3), "L3", at=clock())
    for kind in (acts.CREATE, acts.PROMOTE):
        vault.do(kind, version=2)
    DataKey.objects.filter(domain="L3").update(wrapped=bytes(60))

    assert vault.do(acts.REWRAP, version=2).error_code == "key_unreadable"


def test_the_proposer_never_signs_and_nobody_else_does(vault: Vault, cast) -> None:
    proposal = vault.propose(acts.CREATE, version=2)
    with pytest.raises(NotSigned, match="own"):
        vault.sign(proposal, vault.first)
    with pytest.raises(NotSigned, match="not_yours"):
        vault.sign(proposal, cast.person(OFFICER))
    with pytest.raises(NotAllowed):
        proposing.propose(acts.CREATE, {"version": 2}, reason="", by=fresh(cast.person(OFFICER)), at=clock())
    assert Job.objects.count() == 0


def test_one_custodian_alone_can_propose_nothing(vault: Vault) -> None:
    RoleHolding.objects.filter(person__number=vault.second.number).delete()
    with pytest.raises(NobodyCanSign):
        vault.propose(acts.CREATE, version=2)


def test_each_act_wants_a_second_factor_of_its_own(vault: Vault) -> None:
    by = fresh(vault.first)
    proposing.propose(acts.CREATE, {"version": 2}, reason="", by=by, at=clock())
    with pytest.raises(StepUpNeeded):
        proposing.propose(acts.COMPROMISE, {"version": 1}, reason="", by=by, at=clock())
    vault.propose(acts.COMPROMISE, version=1)
    one, other = Proposal.objects.order_by("proposed_at")
    signer = fresh(vault.second)
    approvals.approve(one.pk, seen_hash=one.content_hash, by=signer, at=clock())
    with pytest.raises(StepUpNeeded):
        approvals.approve(other.pk, seen_hash=other.content_hash, by=signer, at=clock())
    vault.sign(other)


def test_refuses_in_words_what_cannot_be_done_now(vault: Vault) -> None:
    make_keys(subjects(1), "L3", at=clock())
    for kind, content, code in (
        (acts.PROMOTE, {"version": 2}, "kek_unknown"),
        (acts.DESTROY, {"version": 1}, "kek_current"),
        (acts.REWRAP, {"version": 1}, "nothing_to_rewrap"),
        (acts.REWRAP, {"version": 2}, "kek_changed"),
        (acts.RESEAL, {"suite": 2}, "key_job_unknown"),
    ):
        if code == "key_job_unknown" and acts.refusal(kind, content, keks.life()) != code:
            continue  # somebody works on such jobs here
        with pytest.raises(CannotApply) as refused:
            vault.propose(kind, **content)
        assert refused.value.code == code


def test_is_looked_at_again_when_it_is_signed(vault: Vault) -> None:
    one, other = vault.propose(acts.CREATE, version=2), vault.propose(acts.CREATE, version=2)
    started = vault.sign(one).result
    assert isinstance(started, Job)
    running.run(started.pk, run.kek)
    with pytest.raises(NotSigned) as refused:
        vault.sign(other)
    assert refused.value.problem
    assert refused.value.problem.code == "kek_waiting"


def test_a_job_killed_after_its_act_tells_of_it_once(vault: Vault) -> None:
    job = vault.start(acts.CREATE, version=2)
    keks.create(2, proposal=Proposal.objects.get().pk, at=clock())
    running.run(job.pk, run.kek)
    assert told("custody.kek_created") == [{"kek": 2}]
    job.refresh_from_db()
    assert job.outcome == {"version": 2}


def test_a_second_rewrap_waits_for_the_first(vault: Vault) -> None:
    make_keys(subjects(2), "L3", at=clock())
    vault.do(acts.CREATE, version=2)
    vault.do(acts.PROMOTE, version=2)
    vault.start(acts.REWRAP, version=2)
    with pytest.raises(CannotApply, match="key_job_running"):
        vault.propose(acts.REWRAP, version=2)


def test_records_an_escrow_drill_and_says_when_the_next_is_due(vault: Vault) -> None:
    at = clock()
    before = next(one for one in register(at).dues if one.code == "drill")
    assert not before.overdue
    assert before.last is None
    made = proposing.propose_drill(
        at.date(), "file", opened=True, reason="", by=fresh(vault.first), at=clock()
    )
    vault.sign(made)
    assert EscrowDrill.objects.get().proposal == made.pk
    assert told("custody.drill_recorded") == [
        {"held_on": at.date().isoformat(), "copy": "file", "opened": True}
    ]
    after = next(one for one in register(at).dues if one.code == "drill")
    assert after.last is not None
    with pytest.raises(CannotApply, match="drill_ahead"):
        proposing.propose_drill(
            at.date() + timedelta(days=2), "file", opened=True, reason="", by=fresh(vault.first), at=clock()
        )


def test_tells_custodians_what_is_overdue(vault: Vault) -> None:
    at = clock()
    assert reminders.remind(by=Actor.system("tests"), at=at) == 0
    assert reminders.remind(by=Actor.system("tests"), at=at + timedelta(days=400)) == 2
    waiting = Notification.objects.filter(code="keys_overdue")
    assert {one.person_id for one in waiting} == {vault.first.id, vault.second.id}
