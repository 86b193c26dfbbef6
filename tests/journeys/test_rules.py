"""A reading rule changes: proposed, signed, and counting at the next read of somebody who is in the middle of work."""

import pytest

from access.models import ReadingRule
from approvals.models import Proposal
from tests.journeys.firm import CALLER, Firm, Since
from tests.journeys.test_people import sign

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_a_signed_rule_counts_at_the_next_read(firm: Firm) -> None:
    supervisor, security, officer = (firm.at_work(role) for role in ("supervisor", "security", "officer"))
    supervisor.get(firm.page)
    supervisor.post(f"{firm.page}reveal/mobile/", 200, htmx=True, reason="回拨")
    since = Since()
    security.post("/rules/supervisor-l3/", view="hidden", clause="S0-28", reason="收紧主管权限")
    proposal = Proposal.objects.get()
    assert since.kinds() == ["approvals.proposed"]

    assert supervisor.sees(supervisor.get(firm.page), "mobile") == ("masked", "154****0018")
    assert since.kinds() == ["customer.opened"], "nothing counts before it is signed"
    security.post(f"/decisions/{proposal.pk}/approve/", 409, hash=proposal.content_hash)
    assert since.kinds() == ["approvals.self_approval", "approvals.reasons_read"]
    sign(officer, proposal)
    assert since.kinds() == [
        "approvals.reasons_read",
        "approvals.approved",
        "rule.changed",
        "approvals.applied",
    ]

    card = supervisor.get(firm.page)
    assert supervisor.sees(card, "mobile")[0] == "hidden"
    assert "154****0018" not in card
    refused = supervisor.post(f"{firm.page}reveal/mobile/", 403, htmx=True, reason="回拨").words
    assert CALLER["mobile"] not in refused
    assert "规则 supervisor-l3，第 2 版" in refused
    assert since.kinds() == ["customer.opened", "reveal.refused"]
    versions = ReadingRule.objects.filter(code="supervisor-l3").order_by("number")
    assert [(row.number, row.until is None) for row in versions] == [(1, False), (2, True)]
