"""A customer calls: found, compared, refused, revealed, and found again in the trail."""

import pytest

from tests.access.cast import last_event
from tests.journeys.firm import CALLER, NUMBER, WIDE_AND_SPACED, Firm, Since
from trail.models import Event, Exposure

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_an_agent_serves_a_caller(firm: Firm) -> None:
    agent = firm.seat("agent")
    assert agent.log_in(factor=False) == ["staff.login"]
    assert "typed" in agent.get("/customers/")
    since = Since()

    found = agent.client.post("/customers/", {"how": "any", "typed": WIDE_AND_SPACED})
    assert since.kinds() == [], "what was typed is kept in the session, and looked up by its page"
    results = agent.get(found["Location"])
    assert since.kinds() == ["customer.listed"]
    assert NUMBER in results
    assert "154****0018" in results
    assert CALLER["mobile"] not in results

    card = agent.get(firm.page)
    assert since.kinds() == ["contact.opened", "customer.opened"]
    assert agent.sees(card, "full_name") == ("clear", "濮阳示例")
    assert agent.sees(card, "mobile") == ("masked", "154****0018")
    assert agent.sees(card, "resident_id") == ("masked", "119900********0010")

    right = agent.post(f"{firm.page}compare/", 200, htmx=True, field="mobile", said=WIDE_AND_SPACED).words
    wrong = agent.post(f"{firm.page}compare/", 200, htmx=True, field="mobile", said="15400000026").words
    assert ("compared-right" in right, "compared-wrong" in wrong) == (True, True)
    assert CALLER["mobile"] not in right + wrong
    assert since.kinds() == ["value.compared", "value.compared"]

    refused = agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True, reason="客户要求").words
    assert "规则 agent-l3，第 1 版" in refused
    assert "S0-28: 客服仅可访问 L1-L2 及客户授权的 L3 部分" in refused
    assert "规则要求具备客户授权" in refused
    assert 'data-compares="mobile"' in refused, "the next step is a button"
    assert CALLER["mobile"] not in refused
    assert since.kinds() == ["reveal.refused"]

    contact = Event.objects.filter(kind="contact.opened").latest("id").contact
    agent.post(f"/contacts/{contact}/close/", line="核对手机号，已告知办理进度", ref=firm.caller)
    assert since.kinds() == ["contact.closed"]
    agent.client.post("/account/logout/")
    assert since.kinds() == ["staff.logout"]


def test_a_supervisor_reveals_inside_a_contact(firm: Firm) -> None:
    supervisor = firm.seat("supervisor")
    assert supervisor.log_in(factor=True) == ["staff.login"]
    since = Since()
    outside = supervisor.post(f"{firm.page}reveal/mobile/", 403, htmx=True, reason="核实").words
    assert "接触" in outside
    assert since.kinds() == ["reveal.refused"], "a reason alone is not enough"
    supervisor.get(firm.page)
    assert since.kinds() == ["contact.opened", "customer.opened"]
    asked = supervisor.post(f"{firm.page}reveal/mobile/", 200, htmx=True).words
    assert 'name="reason"' in asked
    assert since.kinds() == [], "being asked for a reason is no refusal"
    shown = supervisor.post(f"{firm.page}reveal/mobile/", 200, htmx=True, reason="回拨确认投诉").words
    assert CALLER["mobile"] in shown
    again = supervisor.post(f"{firm.page}reveal/resident_id/", 200, htmx=True).words
    assert CALLER["resident_id"] in again, "one reason serves the whole contact"
    assert since.kinds() == ["field.revealed", "field.revealed"]
    seen = Exposure.objects.filter(act="revealed", customer=firm.caller).order_by("id")
    assert [(one.clear, one.level) for one in seen] == [(["mobile"], 3), (["resident_id"], 3)]


def lines(words: str) -> list[str]:
    """Return the events that a page of the trail lists."""
    return words.split("<tbody")[1].split("</tbody>")[0].split("<tr")[1:] if "<tbody" in words else []


def test_the_trail_answers_who_saw_whom(firm: Firm) -> None:
    agent, supervisor = firm.at_work("agent"), firm.at_work("supervisor")
    for seat in (agent, supervisor):
        seat.get(firm.page)
    agent.post(f"{firm.page}reveal/mobile/", 403, htmx=True, reason="客户要求")
    supervisor.post(f"{firm.page}reveal/mobile/", 200, htmx=True, reason="回拨")
    auditor, officer = firm.at_work("auditor"), firm.at_work("officer")
    since = Since()

    for kind, who, other in (("reveal.refused", agent, supervisor), ("field.revealed", supervisor, agent)):
        found = lines(auditor.get("/trail/", kind=kind, person=str(who.person.pk)))
        assert len(found) == 1
        assert who.person.number in found[0]
        assert not lines(auditor.get("/trail/", kind=kind, person=str(other.person.pk)))
    assert since.kinds() == ["trail.read"] * 4
    revealed = Event.objects.filter(kind="field.revealed").latest("id")
    one = auditor.get(f"/trail/events/{revealed.id}/", at=revealed.at.isoformat())
    assert "L3-手机号码" in one
    assert NUMBER in one
    assert since.kinds() == ["trail.read"]

    answer = officer.post("/trail/customers/", number=NUMBER)
    saw = officer.get(answer["Location"])
    assert since.kinds() == ["trail.read"]
    assert NUMBER not in answer["Location"]
    for seat in (agent, supervisor):
        assert seat.person.name in saw
    mine = agent.get("/trail/mine/")
    assert NUMBER in mine
    assert since.kinds() == ["trail.read"]
    for words in (one, saw, mine):
        assert not any(CALLER[code] in words for code in ("mobile", "resident_id", "email", "full_name"))
    assert last_event() >= revealed.id
