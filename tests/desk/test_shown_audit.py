"""What the lines of findings say beside their state: that a finding came back, or that its pattern is put aside."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from audit.queries import findings
from audit.services import cases, suppressions
from audit.services import findings as acts
from desk.shown_audit import finding_lines
from tests.audit.finding import DETECTOR, found, one

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def marks(about, at, language="en") -> list[tuple[str, ...]]:
    """Give the marks of a person's findings, the last turn first."""
    rows = findings.findings(at).filter(person=about.id).order_by("-turn")
    with translation.override(language):
        return [line.marks for line in finding_lines(findings.standing(rows, at))]


def test_marks_nothing_on_a_finding_that_is_new_or_only_seen_again(cast):
    agent = cast.agent()
    one(agent, cast.at)
    found(agent, cast.at, score=4.0, seen_at=cast.at + MINUTE)
    assert marks(agent, cast.at + MINUTE) == [()]


def test_marks_a_finding_whose_case_was_opened_again_until_it_is_decided(cast):
    agent, officer = cast.agent(), cast.officer()
    row = one(agent, cast.at)
    case = cases.take(row.pk, due_at=cast.at + 7 * DAY, by=officer, at=cast.at)
    cases.decide(case.pk, decision="explained", words="值班", by=officer, at=cast.at + MINUTE)
    cases.reopen(case.pk, reason="又出现一次", by=officer, at=cast.at + 2 * MINUTE)
    assert marks(agent, cast.at + MINUTE) == [()], "the past stays what it was"
    assert marks(agent, cast.at + 2 * MINUTE) == [("case opened again",)]
    assert marks(agent, cast.at + 2 * MINUTE, "zh-hans") == [("调查已重新打开",)]
    cases.decide(case.pk, decision="violation", words="无业务需要", by=officer, at=cast.at + 3 * MINUTE)
    assert marks(agent, cast.at + 3 * MINUTE) == [()]


def test_marks_what_is_found_again_after_a_decision_with_the_number_of_times(cast):
    agent, officer, at = cast.agent(), cast.officer(), cast.at
    row = one(agent, at, first=at - MINUTE)
    for _ in range(2):
        acts.explain(row.pk, words="值班", by=officer, at=at)
        at += MINUTE
        row = one(agent, at, first=cast.at - MINUTE)  # in the same month, whatever the hour
    assert marks(agent, at) == [
        ("found again, 3 times in all",),
        ("found again, 2 times in all",),
        (),
    ]


def test_marks_until_when_a_pattern_is_put_aside_and_that_it_ended_early(cast):
    agent, officer = cast.agent(), cast.officer()
    until = cast.at + 3 * DAY
    made = suppressions.suppress(
        DETECTOR, person=agent.id, reason="夜班试点", until=until, by=officer, at=cast.at
    )
    one(agent, cast.at + MINUTE)
    one(agent, cast.at + MINUTE, detector="bulk")
    said = f"put aside until {timezone.localdate(until):%Y-%m-%d}"
    assert sorted(marks(agent, cast.at + MINUTE)) == [(), (said,)]
    ended = cast.at + DAY
    suppressions.end(made.pk, by=officer, at=ended)
    said = f"put aside until {timezone.localdate(ended):%Y-%m-%d}"
    assert sorted(marks(agent, ended)) == [(), (said,)]
