"""The page of what is held apart: that it exists, the form that hands over, and what it says when nobody answers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from files.models import ApartDeposit
from tests.access.cast import Cast, kinds_since, last_event
from tests.access.conftest import cast
from tests.desk.at_work import browser, text

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
