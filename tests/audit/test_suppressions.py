"""Patterns put aside: with a reason, until a day, never an own one, and never out of sight."""

from datetime import timedelta

import pytest

from audit import detecting
from audit.queries import findings
from audit.services import suppressions
from audit.services.suppressions import NotSuppressed
from staff.step_up import StepUpNeeded
from tests.access.cast import kinds_since, last_event, later
from tests.audit.finding import DETECTOR, found

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def suppress(cast, by, **more):
    given = {"reason": "夜班试点", "until": cast.at + 3 * DAY}
    return suppressions.suppress(DETECTOR, by=by, at=cast.at, **given | more)


def state_at(about, at) -> str:
    found(about, at)
    return str(findings.findings(at).filter(person=about.id).latest("day", "turn").state)


def test_is_shown_as_put_aside_until_its_day(cast):
    agent, officer = cast.agent(), cast.officer()
    start = last_event()
    suppress(cast, officer, person=agent.id)
    assert kinds_since(start) == ["suppression.made"]
    assert state_at(agent, cast.at + DAY) == findings.SUPPRESSED
    assert state_at(agent, cast.at + 3 * DAY - SECOND) == findings.SUPPRESSED
    assert state_at(agent, cast.at + 4 * DAY) == findings.OPEN
    assert state_at(cast.agent(), cast.at + DAY) == findings.OPEN


def test_ends_early(cast):
    agent, officer = cast.agent(), cast.officer()
    made = suppress(cast, officer, person=agent.id)
    assert suppressions.end(made.pk, by=officer, at=cast.at + SECOND)
    assert not suppressions.end(made.pk, by=officer, at=cast.at + SECOND)
    assert state_at(agent, cast.at + DAY) == findings.OPEN


def test_covers_a_department_but_never_its_maker(cast):
    agent, officer, elsewhere = cast.agent(), cast.officer(), cast.agent(department="south")
    suppress(cast, officer, department="north")
    assert state_at(agent, cast.at) == findings.SUPPRESSED
    assert state_at(elsewhere, cast.at) == findings.OPEN
    assert state_at(officer, cast.at) == findings.OPEN


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"until": timedelta(0)}, "bad_until"),
        ({"until": timedelta(days=400)}, "bad_until"),
        ({"department": "nowhere"}, "unknown"),
    ],
)
def test_refuses_what_has_no_end_or_no_meaning(cast, more, code):
    if "until" in more:
        more = {"until": cast.at + more["until"]}
    with pytest.raises(NotSuppressed, match=code):
        suppress(cast, cast.officer(), **more)


def test_refuses_an_own_pattern_and_other_roles(cast):
    officer = cast.officer()
    with pytest.raises(NotSuppressed, match="own"):
        suppress(cast, officer, person=officer.id)
    with pytest.raises(NotSuppressed, match="not_yours"):
        suppress(cast, cast.supervisor())
    with pytest.raises(StepUpNeeded):
        suppress(cast, later(officer, 600))


def test_refuses_alarms(cast):
    with pytest.raises(NotSuppressed, match="unknown"):
        suppressions.suppress(
            "break_glass.used", reason="x", until=cast.at + DAY, by=cast.officer(), at=cast.at
        )
    assert detecting.every()
