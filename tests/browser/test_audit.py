"""The month's audit in real Chromium: not signed while a finding is open, taken into a case, decided, signed off."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import fits

MOST = 10
"""Findings of the demo's last month that this journey takes; there are fewer."""


def test_an_officer_takes_what_is_open_and_signs_the_month_off(sit: Sit) -> None:
    officer = sit("D1001")
    page = officer.page
    page.goto("/audits/")
    officer.follow(page.locator("table.list tbody th a").last)
    audit = page.url
    officer.problems.expected.add(409)
    waiting = page.locator("table.findings tbody th a")
    expect(waiting.first).to_be_visible()
    expect(page.locator("#waits-findings")).to_be_visible()  # the number comes behind the page
    fits(officer)
    officer.follow(page.get_by_role("button", name="签署结案"))
    expect(page.get_by_role("alert")).to_contain_text("未能签署")

    for _ in range(MOST):
        page.goto(audit)
        if not waiting.count():
            break
        officer.follow(waiting.first)
        fits(officer)
        officer.follow(page.get_by_role("button", name="受理", exact=True))
        page.locator("#note_words").fill("已与主管沟通")
        officer.follow(page.locator("form[action$='/note/'] button"))
        expect(page.locator("ol.notes")).to_contain_text("已与主管沟通")
        page.locator("#decide_decision").select_option("explained")
        page.locator("#decide_words").fill("按排班值守")
        fits(officer)
        officer.follow(page.locator("form[action$='/decide/'] button"))
        expect(page.locator("ol.notes")).to_contain_text("按排班值守")

    officer.follow(page.get_by_role("button", name="签署结案"))
    expect(page.locator(".digest")).to_be_visible()
    fits(officer)

    head = sit("H1001", width=390)
    head.page.goto(audit)
    head.follow(head.page.get_by_role("button", name="确认阅知"))
    expect(head.page.locator("body")).to_contain_text("您已于")
    fits(head)
