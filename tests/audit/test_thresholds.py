"""Thresholds and working hours: superseded by two signatures, never edited; what is shipped is data."""

import pytest
from django.db import DatabaseError, transaction

from approvals import services as approvals
from approvals.registry import CannotApply
from approvals.services import NotSigned
from audit import events
from audit.detectors import registry
from audit.models import DetectorLimit, WorkingHours
from audit.queries.hours import HOUSE, Hours, hours_by_department
from audit.queries.quality import measured
from audit.services import thresholds
from audit.shipped import install_hours, install_limits
from staff.models import Department
from staff.roles import AUDITOR, SECURITY
from staff.services.people import NotAllowed
from tests.access.cast import kinds_since, last_event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def guards(cast):
    return cast.officer(), cast.person(SECURITY)


def change(cast, by, **values):
    return thresholds.propose_thresholds("off_hours", values, reason="收紧", by=by, at=cast.at)


def sign(cast, made, by):
    return approvals.approve(made.pk, seen_hash=made.content_hash, by=by, at=cast.at)


def test_ships_every_threshold_and_the_hours_of_the_house():
    assert {(row.detector, row.name): row.value for row in DetectorLimit.objects.all()} == {
        (one.code, limit.name): limit.value for one in registry.every() for limit in one.limits
    }
    assert (install_limits(), install_hours()) == (0, 0)
    assert WorkingHours.objects.get().department == ""


def test_a_change_counts_from_the_second_signature(cast, guards):
    officer, security = guards
    made = change(cast, officer, customers=20, logins=4)
    assert registry.thresholds(cast.at)["off_hours"]["customers"] == 12
    with pytest.raises(NotSigned):
        sign(cast, made, officer)
    start = last_event()
    sign(cast, made, security)
    assert events.THRESHOLDS_CHANGED.code in kinds_since(start)
    assert registry.thresholds(cast.at)["off_hours"] == {"customers": 20, "logins": 4, "grace": 60}
    rows = DetectorLimit.objects.filter(detector="off_hours", name="customers").order_by("number")
    assert [(row.value, row.until) for row in rows] == [(12, cast.at), (20, None)]
    assert DetectorLimit.objects.filter(detector="off_hours", name="logins").count() == 1


def test_the_security_manager_proposes_and_the_officer_signs(cast, guards):
    officer, security = guards
    sign(cast, change(cast, security, customers=20), officer)
    assert registry.thresholds(cast.at)["off_hours"]["customers"] == 20


def test_two_proposals_about_one_threshold_do_not_both_count(cast, guards):
    officer, security = guards
    first, second = change(cast, officer, customers=20), change(cast, officer, customers=30)
    sign(cast, first, security)
    with pytest.raises(NotSigned):
        sign(cast, second, security)
    assert registry.thresholds(cast.at)["off_hours"]["customers"] == 20


def test_refuses_what_cannot_be(cast, guards):
    officer, _security = guards
    for values, code in (
        ({"customers": 12}, "nothing_changes"),
        ({"customers": 0.5}, "threshold_bad"),
        ({"customers": float("nan")}, "threshold_bad"),
        ({"unknown": 5}, "threshold_bad"),
    ):
        with pytest.raises(CannotApply, match=code):
            change(cast, officer, **values)
    with pytest.raises(NotAllowed):
        change(cast, cast.person(AUDITOR), customers=20)


@pytest.mark.parametrize("model", [DetectorLimit, WorkingHours])
def test_the_database_lets_nobody_edit_or_delete(model):
    column = "value" if model is DetectorLimit else "closes"
    for act in (lambda: model.objects.update(**{column: 1}), lambda: model.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_hours_are_those_of_the_nearest_department_above(cast, guards):
    officer, security = guards
    Department.objects.create(code="deep", name="deep", parent=cast.departments["north"])
    made = thresholds.propose_hours(
        "north", opens=480, closes=1320, every_day=True, reason="热线", by=officer, at=cast.at
    )
    sign(cast, made, security)
    found = hours_by_department(cast.at)
    assert found["deep"] == found["north"] == Hours(480, 1320, True)
    assert found["south"] == found[HOUSE] == Hours(510, 1080, False)


def test_hours_begin_and_end_on_half_hours_of_a_known_department(cast, guards):
    officer, _security = guards
    for department, opens, closes, code in (
        ("north", 485, 1080, "hours_bad"),
        ("north", 480, 480, "hours_bad"),
        ("nowhere", 480, 1080, "unknown_department"),
        ("", 510, 1080, "nothing_changes"),
    ):
        with pytest.raises(CannotApply, match=code):
            thresholds.propose_hours(
                department, opens=opens, closes=closes, every_day=False, reason="x", by=officer, at=cast.at
            )


def test_ships_figures_for_every_detector():
    assert set(measured()) == {one.code for one in registry.every()}
