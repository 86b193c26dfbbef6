"""Cases: owner, clock, notes, decision; nobody works on a case about themselves; nothing in it is lost."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from access.events import CUSTOMER_OPENED
from audit.models import Case, CaseEntry, Finding
from audit.queries import cases as asking
from audit.queries import findings
from audit.services import case_reading, cases
from audit.services.cases import NotDone
from audit.services.findings import NotDecided
from files.models import SealedText
from staff.models import Notification
from staff.roles import AUDITOR
from tests.access.cast import kinds_since, last_event
from tests.audit.finding import one
from tests.papers import PNG
from trail import services as trail
from trail.exposed import LISTED, Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


def take(row, by, at) -> Case:
    return cases.take(row.pk, due_at=at + WEEK, by=by, at=at)


def stands(case: Case, at):
    (standing,) = asking.standing(asking.cases(at).filter(pk=case.pk), at)
    return standing


def test_is_opened_with_an_owner_and_a_clock(cast):
    agent, officer, start = cast.agent(), cast.officer(), last_event()
    row = one(agent, cast.at)
    case = take(row, officer, cast.at)
    assert kinds_since(start) == ["finding.opened", "case.opened"]
    held = stands(case, cast.at)
    assert (held.owner, held.due_at, held.state) == (officer.id, cast.at + WEEK, "open")
    assert stands(case, cast.at + WEEK).state == "late"
    assert findings.findings(cast.at).get(pk=row.pk).state == findings.IN_CASE
    with pytest.raises(NotDecided, match="not_open"):
        take(row, officer, cast.at)


def test_tells_its_story_from_first_to_last(cast):
    agent, officer, other = cast.agent(), cast.officer(), cast.officer(department="south")
    row, more = one(agent, cast.at), one(agent, cast.at, detector="bulk")
    start = last_event()
    case = take(row, officer, cast.at)
    cases.join(more.pk, case.pk, by=officer, at=cast.at)
    cases.note(case.pk, words="已与本人谈话", by=officer, at=cast.at)
    cases.attach(case.pk, content=PNG, by=officer, at=cast.at)
    cases.move_due(case.pk, due_at=cast.at + 2 * WEEK, reason="等考勤", by=officer, at=cast.at)
    cases.hand(case.pk, to=other.id, by=officer, at=cast.at)
    cases.decide(case.pk, decision="violation", words="无业务需要", by=other, at=cast.at)
    assert kinds_since(start) == [
        "case.opened", "case.joined", "case.noted", "files.put", "case.attached", "case.due_moved", "case.handed",
        "case.decided",
    ]  # fmt: skip
    held = stands(case, cast.at)
    assert (held.owner, held.due_at, held.decision, held.state) == (
        other.id, cast.at + 2 * WEEK, "violation", "closed",
    )  # fmt: skip
    assert set(findings.findings(cast.at).values_list("state", flat=True)) == {"violation"}
    assert Event.objects.latest("id").facts["findings"] == 2
    assert Notification.objects.filter(code="case_handed", person_id=other.id).exists()


def test_words_and_files_are_for_those_who_decide(cast, django_capture_on_commit_callbacks):
    agent, officer, auditor = cast.agent(), cast.officer(), cast.person(AUDITOR)
    case = take(one(agent, cast.at), officer, cast.at)
    cases.note(case.pk, words="已与本人谈话", by=officer, at=cast.at)
    cases.attach(case.pk, content=PNG, by=officer, at=cast.at)
    start = last_event()
    read = case_reading.read(case.pk, by=officer, at=cast.at)
    assert list(read.words.values()) == ["已与本人谈话"]
    assert kinds_since(start) == ["case.read"]
    file = CaseEntry.objects.get(kind="attached")
    copy = case_reading.attachment(case.pk, file.pk, by=officer, at=cast.at)
    assert (copy.media_type, copy.content != PNG) == ("image/png", True)
    assert case_reading.read(case.pk, by=auditor, at=cast.at).words == {}
    for by in (auditor, agent):
        with pytest.raises(Case.DoesNotExist):
            case_reading.attachment(case.pk, file.pk, by=by, at=cast.at)
    with pytest.raises(Case.DoesNotExist):
        case_reading.read(case.pk, by=agent, at=cast.at)


def test_is_closed_to_whom_it_is_about(cast):
    officer, other = cast.officer(), cast.officer()
    row = one(officer, cast.at)
    with pytest.raises(NotDecided, match="not_yours"):
        take(row, officer, cast.at)
    case = take(row, other, cast.at)
    with pytest.raises(Case.DoesNotExist):
        case_reading.read(case.pk, by=officer, at=cast.at)
    for act in (
        lambda: cases.note(case.pk, words="x", by=officer, at=cast.at),
        lambda: cases.decide(case.pk, decision="explained", words="x", by=officer, at=cast.at),
    ):
        with pytest.raises(NotDone, match="not_yours"):
            act()
    with pytest.raises(NotDone, match="bad_owner"):
        cases.hand(case.pk, to=officer.id, by=other, at=cast.at)


def test_takes_no_finding_about_whoever_worked_on_it(cast):
    agent, officer, other = cast.agent(), cast.officer(), cast.officer()
    case = take(one(agent, cast.at), officer, cast.at)
    own = one(officer, cast.at)
    with pytest.raises(DatabaseError, match="about themselves"), transaction.atomic():
        cases.join(own.pk, case.pk, by=other, at=cast.at)


def test_database_lets_nobody_decide_about_themselves(cast):
    officer, other = cast.officer(), cast.officer()
    case = take(one(officer, cast.at), other, cast.at)
    with pytest.raises(DatabaseError, match="about themselves"), transaction.atomic():
        CaseEntry.objects.create(
            case=case, at=cast.at, kind="decided", by_id=officer.id, decision="explained", text=officer.id
        )


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_refuses_a_clock_that_is_none(cast, days):
    row = one(cast.agent(), cast.at)
    with pytest.raises(NotDone, match="bad_due"):
        cases.take(row.pk, due_at=cast.at + timedelta(days=days), by=cast.officer(), at=cast.at)


def test_opens_again_and_keeps_what_was_decided(cast):
    officer = cast.officer()
    case = take(one(cast.agent(), cast.at), officer, cast.at)
    cases.decide(case.pk, decision="explained", words="误报", by=officer, at=cast.at)
    with pytest.raises(NotDone, match="closed"):
        cases.note(case.pk, words="x", by=officer, at=cast.at)
    again = cast.at + SECOND
    cases.reopen(case.pk, reason="又出现一次", by=officer, at=again)
    assert stands(case, again).state == "open"
    assert stands(case, cast.at).state == "closed", "the past stays what it was"
    with pytest.raises(NotDone, match="open"):
        cases.reopen(case.pk, reason="x", by=officer, at=again)


def test_entries_are_never_changed_or_deleted(cast):
    case = take(one(cast.agent(), cast.at), cast.officer(), cast.at)
    for change in (
        lambda: CaseEntry.objects.filter(case=case).update(by_name="其他人"),
        lambda: CaseEntry.objects.filter(case=case).delete(),
        lambda: Finding.objects.filter(case=case).update(case=None, joined_at=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_its_words_name_the_customers_of_the_events_that_show_it(cast):
    agent, officer, customer = cast.agent(), cast.officer(), cast.customer()
    shown = [Exposed(customer.ref, LISTED)]
    event = trail.record(CUSTOMER_OPENED, by=agent, at=cast.at, facts={"held": []}, exposures=shown)
    row = one(agent, cast.at, events=[event.event])
    case = take(row, officer, cast.at)
    cases.note(case.pk, words="与该客户有关", by=officer, at=cast.at)
    assert SealedText.objects.get(about="case.noted").concerns == [customer.ref]
