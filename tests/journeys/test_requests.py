"""A value that the role does not see: asked for, signed, read, used up; every act with the exact list of its events."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from access.models import GrantUse, UsageRequest
from access.services import requests
from access.services.reveal import Refused, reveal
from approvals.models import Proposal
from customers.services import contacts
from tests.access.cast import now
from tests.access.requesting import Office, sign
from tests.journeys.firm import CALLER, Firm, Since

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def local(at) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_from_the_refusal_to_the_value_and_its_end(firm: Firm) -> None:
    agent, head, since = firm.at_work("agent"), firm.at_work("head"), Since()
    agent.get(firm.page)
    refused = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    (link,) = re.findall(r'href="(/requests/new/\?[^"]+)"', refused)
    form = agent.get(link.replace("&amp;", "&"))
    assert "NORTH-0007" in form
    assert 'value="mobile" id="r_fields_asked' in form or "mobile" in form
    asked: dict[str, Any] = {
        "customer": str(firm.caller),
        "purpose": "service",
        "scenario": "service",
        "fields_asked": ["mobile"],
        "selection": "one",
        "starts_at": local(now() - timedelta(minutes=5)),
        "ends_at": local(now() + timedelta(hours=2)),
        "output": "screen",
        "without": "justify",
        "justification": "客户来电要求",
        "reason": "核对退款",
    }
    since.kinds()
    checked = agent.post("/requests/new/", 200, **asked, check="yes").words
    assert "按所填理由保留" in checked
    assert since.kinds() == [], "checking leaves nothing behind"
    agent.post("/requests/new/", **asked)
    row = UsageRequest.objects.latest("number")
    assert since.kinds() == ["approvals.proposed"]

    inbox = head.get("/decisions/")
    proposal = Proposal.objects.get(pk=row.proposal)
    assert f"/decisions/{proposal.pk}/" in inbox
    since.kinds()
    page = head.get(f"/decisions/{proposal.pk}/")
    assert "核对退款" in page
    assert "没有其他人持有" in page
    assert since.kinds() == ["approvals.reasons_read"]
    head.post("/decisions/batch/", chosen=f"{proposal.pk} {proposal.content_hash}")
    assert since.kinds() == ["approvals.approved", "grant.given", "approvals.applied"]

    assert f"使用许可 {row.number}" in agent.get(firm.page)
    since.kinds()
    shown = agent.post(f"{firm.page}reveal/mobile/", 200, htmx=True).words
    assert CALLER["mobile"] in shown
    assert since.kinds() == ["field.revealed"]
    again = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    assert "次数已用完" in again
    assert since.kinds() == ["reveal.refused"]
    assert "1 / 1" in agent.get(f"/requests/{row.pk}/")


def test_fifty_at_once_never_show_more_than_was_allowed(firm: Firm) -> None:
    office = Office(firm.cast)
    customers = [office.customer() for _ in range(4)]
    row = office.asked(*customers, uses=3)

    sign(row.proposal, office.head, office.at)
    sign(row.proposal, office.boss, office.at)
    for one in customers:
        contact = contacts.touch(ref=one.ref, by=office.asker, at=office.at)
        contacts.change(id=contact.pk, by=office.asker, at=office.at, purpose="service")

    def try_one(number: int) -> bool:
        try:
            reveal(customers[number % 4].ref, "mobile", by=office.asker, at=office.at)
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(try_one, range(50)))
    assert shown.count(True) == 3
    assert GrantUse.objects.filter(request=row).count() == 3


def test_no_reveal_gets_past_a_revocation(firm: Firm) -> None:
    office = Office(firm.cast)
    customer = office.customer()
    row = office.granted(customer)
    office.in_contact(customer)

    def act(number: int) -> str:
        try:
            if number == 5:
                requests.revoke(row.pk, reason="已转岗", by=office.head, at=office.at)
                return "revoked"
            reveal(customer.ref, "mobile", by=office.asker, at=office.at)
        except Refused:
            return "refused"
        finally:
            connections.close_all()
        return "shown"

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(act, range(12)))
    assert done.count("shown") <= 1
    assert done.count("revoked") == 1
    assert act(0) == "refused"
