"""Limits: a budget is used up and extended twice; a value is shown in an emergency and somebody else reviews it."""

from __future__ import annotations

import pytest

from access.models import BreakGlass
from tests.access.test_budgets import allow
from tests.journeys.firm import CALLER, Firm, Since
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_a_supervisor_uses_up_a_budget_and_is_helped_on(firm: Firm) -> None:
    allow(firm.cast.at, hour=1)
    others = [firm.cast.customer().ref for _ in range(3)]
    supervisor, head = firm.at_work("supervisor"), firm.at_work("head")

    def reveal(ref, status: int) -> str:
        supervisor.get(f"/customers/{ref}/")
        since.kinds()
        return str(
            supervisor.post(f"/customers/{ref}/reveal/mobile/", status, htmx=True, reason="回访").words
        )

    since = Since()
    reveal(firm.caller, 200)
    assert since.kinds() == ["field.revealed"]
    assert 'name="reason"' in reveal(others[0], 429)
    assert since.kinds() == ["budget.refused"]
    supervisor.post("/budgets/more/", 200, htmx=True, budget="clear", reason="投诉升级，逐户回访")
    assert since.kinds() == ["budget.extended"]
    reveal(others[0], 200)
    assert "主管" in reveal(others[1], 429)
    assert since.kinds() == ["budget.refused"]

    assert supervisor.person.number in head.get("/budgets/")
    head.post(f"/budgets/people/{supervisor.person.pk}/allow/", budget="clear")
    assert since.kinds() == ["budget.extended"]
    reveal(others[1], 200)
    reveal(others[2], 429)
    assert since.kinds() == ["budget.refused"]
    refused = Event.objects.filter(kind="budget.refused", actor_id=supervisor.person.pk).order_by("id")
    assert [event.facts["step"] for event in refused] == ["reason", "tap", "wait"]


def test_an_emergency_is_shown_and_reviewed(firm: Firm) -> None:
    supervisor, head, officer = (firm.at_work(role) for role in ("supervisor", "head", "officer"))
    since = Since()
    refused = supervisor.post(f"{firm.page}reveal/mobile/", 403, htmx=True).words
    assert f"{firm.page}emergency/mobile/" in refused
    shown = supervisor.post(
        f"{firm.page}emergency/mobile/", 200, htmx=True, reason="客户晕倒，联系家属"
    ).words
    assert CALLER["mobile"] in shown
    assert since.kinds() == ["reveal.refused", "break_glass.used"]

    for seat in (head, officer):
        assert supervisor.person.name in seat.get("/notifications/")
    (used,) = BreakGlass.objects.all()
    at = used.at.isoformat()
    assert "联系家属" in head.get(f"/trail/events/{used.event}/text/", at=at)
    assert since.kinds() == ["files.texts_read"]
    head.post(f"/break-glass/{used.id}/review/", justified="yes", words="已核实，确属紧急")
    assert since.kinds() == ["break_glass.reviewed"]
    assert "理由充分" in supervisor.get("/break-glass/")
