"""Usage requests on the desk: mine in a few queries, asked again for longer, what was used before those who signed."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import uses
from access.models import UsageRequest
from access.queries import requests as asked
from access.services import requests
from approvals import services as approvals
from approvals.models import Proposal
from desk.shown_requests import lines
from staff.roles import HEAD
from tests.access.cast import VALUES, Cast
from tests.access.requesting import HOUR, Office, sign
from tests.desk.at_work import HTMX, browser, text
from tests.papers import PDF

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
MINUTE = timedelta(minutes=1)


@pytest.fixture
def firm(cast: Cast) -> Office:
    return Office(cast)


def over(firm: Office, *, minutes: int = 1, used: int = 0):
    """Let a grant of two fields end so many minutes ago, used so often."""
    customer = firm.customer()
    then = firm.at - HOUR
    draft = firm.draft(
        customer,
        fields=("mobile", "email"),
        starts_at=then - HOUR,
        ends_at=firm.at - minutes * MINUTE,
    )
    row = requests.ask(draft, by=firm.asker, at=then)
    sign(row.proposal, firm.head, then)
    if used:
        uses.use(row.pk, {customer.ref: ("mobile", "email")[:used]}, event=1, at=then)
    return row


def test_whoever_signed_sees_what_was_used_once_it_is_over(firm: Office) -> None:
    row, running = over(firm, used=1), firm.granted(firm.customer())
    words = text(browser(firm.head).get("/decisions/"))
    assert f"/requests/{row.pk}/" in words
    assert "1 / 2" in words
    assert f"/requests/{running.pk}/" not in words, "what runs is not over"
    page = text(browser(firm.head).get(f"/requests/{row.pk}/"))
    assert "1 / 1" in page
    assert "0 / 1" in page, "what was asked for and never used is told field by field"
    for other in (firm.boss, firm.cast.person(HEAD)):
        assert f"/requests/{row.pk}/" not in text(browser(other).get("/decisions/"))


def test_a_revoked_grant_is_over_for_whoever_signed_it(firm: Office) -> None:
    row = firm.granted(firm.customer())
    assert asked.signed_and_over(firm.head, firm.at) == []
    requests.revoke(row.pk, reason="已转岗", by=firm.head, at=firm.at)
    assert [one.row.pk for one in asked.signed_and_over(firm.head, firm.at)] == [row.pk]


def test_a_revocation_counts_from_the_next_request(firm: Office) -> None:
    customer, agent, head = firm.customer(), browser(firm.asker), browser(firm.head)
    row = firm.granted(customer, fields=("mobile", "email"))
    firm.in_contact(customer)
    address = f"/customers/{customer.ref}/reveal/"
    assert VALUES["mobile"] in text(agent.post(f"{address}mobile/", headers=HTMX))
    assert head.post(f"/requests/{row.pk}/revoke/", {"reason": "已转岗"}).status_code == 302
    refused = agent.post(f"{address}email/", headers=HTMX)
    assert refused.status_code == 403
    assert "已被撤销" in text(refused)
    assert VALUES["email"] not in text(refused)


def test_a_reveal_tells_at_once_how_many_values_are_left(firm: Office) -> None:
    customer, agent = firm.customer(), browser(firm.asker)
    firm.granted(customer, fields=("mobile", "email"))
    firm.in_contact(customer)
    assert "还可查看 2 个值" in text(agent.get(f"/customers/{customer.ref}/"))
    shown = text(agent.post(f"/customers/{customer.ref}/reveal/mobile/", headers=HTMX))
    assert 'id="grants" hx-swap-oob="true"' in shown
    assert "还可查看 1 个值" in shown


def test_is_shown_from_its_last_second_and_for_thirty_days(firm: Office) -> None:
    row = over(firm)
    second, days = timedelta(seconds=1), asked.SHOWN_AFTER
    moments = [row.ends_at - second, row.ends_at, row.ends_at + days - second, row.ends_at + days]
    assert [len(asked.signed_and_over(firm.head, at)) for at in moments] == [0, 1, 1, 0]


def test_many_declined_requests_of_mine_take_the_same_few_queries(firm: Office) -> None:
    def decline() -> None:
        row = firm.asked(firm.customer())
        approvals.refuse(row.proposal, reason="不需要", by=firm.head, at=firm.at)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            found = lines(asked.of_person(firm.asker.id, firm.at), firm.at)
        assert {one.state for one in found} == {"已拒绝"}
        return len(seen)

    decline()
    count()
    alone = count()
    for _ in range(9):
        decline()
    assert count() < alone + 9, "not one more for each"


def test_asking_for_longer_begins_with_what_was_asked(firm: Office) -> None:
    row, client = over(firm), browser(firm.asker)
    words = text(client.get(f"/requests/new/?extends={row.pk}"))
    assert f'name="extends" value="{row.pk}"' in words
    assert firm.cast.portfolios["north"].customers.get().number in words
    assert text(client.get(f"/requests/new/?extends={uuid4()}")).count('name="extends"') == 0
    foreign = browser(firm.cast.agent())
    assert 'name="extends"' not in text(foreign.get(f"/requests/new/?extends={row.pk}"))


def test_the_page_of_a_request_is_for_those_whom_it_concerns(firm: Office) -> None:
    row = firm.asked(firm.customer())
    for one in (firm.asker, firm.head, firm.boss):
        assert browser(one).get(f"/requests/{row.pk}/").status_code == 200
    for one in (firm.cast.agent(), firm.cast.person(HEAD, department="south")):
        assert browser(one).get(f"/requests/{row.pk}/").status_code == 404
    assert Proposal.objects.filter(pk=row.proposal).exists()


def test_takes_three_attachments_and_no_fourth(firm: Office) -> None:
    customer, client = firm.customer(), browser(firm.asker)
    form = {
        "customer": str(customer.ref),
        "selection": "one",
        "purpose": "service",
        "scenario": "service",
        "fields_asked": ["mobile"],
        "starts_at": local(firm.at - HOUR),
        "ends_at": local(firm.at + HOUR),
        "output": "screen",
        "without": "justify",
        "justification": "客户已书面要求",
        "reason": "核对退款",
    }

    def send(*contents: bytes):
        files = [SimpleUploadedFile(f"{place}.pdf", one) for place, one in enumerate(contents)]
        return client.post("/requests/new/", form | {"attachments": files})

    pdf = PDF
    assert send(pdf, pdf, pdf, pdf).status_code == 422
    assert send(pdf, b"MZ").status_code == 422
    assert not UsageRequest.objects.exists()
    assert send(pdf, pdf, pdf).status_code == 302
    row = UsageRequest.objects.get()
    assert len(row.attachments) == 3
    words = text(browser(firm.head).get(f"/decisions/{row.proposal}/"))
    assert all(f"/requests/{row.pk}/attachments/{number}/" in words for number in range(3))
    assert words.count(sha256(PDF).hexdigest()) == 3
    copy = browser(firm.head).post(f"/requests/{row.pk}/attachments/0/")
    assert (copy.status_code, copy["Content-Type"]) == (200, "application/pdf")
    assert copy["Content-Security-Policy"].startswith("sandbox;")
    assert copy.content != PDF


def local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")
