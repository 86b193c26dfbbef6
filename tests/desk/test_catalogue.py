"""The information catalogue: every field with its label, and what nobody here has confirmed yet."""

import pytest

from classification.queries import catalogue
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.desk.at_work import browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_lists_every_field_by_its_label(cast) -> None:
    words = text(browser(cast.officer()).get("/catalogue/"))
    known = catalogue(cast.at)
    assert len(known.fields) >= 30
    for spec in known.fields:
        assert f"<code>{spec.code}</code>" in words
    assert "L3-证件号码" in words
    for number in (1, 2, 3, 4):
        assert f'id="L{number}"' in words


def test_says_how_many_stand_as_shipped(cast) -> None:
    unconfirmed = sum(not spec.confirmed for spec in catalogue(cast.at).fields)
    assert str(unconfirmed) in text(browser(cast.officer()).get("/catalogue/")).split("</h1>")[1][:600]


def test_speaks_english(cast) -> None:
    client = browser(cast.officer())
    client.cookies["django_language"] = "en"
    words = text(client.get("/catalogue/"))
    assert "Information catalogue" in words
    assert "shipped default" in words


def test_is_read_only_and_leads_the_officer_alone_to_the_names(cast) -> None:
    assert browser(cast.officer()).post("/catalogue/").status_code == 405
    edit = "/admin/classification/field/"
    assert edit in text(browser(cast.officer()).get("/catalogue/"))
    assert edit not in text(browser(cast.person(AUDITOR)).get("/catalogue/"))


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_is_open_to_those_who_answer_for_fields(cast, role) -> None:
    answer = browser(cast.person(role)).get("/catalogue/")
    assert answer.status_code == (200 if role in {HEAD, OFFICER, SECURITY, AUDITOR} else 403)
