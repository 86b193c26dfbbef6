"""Detectors on the desk: what is looked for, how well, and the proposals of other thresholds and hours."""

import pytest

from approvals.models import Proposal
from audit.detectors import registry
from staff.roles import AUDITOR, SECURITY
from tests.desk.at_work import browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_lists_every_detector_with_its_thresholds_and_figures(cast):
    words = text(browser(cast.person(AUDITOR)).get("/detectors/"))
    for detector in registry.every():
        assert f"/detectors/{detector.code}/" in words
    assert "非工作时间访问" in words
    assert "08:30–18:00" in words
    assert "/detectors/hours/" not in words


def test_shows_one_detector_with_the_versions_of_its_thresholds(cast):
    client = browser(cast.person(AUDITOR))
    words = text(client.get("/detectors/off_hours/"))
    assert "非工作时间登录的次数" in words
    assert 'name="reason"' not in words
    assert client.get("/detectors/nothing/").status_code == 404
    assert client.post("/detectors/off_hours/", {}).status_code == 404


def test_the_officer_proposes_other_thresholds(cast):
    cast.person(SECURITY)
    client = browser(cast.officer())
    form = {"customers": "20", "logins": "4", "grace": "60", "reason": "误报太多"}
    assert client.post("/detectors/off_hours/", form).status_code == 302
    assert Proposal.objects.get().content["values"] == {"customers": 20.0}
    refused = client.post("/detectors/off_hours/", form | {"customers": "12"})
    assert refused.status_code == 422
    assert client.post("/detectors/off_hours/", form | {"customers": "0"}).status_code == 422


def test_the_officer_proposes_working_hours(cast):
    cast.person(SECURITY)
    client = browser(cast.officer())
    assert client.get("/detectors/hours/").status_code == 200
    form = {"department": "north", "opens": "480", "closes": "1320", "every_day": "on", "reason": "热线"}
    assert client.post("/detectors/hours/", form).status_code == 302
    assert Proposal.objects.get().content["closes"] == 1320
    same = client.post("/detectors/hours/", form | {"closes": "480"})
    assert same.status_code == 422
    assert "不能相同" in text(same)
