"""A customer is asked, answers, is read, and withdraws: every act with the exact list of its events."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail

from consent.services import answers
from tests.access.cast import now
from tests.consent.builders import organisation, published
from tests.journeys.firm import CALLER, NUMBER, Firm, Since
from trail.actor import Actor
from trail.models import Event, Exposure

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
CUSTOMER = Actor(id=None, number="", name="", mode="public", ip="203.0.113.7")


def test_the_customers_word_opens_and_closes_the_number(firm: Firm, settings) -> None:
    organisation()
    published(firm.cast.at, "service", "marketing")
    agent = firm.at_work("agent")
    since = Since()
    agent.get(firm.page)
    refused = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    assert "尚未就“客服服务”征求客户授权" in refused
    assert f'href="{firm.page}consents/' in refused, "the next step is a button"
    assert since.kinds() == ["contact.opened", "customer.opened", "reveal.refused"]

    agent.get(f"{firm.page}consents/")
    sent = agent.post(f"{firm.page}consents/", purposes="service", language="en", via="mail")
    assert sent["Location"].startswith(firm.page)
    assert since.kinds() == ["consent.link_made"]
    used = Exposure.objects.filter(act="used").latest("id")
    assert (used.customer, used.clear, used.level) == (firm.caller, ["email"], 3)
    (letter,) = mail.outbox
    assert letter.to == [CALLER["email"]]
    said = f"{letter.subject} {letter.body}"
    assert not [value for value in (*CALLER.values(), NUMBER) if value in said], "the mail tells nothing"

    (token,) = re.findall(r"/c/([\w-]+)/", str(letter.body))
    at = now()
    assert answers.open_link(token, by=CUSTOMER, at=at)
    assert not answers.check(token, "110101199003070000", by=CUSTOMER, at=at).matches
    assert answers.check(token, CALLER["resident_id"], by=CUSTOMER, at=at).matches
    receipt, _link = answers.answer(
        token, {"service": True}, separate=(), language="en", device="a phone", by=CUSTOMER, at=at
    )
    assert since.kinds() == [
        "consent.link_opened",
        "consent.link_checked",
        "consent.link_checked",
        "consent.recorded",
    ]
    assert Event.objects.filter(kind="consent.recorded").latest("id").mode == "public"

    # The address is younger than a week, so the answer waits for a second person.
    waiting = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    assert "须由第二人确认凭证后才生效" in waiting
    supervisor = firm.at_work("supervisor")
    since.kinds()
    inbox = supervisor.get("/consents/")
    (record,) = re.findall(r"/consents/([0-9a-f-]{36})/confirm/", inbox)
    supervisor.post(f"/consents/{record}/confirm/", holds="yes")
    assert since.kinds()[-1] == "consent.confirmed"

    shown = agent.post(f"{firm.page}reveal/mobile/", 200, htmx=True).words
    assert CALLER["mobile"] in shown
    assert since.kinds() == ["field.revealed"]
    assert Event.objects.filter(kind="field.revealed").latest("id").facts["ground"] == f"consent {record}"
    sensitive = agent.post(f"{firm.page}reveal/resident_id/", 403, htmx=True).words
    assert "不是单独同意" in sensitive
    assert since.kinds() == ["reveal.refused"]

    answers.withdraw(receipt, {"service"}, by=replace(CUSTOMER, ip="203.0.113.8"), at=now())
    closed = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    assert f"客户于 {(now() + timedelta(hours=8)).strftime('%Y-%m-%d')} 撤回了对“客服服务”的授权" in closed
    assert CALLER["mobile"] not in closed
    assert since.kinds() == ["consent.withdrawn", "reveal.refused"]
    again = agent.post(f"{firm.page}consents/", 422, purposes="service", language="en", via="print").words
    assert "790" in again or "不再征求" in again
    assert since.kinds() == []
