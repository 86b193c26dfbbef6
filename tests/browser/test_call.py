"""The main journey in real Chromium, in both languages: found, compared, refused, revealed, folded back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access import events
from tests.browser.conftest import CALLER, Sit
from tests.browser.person import fits

WORDS = {
    "zh-hans": {
        "refused": "规则要求具备客户授权",
        "reveal": "明文查看",
        "right": "一致",
        "reason": "回拨确认",
    },
    "en": {
        "refused": "The rule opens this value only with",
        "reveal": "Reveal",
        "right": "right",
        "reason": "call back",
    },
}
MASK = "154****0018"
TYPED = "１５４　0077 ００１８"


@pytest.mark.parametrize("language", WORDS)
def test_an_agent_serves_a_caller_by_keyboard(sit: Sit, language: str) -> None:
    words = WORDS[language]
    agent = sit("A1001", language=language)
    page = agent.page
    page.goto("/trail/mine/")
    page.keyboard.press("/")
    box = page.locator("[data-search]")
    expect(box).to_be_focused()
    page.keyboard.type(TYPED)
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/found/**")
    assert "154" not in page.url
    expect(page.locator("[data-row]")).to_have_text([CALLER["number"]])
    expect(page.get_by_text(MASK).first).to_be_visible()
    fits(agent)
    expect(page.locator("[data-row]")).to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    mobile = page.locator("[data-field=mobile]")
    expect(mobile.locator(".masked")).to_have_text(MASK)
    assert CALLER["mobile"] not in page.content()

    ways = page.locator("[data-reveals]")
    page.keyboard.press("r")
    expect(ways.first).to_be_focused()
    page.keyboard.press("r")
    expect(ways.nth(1)).to_be_focused()
    assert CALLER["mobile"] not in page.content(), "choosing shows nothing"

    page.keyboard.press("c")
    page.locator("#compare-field").select_option("mobile")
    page.locator("#compare-said").fill(TYPED)
    page.keyboard.press("Enter")
    expect(page.locator("#compared .compared-right")).to_be_visible()
    expect(page.locator("#compare-said")).to_have_value("")

    agent.problems.expected.add(403)
    mobile.get_by_role("button", name=words["reveal"]).click()
    refused = mobile.get_by_role("alert")
    expect(refused).to_contain_text(words["refused"])
    expect(refused).to_contain_text("agent-l3")
    refused.get_by_role("button").click()
    expect(page.locator("#compare-said")).to_be_focused()
    assert CALLER["mobile"] not in page.content()
    fits(agent)
    if language == "zh-hans":
        the_auditor_finds(sit, events.REVEAL_REFUSED.code, "A1001")


@pytest.mark.parametrize("language", WORDS)
def test_a_supervisor_reveals_for_a_minute(sit: Sit, language: str) -> None:
    words = WORDS[language]
    supervisor = sit("S1001", language=language)
    page = supervisor.page
    page.clock.install()
    page.goto("/customers/")
    page.locator("[data-search]").fill(CALLER["number"])
    page.keyboard.press("Enter")
    page.locator("[data-row]").first.click()
    mobile = page.locator("[data-field=mobile]")
    mobile.get_by_role("button", name=words["reveal"]).click()
    reason = mobile.locator("input[name=reason]")
    shown = mobile.locator("[data-revealed]")
    expect(reason.or_(shown)).to_be_visible()
    if reason.is_visible():  # the other language asked before; one reason serves the whole contact
        expect(reason).to_be_focused()
        reason.fill(words["reason"])
        page.keyboard.press("Enter")
    expect(shown.locator(".revealed-value")).to_have_text(CALLER["mobile"])
    assert "周岚 S1001" in (shown.get_attribute("data-watermark") or "")
    frame, level = (
        one.evaluate("one => getComputedStyle(one).borderTopColor")
        for one in (shown, mobile.locator(".level"))
    )
    assert frame != "rgba(0, 0, 0, 0)", level
    expect(shown.get_by_role("timer")).to_contain_text("60")
    page.clock.run_for(20_000)
    expect(shown.get_by_role("timer")).to_contain_text("40")
    fits(supervisor)
    page.clock.run_for(41_000)
    expect(shown).to_have_count(0)
    expect(mobile.locator(".masked")).to_have_text(MASK)
    assert CALLER["mobile"] not in page.content()
    if language == "zh-hans":
        the_auditor_finds(sit, events.FIELD_REVEALED.code, "S1001")
        the_officer_sees_who_saw(sit, CALLER["number"], "S1001")


def the_auditor_finds(sit: Sit, kind: str, number: str) -> None:
    """Find an act in the trail, and open it."""
    auditor = sit("U1001")
    page = auditor.page
    page.goto("/trail/")
    page.locator("#kind").select_option(kind)
    auditor.follow(page.locator("form.filters button"))
    auditor.follow(page.locator("table.list tr", has_text=number).first.locator("a").first)
    expect(page.locator("main")).to_contain_text(number)
    assert CALLER["mobile"] not in page.content()


def the_officer_sees_who_saw(sit: Sit, customer: str, number: str) -> None:
    """Ask who saw this customer, and find the person among those who did."""
    officer = sit("D1001")
    page = officer.page
    page.goto("/trail/customers/")
    page.locator("#number").fill(customer)
    officer.follow(page.locator("main form button"))
    seen = page.locator("table.list tr", has_text=number)
    expect(seen.filter(has_text="明文查看").first).to_be_visible()
    assert CALLER["mobile"] not in page.content()
