"""The page of what is held apart: that it exists, the form that hands over, and what it says when nobody answers."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import services as approvals
from approvals.models import Proposal
from approvals.services import NotSigned
from files import apart
from files.apart import Given
from files.models import ApartDeposit, ApartOrder
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.conftest import cast
from tests.desk.at_work import browser, text
from tests.retention.builders import hold
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
__all__ = ["cast"]


def test_hands_over_and_says_what_exists(cast: Cast) -> None:
    customer, client = cast.customer(), browser(cast.agent())
    page = f"/customers/{customer.ref}/apart/"
    assert page in text(client.get(f"/customers/{customer.ref}/"))
    start = last_event()
    report = SimpleUploadedFile("征信.pdf", b"%PDF-1.7 L4-CANARY")
    answer = client.post(f"{page}deposit/", {"field": "credit_report", "file": report})
    assert answer["Location"] == page
    assert kinds_since(start) == ["customer.deposited_apart"]
    words = text(client.get(page))
    assert "L4-征信报告" in words
    assert "等待接收" in words
    assert "受限主机目前没有响应" in words
    assert "L4-CANARY" not in words
    assert "到受限站点" not in words, "agents have no business there, and it has not been taken in"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"field": "credit_report"}, "二者选一"),
        ({"field": "payment_password", "text": "123456"}, "payment_password"),
        ({"field": "mobile", "text": "15400000018"}, "mobile"),
        ({"field": "credit_report", "text": "长" * 201}, "200"),
    ],
)
def test_refuses_in_words(cast: Cast, form: dict[str, str], said: str) -> None:
    answer = browser(cast.agent()).post(f"/customers/{cast.customer().ref}/apart/deposit/", form)
    assert answer.status_code in {409, 422}
    assert said in text(answer)
    assert not ApartDeposit.objects.exists()


def test_offers_no_form_without_a_restricted_host(cast: Cast, settings) -> None:
    settings.RESTRICTED_RECIPIENT_FILE = ""
    words = text(browser(cast.agent()).get(f"/customers/{cast.customer().ref}/apart/"))
    assert "尚未设置受限主机" in words
    assert "apart/deposit/" not in words


def test_destroys_one_value_under_two_people_and_shows_what_the_host_says(cast: Cast) -> None:
    customer, officer, head = cast.customer(), cast.person("officer"), cast.person("head")
    given = Given(subject=customer.ref, field="credit_report", content=b"x", text=True)
    row, other = (apart.deposit(given, by=officer, at=clock()) for _ in range(2))
    page = f"/customers/{customer.ref}/apart/"
    client = browser(officer)
    assert f"{page}{row.pk}/destroy/" in text(client.get(page))
    assert browser(cast.supervisor()).post(f"{page}{row.pk}/destroy/", {"reason": "x"}).status_code == 403
    assert client.post(f"{page}{row.pk}/destroy/", {"reason": ""}).status_code == 422
    start = last_event()
    decision = client.post(f"{page}{row.pk}/destroy/", {"reason": "客户已销户"})["Location"]
    made = Proposal.objects.get(kind="apart.destroy")
    assert (decision, kinds_since(start)) == (f"/decisions/{made.pk}/", ["approvals.proposed"])
    words = text(client.get(page))
    assert (decision in words, f"{row.pk}/destroy/" in words, f"{other.pk}/destroy/" in words) == (
        True,
        False,
        True,
    )
    assert client.post(f"{page}{row.pk}/destroy/", {"reason": "再来"}).status_code == 409
    with pytest.raises(NotSigned):
        approvals.approve(made.pk, seen_hash=made.content_hash, by=officer, at=clock())
    assert not ApartOrder.objects.exists()
    start = last_event()
    approvals.approve(made.pk, seen_hash=made.content_hash, by=head, at=clock())
    assert "files.destruction_ordered" in kinds_since(start)
    assert ApartOrder.objects.get().deposit == row
    assert "已下达销毁指令" in text(client.get(page))


def test_orders_nothing_for_a_value_of_another_customer(cast: Cast) -> None:
    customer, officer = cast.customer(), cast.person("officer")
    given = Given(subject=uuid4(), field="credit_report", content=b"x", text=True)
    foreign = apart.deposit(given, by=officer, at=clock())
    answer = browser(officer).post(f"/customers/{customer.ref}/apart/{foreign.pk}/destroy/", {"reason": "x"})
    assert (answer.status_code, Proposal.objects.count()) == (404, 0)


def test_a_legal_hold_keeps_a_value_even_from_an_approved_destruction(cast: Cast) -> None:
    customer, officer, head = cast.customer(), cast.person("officer"), cast.person("head")
    given = Given(subject=customer.ref, field="credit_report", content=b"x", text=True)
    first, second = (apart.deposit(given, by=officer, at=clock()) for _ in range(2))
    address, client = f"/customers/{customer.ref}/apart/", browser(officer)
    client.post(f"{address}{first.pk}/destroy/", {"reason": "客户已销户"})
    made = Proposal.objects.get(kind="apart.destroy")
    hold(customer.ref, officer, clock())
    assert "依法留存" in text(client.post(f"{address}{second.pk}/destroy/", {"reason": "再来"}))
    with pytest.raises(NotSigned):
        approvals.approve(made.pk, seen_hash=made.content_hash, by=head, at=clock())
    assert not ApartOrder.objects.exists()


def test_the_customers_page_says_until_when_l4_is_kept_and_why(cast: Cast) -> None:
    customer = cast.customer()
    given = Given(subject=customer.ref, field="credit_report", content=b"x", text=True)
    apart.deposit(given, by=cast.person("officer"), at=clock())
    words = text(browser(cast.agent()).get(f"/customers/{customer.ref}/"))
    section = words[words.index("section-kept") :]
    assert "征信报告" in section
    assert "关系存续期间" in section or "关系" in section
