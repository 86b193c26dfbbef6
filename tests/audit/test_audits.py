"""Audits: one per period, signed when nothing is left open, bound by a digest, acknowledged by those who answer."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from audit import detecting, run
from audit.models import Audit, AuditResult, Finding
from audit.periods import month_before
from audit.queries import audits as asking
from audit.queries import findings
from audit.services import audits, cases
from audit.services import findings as acts
from audit.services.audits import NotSigned
from audit.services.holding import SignedMeanwhile
from jobs import running
from jobs.models import Job
from staff.models import Notification, Person
from staff.roles import AUDITOR, HEAD
from staff.step_up import StepUpNeeded
from tests.access.cast import kinds_since, last_event, later
from tests.audit.finding import SYSTEM, found, one
from trail import services as trail
from trail.actor import Actor
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def examined(at) -> Audit:
    """Run the audit of last month to its end, as beat and worker would."""
    job = audits.start_monthly(by=Actor.system("audit.monthly"), at=at)
    assert job is not None
    running.run(job.pk, run.examine)
    return Audit.objects.get(kind="monthly")


def carry_out(audit: Audit) -> None:
    """Do the worker's part of the newest job."""
    job = asking.last_job(audit)
    assert job is not None
    running.run(job.pk, run.examine)


def digest_of(audit: Audit) -> str:
    """Work out again what was signed."""
    assert audit.signed_at is not None
    return asking.digest(audit, audit.signed_at, detecting.untested(audit.since, audit.until))


def last_month(at):
    return month_before(at)[0] + 3 * DAY


def test_examines_last_month_once(cast):
    start = last_event()
    audit = examined(cast.at)
    assert (audit.since, audit.until) == month_before(cast.at)
    assert audits.start_monthly(by=SYSTEM, at=cast.at + DAY) is None
    assert Audit.objects.count() == Job.objects.count() == 1
    assert kinds_since(start) == ["audit.started", "audit.finished"]
    assert asking.is_examined(audit)


def test_starts_again_what_failed(cast):
    first = audits.start_monthly(by=SYSTEM, at=cast.at)
    assert first is not None
    Job.objects.filter(pk=first.pk).update(error_code="broken")
    again = audits.start_monthly(by=SYSTEM, at=cast.at + DAY)
    assert again is not None
    assert Audit.objects.count() == 1


def test_finds_the_alarms_of_its_period(cast):
    agent, officer = cast.agent(), cast.officer()
    trail.record(
        get("approvals.self_approval"), by=agent, at=cast.at, facts={"proposal": "x", "proposal_kind": "y"}
    )
    today = audits.start_by_hand(since=cast.at - DAY, until=cast.at + DAY, by=officer, at=cast.at)
    carry_out(today)
    assert Finding.objects.get().code == "approvals.self_approval"
    audits.start_by_hand(since=cast.at - DAY, until=cast.at + DAY, by=officer, at=trail.clock())
    carry_out(today)
    assert Finding.objects.count() == Audit.objects.count() == 1


def test_is_signed_when_every_finding_is_decided_or_owned(cast):
    officer, agent, head = cast.officer(), cast.agent(), cast.person(HEAD)
    audit = examined(cast.at)
    explained = one(agent, last_month(cast.at), seen_at=cast.at)
    taken = one(agent, last_month(cast.at), seen_at=cast.at, detector="bulk")
    acts.explain(explained.pk, words="值班", by=officer, at=cast.at)
    with pytest.raises(NotSigned, match="open") as refused:
        audits.sign(audit.pk, by=officer, at=cast.at)
    assert refused.value.number == 1
    cases.take(taken.pk, due_at=cast.at + DAY, by=officer, at=cast.at)
    start = last_event()
    signed = audits.sign(audit.pk, by=officer, at=cast.at)
    assert kinds_since(start) == ["audit.signed"]
    assert signed.signed_by_id == officer.id
    assert digest_of(signed) == signed.digest
    told = Notification.objects.filter(code="audit_signed")
    assert [note.person_id for note in told] == [head.id]
    assert agent.name not in str(told[0].params)
    with pytest.raises(NotSigned, match="signed"):
        audits.sign(audit.pk, by=officer, at=cast.at)


def test_is_not_signed_while_an_owner_has_left(cast):
    officer, other = cast.officer(), cast.officer()
    audit = examined(cast.at)
    taken = one(cast.agent(), last_month(cast.at), seen_at=cast.at)
    cases.take(taken.pk, due_at=cast.at + DAY, by=other, at=cast.at)
    Person.objects.filter(pk=other.id).update(left_at=cast.at)
    with pytest.raises(NotSigned, match="open"):
        audits.sign(audit.pk, by=officer, at=cast.at + SECOND)


def test_is_not_signed_by_whom_it_is_about(cast):
    officer, head = cast.officer(), cast.person(HEAD)
    audit = examined(cast.at)
    own = one(officer, last_month(cast.at), seen_at=cast.at)
    acts.explain(own.pk, words="核实", by=head, at=cast.at)
    with pytest.raises(NotSigned, match="own"):
        audits.sign(audit.pk, by=officer, at=cast.at)
    assert audits.sign(audit.pk, by=head, at=cast.at).signed_by_id == head.id, (
        "who signs for the only officer"
    )


def test_is_not_signed_before_its_end_unexamined_or_with_an_old_factor(cast):
    officer = cast.officer()
    today = audits.start_by_hand(since=cast.at - DAY, until=cast.at + DAY, by=officer, at=cast.at)
    with pytest.raises(NotSigned, match="not_over"):
        audits.sign(today.pk, by=officer, at=cast.at)
    past = audits.start_by_hand(since=cast.at - 2 * DAY, until=cast.at - DAY, by=officer, at=cast.at)
    with pytest.raises(NotSigned, match="not_examined"):
        audits.sign(past.pk, by=officer, at=cast.at)
    with pytest.raises(StepUpNeeded):
        audits.sign(past.pk, by=later(officer, 600), at=cast.at)
    for by in (cast.agent(), cast.person(AUDITOR)):
        with pytest.raises(audits.NotAllowed):
            audits.sign(past.pk, by=by, at=cast.at)
        with pytest.raises(audits.NotAllowed):
            audits.start_by_hand(since=cast.at - DAY, until=cast.at, by=by, at=cast.at)


def test_shows_later_findings_as_later(cast):
    officer, agent = cast.officer(), cast.agent()
    audit = examined(cast.at)
    one(agent, last_month(cast.at), seen_at=cast.at)
    (row,) = Finding.objects.all()
    acts.explain(row.pk, words="值班", by=officer, at=cast.at)
    signed = audits.sign(audit.pk, by=officer, at=cast.at)
    with pytest.raises(SignedMeanwhile):
        found(agent, last_month(cast.at), seen_at=cast.at, detector="bulk")
    one(agent, last_month(cast.at), seen_at=cast.at + SECOND, detector="bulk")
    standing = asking.standing(signed, cast.at + SECOND)
    assert (standing.later, standing.found, standing.unowned) == (1, 2, 1)
    assert digest_of(signed) == signed.digest
    assert findings.of_audit(signed, cast.at).count() == 1


def test_is_acknowledged_once_by_those_it_was_sent_to(cast):
    officer, supervisor, late = cast.officer(), cast.supervisor(), None
    audit = examined(cast.at)
    audits.sign(audit.pk, by=officer, at=cast.at)
    late = cast.supervisor()
    start = last_event()
    done = audits.acknowledge(audit.pk, by=supervisor, at=cast.at + SECOND)
    assert (done.department, done.acknowledged_at) == ("north", cast.at + SECOND)
    assert kinds_since(start) == ["audit.acknowledged"]
    for by in (supervisor, late):
        with pytest.raises(AuditResult.DoesNotExist):
            audits.acknowledge(audit.pk, by=by, at=cast.at + SECOND)
    with pytest.raises(audits.NotAllowed):
        audits.acknowledge(audit.pk, by=officer, at=cast.at)


def test_signature_is_never_rewritten(cast):
    audit = examined(cast.at)
    audits.sign(audit.pk, by=cast.officer(), at=cast.at)
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(signed_by_name="其他人")


def test_looks_hourly_from_the_day_of_the_last_look(cast):
    first = run.start_hourly(by=SYSTEM, at=cast.at)
    assert run.start_hourly(by=SYSTEM, at=cast.at) is None, "one is under way"
    assert first is not None
    running.run(first.pk, run.look_hourly)
    second = run.start_hourly(by=SYSTEM, at=cast.at + DAY)
    assert second is not None
    since, until = second.parameters["since"], first.parameters["until"]
    assert datetime.fromisoformat(str(since)) <= datetime.fromisoformat(str(until))
