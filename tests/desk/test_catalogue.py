"""The information catalogue: every field with its label, and what nobody here has confirmed yet."""

from datetime import timedelta

import pytest

from classification.queries import catalogue
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import kinds_since, last_event
from tests.access.signing import sign_field
from tests.desk.at_work import browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

CODE = "<code>{}</code>".format


def page(client, **asked) -> str:
    answer = client.get("/catalogue/", asked)
    assert answer.status_code == 200
    return text(answer)


def in_english(actor):
    client = browser(actor)
    client.cookies["django_language"] = "en"
    return client


def test_lists_every_field_by_its_label(cast) -> None:
    words = page(browser(cast.officer()))
    known = catalogue(cast.at)
    assert len(known.fields) >= 30
    for spec in known.fields:
        assert CODE(spec.code) in words
    assert "L3-证件号码" in words
    for number in (1, 2, 3, 4):
        assert f'id="L{number}"' in words


def test_says_how_many_stand_as_shipped(cast) -> None:
    unconfirmed = sum(not spec.confirmed for spec in catalogue(cast.at).fields)
    assert str(unconfirmed) in page(browser(cast.officer())).split("</h1>")[1][:600]


def test_speaks_english(cast) -> None:
    words = page(in_english(cast.officer()))
    assert "Information catalogue" in words
    assert "shipped, not yet confirmed by you" in words
    assert "from the end of the relationship" in words


def test_says_who_signed_and_when_it_is_due_again(cast) -> None:
    head = cast.person(HEAD)
    sign_field("mobile", {HEAD: head, OFFICER: cast.officer()}, cast.at - timedelta(days=400))
    words = page(in_english(cast.officer()))
    assert head.name in words
    assert "version 2" in words
    assert "overdue since" in words
    assert "The review of 1 field is overdue." in words


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"level": "3"}, "mobile", "city"),
        ({"category": "basic"}, "full_name", "resident_id"),
        ({"name": "手机"}, "mobile", "city"),
        ({"name": "L3-证件"}, "resident_id", "mobile"),
        ({"name": "Mobile"}, "mobile", "city"),
        ({"state": "unconfirmed"}, "city", "mobile"),
        ({"state": "overdue"}, "mobile", "city"),
        ({"level": "9", "category": "none", "state": "none"}, "mobile", None),
    ],
)
def test_shows_what_is_asked_for(cast, asked, there, gone) -> None:
    sign_field("mobile", {HEAD: cast.person(HEAD), OFFICER: cast.officer()}, cast.at - timedelta(days=400))
    words = page(browser(cast.officer()), **asked)
    assert CODE(there) in words
    assert gone is None or CODE(gone) not in words


def test_says_in_words_what_is_filtered(cast) -> None:
    words = page(in_english(cast.officer()), level="3", name="resident_id")
    assert "Only: L3, named like “resident_id”. 1 field." in words


def test_says_so_when_nothing_is_like_that(cast) -> None:
    words = page(in_english(cast.officer()), name="<b>")
    assert "No field is like that" in words
    assert "<b>”" not in words


@pytest.mark.parametrize(("format", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_hands_the_whole_register_out(cast, format, begins) -> None:
    client, before = browser(cast.officer()), last_event()
    answer = client.post("/catalogue/download-register/", {"format": format})
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].endswith(f'.{format}"')
    assert "no-store" in answer["Cache-Control"]
    assert kinds_since(before) == ["register.downloaded"]


def test_knows_no_other_file(cast) -> None:
    before = last_event()
    assert (
        browser(cast.officer()).post("/catalogue/download-register/", {"format": "docx"}).status_code == 404
    )
    assert kinds_since(before) == []


def test_is_read_only_and_leads_the_officer_alone_to_the_names(cast) -> None:
    assert browser(cast.officer()).post("/catalogue/").status_code == 405
    assert browser(cast.officer()).get("/catalogue/download-register/").status_code == 405
    edit = "/admin/classification/field/"
    assert edit in page(browser(cast.officer()))
    assert edit not in page(browser(cast.person(AUDITOR)))


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_is_open_to_those_who_answer_for_fields(cast, role) -> None:
    answer = browser(cast.person(role)).get("/catalogue/")
    assert answer.status_code == (200 if role in {HEAD, OFFICER, SECURITY, AUDITOR} else 403)
