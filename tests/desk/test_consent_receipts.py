"""The receipt on the desk: a page, and a signed file that anybody can check."""

import json

import pytest

from consent.receipts import verify
from tests.access.cast import Cast, exposures_since, kinds_since, last_event
from tests.consent.builders import YEAR, published
from tests.desk.at_work import browser, text
from tests.desk.test_consents import recorded

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_is_a_page_and_a_signed_file_for_all_answers_given_together(cast: Cast) -> None:
    version, customer = published(cast.at - YEAR, "service", "complaint"), cast.customer()
    row = recorded(cast, version, customer, **{"answer-complaint": "no"})
    agent = browser(cast.agent())
    before = last_event()
    page = text(agent.get(f"/consents/{row.ref}/receipt/"))
    assert kinds_since(before) == ["consent.receipt_shown"]
    assert [one.act for one in exposures_since(before, customer.ref)] == ["opened"]
    assert "客服服务" in page
    assert customer.number not in page, "a receipt names nobody"
    answer = agent.get(f"/consents/{row.ref}/receipt/file/")
    assert answer["Content-Type"].startswith("application/json")
    assert answer["Content-Disposition"].startswith("attachment; ")
    document = json.loads(text(answer))
    assert {one["purpose"]["code"]: one["event"]["type"] for one in document["processing"]} == {
        "service": "given",
        "complaint": "refused",
    }
    assert verify(document).valid
    document["processing"][0]["event"]["type"] = "refused"
    assert not verify(document).valid


def test_is_nothing_to_those_who_do_not_reach_the_customer(cast: Cast) -> None:
    row = recorded(cast, published(cast.at - YEAR, "service"), cast.customer())
    foreign = browser(cast.agent(department="south", serves="south"))
    assert foreign.get(f"/consents/{row.ref}/receipt/").status_code == 404
    assert foreign.get(f"/consents/{row.ref}/receipt/file/").status_code == 404
