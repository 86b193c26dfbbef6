"""The organisation on the desk: read by those who govern, written by two roles, first of the set-up list."""

from datetime import timedelta

import pytest
from django.urls import reverse

from desk import setup
from staff.queries import organisation
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import browser, text
from tests.staff.company import set_facts

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

SAID = {
    "name_zh": "示例公司",
    "name_en": "Example Ltd.",
    "address": "示例市示例路1号",
    "email": "privacy@example.com",
    "phone": "400-000-0000",
    "officer_name": "示例",
    "officer_contact": "officer@example.com",
    "officer_id": "",
    "officer_filed_on": "2026-01-05",
}
PAGE, SET = "/organisation/", "/organisation/set/"


@pytest.mark.parametrize("role", [SECURITY, OFFICER])
def test_is_written_down_and_shown_to_those_who_govern(cast: Cast, role: str) -> None:
    person = cast.person(role)
    officer = cast.officer()
    answer = browser(person).post(SET, SAID | {"officer_id": str(officer.id)})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    found = organisation()
    assert found is not None
    assert (found.name_zh, found.officer_id) == ("示例公司", officer.id)
    for reader in (HEAD, AUDITOR):
        words = text(browser(cast.person(reader)).get(PAGE))
        assert "privacy@example.com" in words
        assert "2026-01-05" in words
        assert officer.number in words
        assert SET not in words, "a reader is offered no form"
    again = text(browser(person).get(PAGE))
    assert 'value="Example Ltd."' in again


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, ANALYST, CUSTODIAN])
def test_is_closed_to_those_who_do_not_govern(cast: Cast, role: str) -> None:
    client = browser(cast.person(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(SET, SAID).status_code == 403
    assert organisation() is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [("name_en", ""), ("email", "nobody"), ("officer_contact", ""), ("officer_filed_on", "yesterday")],
)
def test_says_what_is_missing_and_keeps_what_was_typed(cast: Cast, name: str, typed: str) -> None:
    answer = browser(cast.person(SECURITY)).post(SET, SAID | {name: typed})
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    assert 'value="示例公司"' in text(answer)
    assert organisation() is None


def test_an_account_is_a_data_security_officers(cast: Cast) -> None:
    agent = cast.person(AGENT)
    assert browser(cast.person(SECURITY)).post(SET, SAID | {"officer_id": str(agent.id)}).status_code == 422


def test_asks_for_a_fresh_factor(cast: Cast) -> None:
    tired = browser(cast.person(SECURITY))
    set_facts(tired, factor_at=cast.at - timedelta(minutes=6))
    answer = tired.post(SET, SAID)
    assert (answer.status_code, answer["Location"]) == (303, "/session/step-up/")
    assert organisation() is None


def test_is_a_step_of_setting_up_until_it_is_said(cast: Cast) -> None:
    manager = cast.person(SECURITY)
    first = setup.steps(manager, cast.at)[0]
    assert (first.url, first.done) == (reverse("desk:organisation"), False)
    browser(manager).post(SET, SAID)
    assert setup.steps(manager, cast.at)[0].done


def test_speaks_english(cast: Cast) -> None:
    client = browser(cast.person(SECURITY))
    client.cookies["django_language"] = "en"
    words = text(client.get(PAGE))
    assert "Nobody has said yet who you are" in words
    assert "Responsible officer" in words
