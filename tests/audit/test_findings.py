"""Findings: opened once, however often they are found; looked at on record; explained by somebody else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit import deciding
from audit.models import Finding, Sighting
from audit.queries import findings
from audit.services import alarms, case_reading
from audit.services import findings as acts
from audit.services.findings import NotDecided
from desk import problems
from staff.models import Notification
from staff.roles import AUDITOR, HEAD
from tests.access.cast import kinds_since, last_event
from tests.audit.finding import SYSTEM, found, one
from trail import services as trail
from trail.actor import Actor
from trail.models import Event
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SECOND = timedelta(seconds=1)


def state_of(row: Finding, at) -> str:
    return findings.findings(at).get(pk=row.pk).state


def alarm(by: Actor, at, kind="approvals.self_approval") -> int:
    facts = {"proposal": "x", "proposal_kind": "y"}
    return trail.record(get(kind), by=by, at=at, facts=facts).event


def test_opens_one_finding_for_what_is_found_again(cast):
    agent, start = cast.agent(), last_event()
    row = one(agent, cast.at)
    assert found(agent, cast.at) == []
    assert Finding.objects.count() == Sighting.objects.count() == 1
    assert kinds_since(start) == ["finding.opened"]
    assert state_of(row, cast.at) == findings.OPEN


def test_adds_a_look_where_more_is_seen(cast):
    agent = cast.agent()
    row = one(agent, cast.at)
    assert found(agent, cast.at, score=4.0, events=(1, 2, 3), seen_at=cast.at + SECOND) == []
    (standing,) = findings.standing(findings.findings(cast.at + SECOND), cast.at + SECOND)
    assert (standing.finding, standing.score, standing.sighting.events) == (row, 4.0, [1, 2, 3])
    (before,) = findings.standing(findings.findings(cast.at), cast.at)
    assert before.score == 1.5, "the past stays what it was"


def test_tells_months_people_and_detectors_apart(cast):
    one_agent, other = cast.agent(), cast.agent()
    for about, at, detector in (
        (one_agent, cast.at, "off_hours"),
        (one_agent, cast.at - timedelta(days=40), "off_hours"),
        (one_agent, cast.at, "bulk"),
        (other, cast.at, "off_hours"),
    ):
        one(about, at, detector=detector, seen_at=cast.at)
    assert Finding.objects.count() == 4


def test_is_unique_in_the_database(cast):
    row = one(cast.agent(), cast.at)
    with pytest.raises(IntegrityError, match="what is found again is the same finding"), transaction.atomic():
        Finding.objects.create(key=row.key, source="detector", code="x", day=row.day, found_at=cast.at)


def test_makes_a_finding_of_an_alarm_within_one_sweep(cast):
    agent, officer = cast.agent(), cast.officer()
    event = alarm(agent, cast.at)
    (row,) = alarms.sweep(by=SYSTEM, at=trail.clock())
    assert (row.source, row.code, row.event, row.person) == (
        "alarm",
        "approvals.self_approval",
        event,
        agent.id,
    )
    assert alarms.sweep(by=SYSTEM, at=trail.clock()) == []
    (told,) = Notification.objects.filter(code="alarm_found")
    assert (told.person_id, told.link) == (officer.id, f"/findings/{row.pk}/")


def test_makes_a_finding_about_nobody_of_a_reported_problem(cast):
    agent = cast.agent()
    problems.report("有人在群里发客户号码", page="", by=agent, at=cast.at)
    (row,) = alarms.sweep(by=SYSTEM, at=trail.clock())
    assert (row.source, row.person, row.number, row.name) == ("problem", None, "", "")


def test_records_who_read_the_evidence(cast):
    agent, officer = cast.agent(), cast.officer()
    event = alarm(agent, cast.at)
    (row,) = alarms.sweep(by=SYSTEM, at=trail.clock())
    start, at = last_event(), trail.clock()
    looked = acts.look(row.pk, by=officer, at=at)
    assert [shown.id for shown in looked.events] == [event]
    assert kinds_since(start) == ["finding.read"]
    assert Event.objects.latest("id").facts == {"finding": str(row.pk), "events": 1}


def test_shows_nothing_to_people_it_is_none_of_the_business_of(cast):
    agent, other = cast.agent(), cast.supervisor()
    row = one(agent, cast.at)
    for by in (agent, other):
        with pytest.raises(Finding.DoesNotExist):
            acts.look(row.pk, by=by, at=cast.at)
    assert acts.look(row.pk, by=cast.person(AUDITOR), at=cast.at).standing.finding == row


def test_is_explained_in_sealed_words(cast):
    agent, officer = cast.agent(), cast.officer()
    row, start = one(agent, cast.at), last_event()
    acts.explain(row.pk, words="那晚是值班", by=officer, at=cast.at)
    assert kinds_since(start) == ["finding.explained"]
    row.refresh_from_db()
    assert (row.decision, row.decided_by_id) == ("explained", officer.id)
    assert state_of(row, cast.at) == "explained"
    with pytest.raises(NotDecided, match="not_open"):
        acts.explain(row.pk, words="again", by=officer, at=cast.at)


def test_words_are_read_by_those_who_decide(cast):
    agent, officer = cast.agent(), cast.officer()
    row = one(agent, cast.at)
    acts.explain(row.pk, words="那晚是值班", by=officer, at=cast.at)
    row.refresh_from_db()
    assert case_reading.words_of_finding(row, by=cast.person(AUDITOR), at=cast.at) == ""


def test_refuses_to_be_explained_by_whom_it_is_about(cast):
    officer, agent = cast.officer(), cast.agent()
    row = one(officer, cast.at)
    for by in (officer, agent):
        with pytest.raises(NotDecided, match="not_yours"):
            acts.explain(row.pk, words="我自己", by=by, at=cast.at)
    acts.explain(row.pk, words="已核实", by=cast.officer(), at=cast.at)


def test_database_refuses_an_own_explanation(cast):
    officer = cast.officer()
    row = one(officer, cast.at)
    with pytest.raises(IntegrityError, match="nobody explains an own finding"), transaction.atomic():
        Finding.objects.filter(pk=row.pk).update(
            decision="explained", decided_at=cast.at, decided_by_id=officer.id, words=row.pk
        )


def test_lets_the_head_of_the_only_officer_decide(cast):
    officer, head, other_head = cast.officer(), cast.person(HEAD), cast.person(HEAD, department="south")
    row = one(officer, cast.at)
    assert deciding.deciders(officer.id, cast.at) == {head.id}
    with pytest.raises(NotDecided, match="not_yours"):
        acts.explain(row.pk, words="x", by=other_head, at=cast.at)
    acts.explain(row.pk, words="已核实", by=head, at=cast.at)


@pytest.mark.parametrize("change", [{"code": "other"}, {"person": None}, {"found_at": None}])
def test_is_never_rewritten_or_deleted(cast, change):
    row = one(cast.agent(), cast.at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Finding.objects.filter(pk=row.pk)._raw_delete("default")


def test_counts_by_age_and_state(cast):
    for days in (0, 3, 10, 40):
        one(cast.agent(), cast.at - timedelta(days=days))
    rows = findings.findings(cast.at)
    assert findings.by_age(rows, cast.at) == {"day": 1, "week": 1, "month": 1, "older": 1}
    for group in ("day", "week", "month", "older"):
        assert findings.of_age(rows, group, cast.at).count() == 1
    assert findings.by_state(rows)["open"] == 4
    assert findings.by_code(rows)["off_hours"]["open"] == 4


def test_opens_another_turn_for_what_goes_on_after_a_decision(cast):
    agent, officer, hour = cast.agent(), cast.officer(), timedelta(minutes=1)
    row = one(agent, cast.at)
    acts.explain(row.pk, words="值班", by=officer, at=cast.at)
    assert found(agent, cast.at, seen_at=cast.at + SECOND, score=9.0) == [], "nothing came after it"
    (again,) = found(agent, cast.at + hour, seen_at=cast.at + hour)
    assert (again.turn, again.key) == (2, row.key)
    assert found(agent, cast.at + hour, seen_at=cast.at + 2 * hour) == []


def test_does_not_tell_an_alarm_twice(cast):
    agent = cast.agent()
    event = alarm(agent, cast.at)
    alarms.sweep(by=SYSTEM, at=trail.clock())
    at = trail.clock()
    assert found(agent, at, detector="self_approval", events=(event,)) == []
    assert len(found(agent, at, detector="self_approval", events=(event, event + 1))) == 1
