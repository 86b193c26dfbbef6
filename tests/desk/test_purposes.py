"""Purposes on the desk: what each means, the proposals that two people sign, what no purpose needs any more."""

import pytest
from django.test import Client

from approvals.models import Proposal
from classification.models import PurposeVersion
from classification.purposes import purpose_at, purposes
from classification.queries import catalogue
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SURVEY = {
    "supersedes": "1",
    "basis": "consent",
    "retain_months": "7",
    "retain_from": "collection",
    "owner": "north",
    "field-city": "necessary",
    "field-plate": "optional",
    "scenarios": ["survey", "maintenance"],
    "reason": "按新业务调整",
}
NEW = SURVEY | {"code": "raffle", "name_zh": "抽奖活动", "name_en": "Raffle"}
END = {"supersedes": "1", "reason": "不再需要"}


@pytest.fixture
def officer(cast: Cast) -> Client:
    return browser(cast.officer())


@pytest.fixture
def head(cast: Cast) -> Client:
    return browser(cast.person(HEAD))


def sign(proposal: Proposal, *clients: Client) -> None:
    for client in clients:
        answer = client.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})
        assert answer.status_code == 302, text(answer)


def sent(client: Client, path: str, form) -> Proposal:
    answer = client.post(path, form)
    assert answer.status_code == 302, text(answer)
    return Proposal.objects.latest("proposed_at")


def errors(answer) -> str:
    assert answer.status_code == 422
    return text(answer).split("form-errors")[1][:400]


def leave_without(code: str) -> None:
    """End, as signed proposals would, whatever purpose needs a field."""
    for purpose in catalogue(clock()).get(code).purposes:
        PurposeVersion.objects.filter(purpose=purpose, until=None).update(until=clock())


def test_lists_every_purpose_in_words(officer) -> None:
    words = text(officer.get("/purposes/"))
    for spec in purposes(clock()).values():
        assert f'href="/purposes/{spec.code}/"' in words
        assert spec.name_zh in words
    assert "客户授权" in words
    assert "36 个月" in words
    assert "预置，尚未确认" in words


def test_shows_what_a_purpose_means_today(head) -> None:
    words = text(head.get("/purposes/registration/"))
    assert "必要" in words
    assert "手机" in words
    assert "预置，尚未确认" in words
    assert "提议终止" not in words


def test_an_unknown_purpose_is_not_found(officer) -> None:
    assert officer.get("/purposes/no_such/").status_code == 404
    assert officer.get("/purposes/no_such/change/").status_code == 404
    assert officer.post("/purposes/no_such/end/", END).status_code == 404


def test_the_form_begins_with_what_counts_today(officer) -> None:
    form = officer.get("/purposes/registration/change/").context["form"]
    spec = purpose_at("registration", clock())
    assert spec is not None
    chosen = {
        one.code: bound.value() for _level, fields in form.levels for one, bound in fields if bound.value()
    }
    assert chosen == dict(spec.fields)
    assert form["retain_months"].value() == spec.retain_months


def test_shows_line_by_line_what_would_change_before_anything_is_proposed(officer) -> None:
    answer = officer.post("/purposes/survey/change/", SURVEY | {"act": "preview"})
    words = text(answer)
    assert answer.status_code == 200
    assert "<ins>7</ins>" in words
    assert "<ins>不再需要</ins>" in words
    assert not Proposal.objects.exists()


def test_two_people_sign_and_the_purpose_counts_with_their_names(officer, head) -> None:
    made = sent(officer, "/purposes/survey/change/", SURVEY | {"act": "propose"})
    assert "按新业务调整" in text(head.get(f"/decisions/{made.pk}/"))
    assert "等待签署" in text(officer.get("/purposes/survey/"))
    sign(made, officer, head)
    spec = purpose_at("survey", clock())
    assert spec is not None
    assert (spec.retain_months, dict(spec.fields)) == (7, {"city": "necessary", "plate": "optional"})
    words = text(head.get("/purposes/survey/"))
    for one in made.signatures.all():
        assert str(one.signer_number) in words


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"basis": "contract"}, "理由"),
        ({"necessary_for_service": "on"}, "离不开"),
        ({"field-city": "", "field-plate": ""}, "至少选择一个信息项"),
        ({"field-surname": "optional"}, "姓名"),
        ({"supersedes": "9"}, "变"),
    ],
)
def test_says_in_words_why_a_change_is_refused(officer, form, said) -> None:
    answer = officer.post("/purposes/survey/change/", SURVEY | {"act": "propose"} | form)
    assert said in errors(answer)
    assert 'value="7"' in text(answer)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("form", [{"owner": "nowhere"}, {"retain_months": "0"}, {"roles": "king"}])
def test_puts_what_cannot_be_beside_its_field(officer, form) -> None:
    answer = officer.post("/purposes/survey/change/", SURVEY | {"act": "propose"} | form)
    assert answer.status_code == 422
    assert "field-error" in text(answer)


def test_a_new_purpose_is_proposed_with_names_in_both_languages(officer, head) -> None:
    assert "抽奖活动" in text(officer.post("/purposes/new/", NEW | {"act": "preview"}))
    made = sent(officer, "/purposes/new/", NEW | {"act": "propose"})
    sign(made, officer, head)
    assert "抽奖活动" in text(head.get("/purposes/"))
    assert "需求调研、日常维护" in text(head.get("/purposes/raffle/"))
    assert "raffle" in errors(officer.post("/purposes/new/", NEW | {"act": "propose"}))


@pytest.mark.parametrize("code", ["new", "without", "Raffle", "r"])
def test_refuses_a_code_that_no_page_could_have(officer, code) -> None:
    answer = officer.post("/purposes/new/", NEW | {"code": code, "act": "propose"})
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_an_end_says_what_it_leaves_and_lists_it_for_disposal(cast, officer, head) -> None:
    cast.customer(plate="京A12345")
    cast.customer(plate="京A00007")
    made = sent(officer, "/purposes/new/", NEW | {"act": "propose", "field-city": ""})
    sign(made, officer, head)
    for code in catalogue(clock()).get("plate").purposes:
        if code != "raffle":
            PurposeVersion.objects.filter(purpose=code, until=None).update(until=clock())
    words = text(officer.get("/purposes/raffle/"))
    assert "2 位客户有留存" in words.split("/purposes/raffle/end/")[0]
    made = sent(officer, "/purposes/raffle/end/", END)
    assert "车牌" in text(head.get(f"/decisions/{made.pk}/"))
    sign(made, officer, head)
    page = text(head.get("/purposes/without/"))
    assert "京A12345" not in page
    row = page.split("/catalogue/plate/")[2]
    assert ">2<" in row[:600]
    assert "已于" in text(officer.get("/purposes/raffle/"))
    assert "/purposes/raffle/" in text(officer.get("/purposes/")).split("终止时间")[1]


def test_the_officers_home_counts_what_is_held_without_a_purpose(cast, officer) -> None:
    assert "已无处理目的" in text(officer.get("/"))
    cast.customer(plate="京A12345")
    leave_without("plate")
    tile = text(officer.get("/")).split('href="/purposes/without/"')[1][:200]
    assert 'tile-number">0<' not in tile


def test_says_when_nothing_is_without_a_purpose(officer) -> None:
    assert "每个信息项都有处理目的" in text(officer.get("/purposes/without/"))


def test_an_end_needs_a_reason(officer) -> None:
    answer = officer.post("/purposes/survey/end/", {"supersedes": "1", "reason": ""})
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_some_read_and_an_officer_alone_proposes(cast, role) -> None:
    client = browser(cast.person(role))
    reads = 200 if role in {HEAD, OFFICER, AUDITOR} else 403
    for path in ("/purposes/", "/purposes/survey/", "/purposes/without/"):
        assert client.get(path).status_code == reads
    proposes = 200 if role == OFFICER else 403
    for path in ("/purposes/new/", "/purposes/survey/change/"):
        assert client.get(path).status_code == proposes


def test_speaks_english(officer) -> None:
    officer.cookies["django_language"] = "en"
    assert "needed to conclude or fulfil a contract" in text(officer.get("/purposes/"))
    assert "End this purpose" in text(officer.get("/purposes/survey/"))
    assert "Fields that it needs" in text(officer.get("/purposes/new/"))
    assert "Every field has a purpose" in text(officer.get("/purposes/without/"))
