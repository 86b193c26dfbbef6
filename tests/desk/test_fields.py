"""One field on the desk: its meaning and signatures, and the proposals that two people sign."""

import pytest
from django.test import Client

from approvals.models import Proposal
from classification.models import FieldVersion
from classification.queries import catalogue
from customers.models import Customer
from customers.relabel import run
from jobs import running
from jobs.models import Job
from staff.models import Notification
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import browser, text
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CITY = {
    "supersedes": "1",
    "level": "3",
    "kind": "text",
    "max_length": "60",
    "index": "none",
    "category": "basic",
}
REASON = {"reason": "按新标准调整"}


@pytest.fixture
def officer(cast: Cast) -> Client:
    return browser(cast.officer())


@pytest.fixture
def head(cast: Cast) -> Client:
    return browser(cast.person(HEAD))


def sign(client: Client, proposal: Proposal):
    return client.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})


def propose(officer: Client, field: str = "city", **said) -> Proposal:
    answer = officer.post(f"/catalogue/{field}/change/", CITY | REASON | {"act": "propose"} | said)
    assert answer.status_code == 302, text(answer)
    return Proposal.objects.latest("proposed_at")


def test_the_catalogue_leads_to_every_field(officer) -> None:
    words = text(officer.get("/catalogue/"))
    for spec in catalogue(clock()).fields:
        assert f'href="/catalogue/{spec.code}/"' in words


def test_shows_what_a_field_means_and_that_nobody_signed_it(officer) -> None:
    words = text(officer.get("/catalogue/mobile/"))
    assert "L3-手机号码" in words or "L3-手机" in words
    assert "预置" in words
    assert "从未" in words


def test_an_unknown_field_is_not_found(officer) -> None:
    for path in ("/catalogue/no_such/", "/catalogue/no_such/change/", "/catalogue/city/progress/"):
        assert officer.get(path).status_code == 404


def test_shows_what_would_change_before_anything_is_proposed(cast, officer) -> None:
    cast.customer(city="杭州")
    answer = officer.post("/catalogue/city/change/", CITY | REASON | {"act": "preview"})
    words = text(answer)
    assert answer.status_code == 200
    assert "<ins>L3</ins>" in words
    assert "封存" in words
    assert not Proposal.objects.exists()
    assert "杭州" not in words


def test_two_people_sign_and_the_values_follow_with_their_progress(cast, officer, head) -> None:
    customer = cast.customer(city="杭州")
    made = propose(officer)
    words = text(head.get(f"/decisions/{made.pk}/"))
    assert "按新标准调整" in words
    assert sign(officer, made).status_code == 302
    assert "等待签署" in text(officer.get("/catalogue/city/"))
    assert sign(head, made).status_code == 302
    page = text(head.get("/catalogue/city/"))
    assert 'hx-get="/catalogue/city/progress/"' in page
    assert head.get("/catalogue/city/progress/").status_code == 200
    job = Job.objects.get(kind=run.RELABEL)
    running.run(job.pk, run.run)
    page = text(head.get("/catalogue/city/"))
    assert "hx-get" not in page.split("job-")[1][:300]
    assert FieldVersion.objects.get(field="city", until=None).level == 3
    assert "city" in Customer.objects.get(pk=customer.pk).sealed
    assert Notification.objects.filter(code="job_finished", link="/catalogue/city/").count() == 2
    assert text(officer.get("/notifications/")).count("/catalogue/city/") >= 1


def test_names_both_signers_of_a_version(cast, officer, head) -> None:
    made = propose(officer)
    sign(officer, made)
    sign(head, made)
    words = text(officer.get("/catalogue/city/"))
    signers = [str(one.signer_number) for one in made.signatures.all()]
    assert len(signers) == 2
    assert all(number in words for number in signers)


def test_says_in_words_why_a_change_is_refused(cast, officer) -> None:
    apart = {"kind": "text", "max_length": "", "index": "none", "level": "3"}
    answer = officer.post("/catalogue/credit_report/change/", CITY | REASON | apart | {"act": "propose"})
    assert answer.status_code == 422
    assert "L4" in text(answer).split("form-errors")[1][:400]
    mobile = {"kind": "mobile", "max_length": "", "index": "none"}
    answer = officer.post("/catalogue/mobile/change/", CITY | REASON | mobile | {"level": "2"})
    assert answer.status_code == 422
    assert "理由" in text(answer).split("form-errors")[1][:400]


def test_an_opening_carries_its_own_reason_to_those_who_sign(officer, head) -> None:
    made = propose(
        officer,
        "email",
        kind="email",
        max_length="",
        level="2",
        opening_reason="客户已公开邮箱",
        supersedes="1",
    )
    assert "客户已公开邮箱" in text(head.get(f"/decisions/{made.pk}/"))


def test_the_page_of_yesterday_proposes_nothing(officer, head) -> None:
    made = propose(officer)
    sign(officer, made)
    sign(head, made)
    answer = officer.post("/catalogue/city/change/", CITY | REASON | {"act": "propose", "level": "1"})
    assert answer.status_code == 422
    assert Proposal.objects.count() == 1


def test_keeps_the_options_of_a_choice_as_they_are_written(officer, head) -> None:
    words = text(officer.get("/catalogue/salutation/change/"))
    assert "mr = 先生 | Mr" in words
    made = propose(
        officer,
        "salutation",
        kind="choice",
        level="1",
        max_length="",
        options="mr = 先生 | Mr\nms = 女士 | Ms\ndr = 博士 | Dr | doctor",
        category="basic",
    )
    assert made.content["params"] == {
        "options": {"mr": ["先生", "Mr"], "ms": ["女士", "Ms"], "dr": ["博士", "Dr", "doctor"]}
    }
    answer = officer.post(
        "/catalogue/salutation/change/", CITY | REASON | {"kind": "choice", "options": "a = b"}
    )
    assert answer.status_code == 422


def test_keeps_the_parameters_that_the_form_does_not_ask_for(officer, head) -> None:
    made = propose(officer, "public_contact", level="2", max_length="100")
    assert made.content["params"] == {"max_length": 100, "may_hold": ["mobile", "landline", "email"]}


def test_a_derived_field_keeps_its_kind(officer, head) -> None:
    made = propose(officer, "surname", level="2", kind="mobile", required="on")
    assert (made.content["kind"], made.content["required"]) == ("text", False)


def test_proposes_a_new_field(officer, head) -> None:
    said = (
        CITY | REASON | {"level": "2", "code": "badge_number", "name_zh": "胸牌号", "name_en": "Badge number"}
    )
    assert officer.post("/catalogue/new-field/", said).status_code == 302
    made = Proposal.objects.get()
    sign(officer, made)
    sign(head, made)
    assert "没有处理目的" in text(officer.get("/catalogue/badge_number/"))
    assert officer.post("/catalogue/new-field/", said).status_code == 422


def test_confirms_what_nobody_signed_yet(officer, head) -> None:
    page = text(officer.get("/catalogue/confirm-fields/"))
    codes = [spec.code for spec in catalogue(clock()).fields]
    assert page.count("checked") == len(codes)
    assert text(officer.get("/catalogue/confirm-fields/?field=city")).count("checked") == 1
    assert officer.post("/catalogue/confirm-fields/", REASON | {"fields_chosen": codes}).status_code == 302
    made = Proposal.objects.get()
    sign(officer, made)
    sign(head, made)
    assert all(spec.confirmed for spec in catalogue(clock()).fields)
    assert "下次评审" in text(officer.get("/catalogue/city/"))
    assert officer.post("/catalogue/confirm-fields/", REASON).status_code == 422


def test_lists_what_does_not_fit_to_whom_the_customer_is_open(cast, officer, head) -> None:
    cast.customer("C-BAD", business_number="乱写的甲")
    cast.customer("C-FAR", portfolio="south", business_number="也不是")
    made = propose(officer, "business_number", level="2", kind="date", max_length="", category="business")
    sign(officer, made)
    sign(head, made)
    running.run(Job.objects.get(kind=run.RELABEL).pk, run.run)
    words = text(head.get("/catalogue/business_number/"))
    assert "C-BAD" in words
    assert "C-FAR" not in words
    assert "乱写的甲" not in words
    assert "C-BAD" not in text(browser(cast.person(AUDITOR)).get("/catalogue/business_number/"))


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_only_an_officer_proposes(cast, role) -> None:
    client = browser(cast.person(role))
    wanted = 200 if role == OFFICER else 403
    for path in ("/catalogue/city/change/", "/catalogue/new-field/", "/catalogue/confirm-fields/"):
        assert client.get(path).status_code == wanted


def test_speaks_english(officer) -> None:
    officer.cookies["django_language"] = "en"
    for path in ("city/", "city/change/", "new-field/", "confirm-fields/"):
        words = text(officer.get(f"/catalogue/{path}"))
        assert "shipped default" in words or "Propose" in words
