"""Consent at the desk: the customer's section, asking, recording, withdrawing, ending."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access.queries.customer_consents import of_customer
from consent.models import (
    GIVEN,
    REFUSED,
    REVOKED,
    WITHDRAWN,
    ConsentLink,
    ConsentRecord,
    Evidence,
    NoticeVersion,
)
from customers.models import Customer
from files.models import SealedFile
from staff.models import Notification
from tests.access.cast import CANARIES, Cast, exposures_since, kinds_since, last_event, now
from tests.consent.builders import YEAR, published
from tests.desk.at_work import HTMX, browser, text
from tests.papers import PDF

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def notice(cast: Cast) -> NoticeVersion:
    return published(cast.at - YEAR, "service", "complaint")


def page(customer: Customer, act: str = "") -> str:
    return f"/customers/{customer.ref}/consents/{act}"


def answers(version: NoticeVersion, cast: Cast, **more: object) -> dict[str, object]:
    """Give the form of a signed paper with a yes to service."""
    said = {
        "version": version.pk,
        "language": "zh-hans",
        "method": "paper",
        "answered_at": timezone.localtime(cast.at - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "answer-service": "yes",
        "separate-service": "on",
        "evidence": SimpleUploadedFile("scan.pdf", PDF),
    }
    return said | more


def recorded(cast: Cast, notice: NoticeVersion, customer: Customer, by=None, **more: object):
    """Record an answer as a person does and give it back."""
    actor = by or cast.agent()
    answer = browser(actor).post(page(customer, "record/"), answers(notice, cast, **more))
    assert answer.status_code == 302, text(answer)
    return ConsentRecord.objects.filter(subject=customer.ref).order_by("-id").first()


def card(actor, customer: Customer) -> str:
    return text(browser(actor).get(f"/customers/{customer.ref}/"))


def test_the_page_says_of_each_purpose_what_it_is(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    before = card(cast.agent(), customer)
    assert "客户授权" in before
    assert 'data-purpose="service"' in before
    assert "从未询问" in before
    row = recorded(cast, notice, customer)
    assert (row.answer, row.separate, row.method) == (GIVEN, True, "paper")
    words = card(cast.agent(), customer)
    assert f"{timezone.localtime(row.effective_at):%Y-%m-%d} 授权" in words
    assert row.captured_by_number in words
    assert "签字纸质文件" in words


def test_a_recorded_yes_opens_the_value_for_others_and_waits_for_the_one_who_captured_it(
    cast: Cast, notice: NoticeVersion
) -> None:
    customer, agent = cast.customer(), cast.agent()
    recorded(cast, notice, customer, by=agent)
    own = browser(agent)
    assert "是您自己采集的" in text(own.get(f"/customers/{customer.ref}/"))
    answer = own.post(f"/customers/{customer.ref}/reveal/mobile/", headers=HTMX)
    assert answer.status_code == 403
    assert page(customer, "tell/") in text(answer), "the next step is a button"
    other = browser(cast.agent())
    other.get(f"/customers/{customer.ref}/")
    assert "15400000018" in text(other.post(f"/customers/{customer.ref}/reveal/mobile/", headers=HTMX))


def test_a_refused_reveal_offers_to_ask_and_preselects_the_purpose(cast: Cast, notice: NoticeVersion) -> None:
    customer, client = cast.customer(), browser(cast.agent())
    shown = text(client.get(f"/customers/{customer.ref}/"))
    address = f"{page(customer)}?field=mobile&amp;purpose=service"
    assert address in shown
    assert address in text(client.post(f"/customers/{customer.ref}/reveal/mobile/", headers=HTMX))
    form = text(client.get(address.replace("&amp;", "&")))
    assert form.count(" checked") == 1
    assert 'value="service"' in form


def test_names_what_is_held_without_consent(cast: Cast) -> None:
    """What only purposes on consent need; the other values stand on the contract, too."""
    quality = published(cast.at - YEAR, "quality")
    customer = cast.customer(browsing_note="看过示例页面")
    first = card(cast.agent(), customer)
    assert "未经授权而持有" in first
    named = first.split("未经授权而持有")[1].split("</div>")[0]
    assert "浏览" in named
    assert "手机" not in named
    said = {"answer-quality": "yes", "separate-quality": "on", "answer-service": ""}
    recorded(cast, quality, customer, **said)
    assert "未经授权而持有" not in card(cast.agent(), customer)


def test_the_section_costs_the_same_whatever_the_history(
    cast: Cast, notice: NoticeVersion, django_assert_num_queries
) -> None:
    customer, agent = cast.customer(), cast.agent()
    for times in (1, 3):
        for _ in range(times):
            recorded(cast, notice, customer)
        with django_assert_num_queries(7):
            of_customer(customer, reader=agent, at=now())


@pytest.mark.parametrize("via", ["mail", "print"])
def test_asks_by_mail_or_on_paper_without_showing_the_address(
    cast: Cast, notice: NoticeVersion, settings, via: str
) -> None:
    settings.PUBLIC_URL = "http://public.test"
    customer = cast.customer()
    before = last_event()
    said = {"purposes": ["service"], "language": "zh-hans", "via": via}
    answer = browser(cast.agent()).post(page(customer), said)
    link = ConsentLink.objects.get()
    assert link.purposes == ["service"]
    assert "consent.link_made" in kinds_since(before)
    assert not [canary for canary in CANARIES if canary in text(answer)]
    if via == "mail":
        assert answer.status_code == 302
        assert mail.outbox[0].to == ["a.nobody@example.com"]
        assert "http://public.test/zh-hans/c/" in mail.outbox[0].body
    else:
        assert answer.status_code == 200
        assert "http://public.test/zh-hans/c/" in text(answer)
        assert "data:image/svg+xml;base64," in text(answer)
        assert "no-store" in answer["Cache-Control"]
        assert not mail.outbox


def test_does_not_ask_again_soon_after_a_no(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    recorded(cast, notice, customer, **{"answer-service": "no", "separate-service": "", "evidence": ""})
    client = browser(cast.agent())
    said = {"purposes": ["service"], "language": "zh-hans", "via": "print"}
    assert client.post(page(customer), said).status_code == 422
    assert not ConsentLink.objects.exists()
    assert "第二十二条" in card(cast.agent(), customer)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"evidence": ""}, "必须附凭证"),
        ({"evidence": SimpleUploadedFile("a.gif", b"GIF89a")}, "只接收"),
        ({"answer-service": ""}, "至少"),
        ({"answered_at": "2099-01-01T10:00"}, "不可能晚于现在"),
        ({"answered_at": "2020-01-01T10:00"}, "不可能在此之前"),
        ({"answered_at": "yesterday"}, "2026-11-21 20:45"),
        ({"method": "smoke"}, ""),
    ],
)
def test_says_why_an_answer_is_not_recorded_and_keeps_what_was_typed(
    cast: Cast, notice: NoticeVersion, more: dict[str, object], words: str
) -> None:
    customer = cast.customer()
    answer = browser(cast.agent()).post(page(customer, "record/"), answers(notice, cast, **more))
    assert answer.status_code == 422
    assert words in text(answer)
    if "answer-service" not in more:
        assert 'value="yes" id="r_answer-service_0" checked' in " ".join(text(answer).split()).replace(
            "required ", ""
        )
    assert not ConsentRecord.objects.exists()
    assert not SealedFile.objects.exists(), "a refused answer leaves no file behind"


def test_a_child_needs_a_guardian(cast: Cast, notice: NoticeVersion) -> None:
    child = cast.customer(birth_year=str(timezone.localdate(cast.at).year - 8))
    client = browser(cast.agent())
    assert client.post(page(child, "record/"), answers(notice, cast)).status_code == 422
    assert (
        client.post(page(child, "record/"), answers(notice, cast, guardian="王示例，母亲")).status_code == 302
    )
    assert ConsentRecord.objects.get().guardian is not None
    assert "监护人" in text(client.get(page(child)))


def test_withdraws_in_one_step_and_the_next_read_is_refused(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    recorded(cast, notice, customer)
    client = browser(cast.agent())
    client.get(f"/customers/{customer.ref}/")
    assert client.post(page(customer, "withdraw/"), {"purpose": "service"}).status_code == 302
    assert ConsentRecord.objects.order_by("-id")[0].answer == WITHDRAWN
    answer = client.post(f"/customers/{customer.ref}/reveal/mobile/", headers=HTMX)
    assert answer.status_code == 403
    assert f"{timezone.localdate(cast.at)}" in text(answer)
    again = client.post(page(customer, "withdraw/"), {"purpose": "service"}, follow=True)
    assert "没有可以终止的有效授权" in text(again)


def test_a_head_ends_a_consent_with_a_reason(cast: Cast, notice: NoticeVersion) -> None:
    customer, head = cast.customer(), cast.person("head")
    recorded(cast, notice, customer)
    client = browser(head)
    client.post(page(customer, "revoke/"), {"purpose": "service", "reason": " "})
    assert ConsentRecord.objects.count() == 1
    client.post(page(customer, "revoke/"), {"purpose": "service", "reason": "业务下线"})
    assert ConsentRecord.objects.order_by("-id")[0].answer == REVOKED
    agent = browser(cast.agent())
    assert agent.post(page(customer, "revoke/"), {"purpose": "service", "reason": "x"}).status_code == 403


def test_tells_the_supervisors_who_reach_the_customer(cast: Cast, notice: NoticeVersion) -> None:
    customer, supervisor = cast.customer(), cast.supervisor()
    foreign = cast.supervisor(department="south")
    assert browser(cast.agent()).post(page(customer, "tell/")).status_code == 302
    told = set(Notification.objects.values_list("person_id", flat=True))
    assert supervisor.id in told
    assert foreign.id not in told
    told_on = browser(supervisor).get("/notifications/")
    assert 'href="/consents/"' in text(told_on)
    assert customer.number not in text(told_on), "a message outlives its customer"


def test_one_answer_leaves_its_events(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    agent = cast.agent()
    client = browser(agent)
    before = last_event()
    client.post(page(customer, "record/"), answers(notice, cast))
    assert [kind for kind in kinds_since(before) if kind.startswith(("consent", "files"))] == [
        "files.put",
        "consent.recorded",
    ]
    assert [one.act for one in exposures_since(before, customer.ref)] == ["written"]
    assert Evidence.objects.get().original


def test_without_a_notice_nothing_is_recorded_or_asked(cast: Cast) -> None:
    customer, client = cast.customer(), browser(cast.agent())
    assert "还没有发布" in text(client.get(page(customer, "record/")))
    assert client.post(page(customer, "record/"), {}).status_code in {200, 422}
    assert client.post(page(customer), {"purposes": ["service"], "via": "print"}).status_code == 422
    assert not ConsentRecord.objects.exists()


def test_refuses_a_purpose_in_two_notices_at_once(cast: Cast, notice: NoticeVersion) -> None:
    published(cast.at - YEAR, "survey", code="survey")
    said = {"purposes": ["service", "survey"], "language": "en", "via": "print"}
    answer = browser(cast.agent()).post(page(cast.customer()), said)
    assert answer.status_code == 422
    assert not ConsentLink.objects.exists()


def test_a_no_needs_no_evidence(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    row = recorded(cast, notice, customer, **{"answer-service": "no", "evidence": ""})
    assert row.answer == REFUSED


def test_speaks_english(cast: Cast, notice: NoticeVersion) -> None:
    customer = cast.customer()
    recorded(cast, notice, customer)
    client = browser(cast.agent())
    client.cookies["django_language"] = "en"
    words = text(client.get(f"/customers/{customer.ref}/"))
    assert "Consents" in words
    assert "signed paper" in words
    assert "Customer service" in words
    form = text(client.get(page(customer, "record/")))
    assert "Counter notice, version 1" in form
