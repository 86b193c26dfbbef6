"""Break-glass in real Chromium: refused, shown for a minute with a reason, reviewed by the head on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import fits

PURPOSE = "marketing"


def test_a_supervisor_breaks_the_glass_and_the_head_reviews_it(sit: Sit) -> None:
    supervisor = sit("S1001")
    page = supervisor.page
    # Not the customer of the other journeys: the contact with its purpose goes on for half an hour.
    page.goto("/customers/list/")
    page.locator("[data-row]").last.click()
    # A purpose of the company's own business asks for the customer's consent, and there is none.
    page.locator("#contact select[name=purpose]").select_option(PURPOSE)
    expect(page.locator("#contact [role=status]")).to_be_visible()
    supervisor.problems.expected.add(403)
    field = page.locator("[data-field=mobile]")
    field.get_by_role("button", name="明文查看").click()
    field.locator(".emergency > summary").click()
    fits(supervisor)
    field.locator(".emergency input[name=reason]").fill("客户晕倒，需联系家属")
    field.get_by_role("button", name="紧急显示明文").click()
    shown = field.locator("[data-revealed]")
    expect(shown.locator(".revealed-value")).to_have_text(re.compile(r"^1\d{10}$"))

    # The next contact would start with the purpose used last.
    page.locator("#contact select[name=purpose]").select_option("service")
    expect(page.locator("#contact [role=status]")).to_be_visible()

    head = sit("H1001", width=390)
    head.page.goto("/break-glass/")
    waiting = head.page.locator(".emergencies > li").filter(has=head.page.locator(".emergency-review")).first
    expect(waiting).to_contain_text("S1001")
    fits(head)
    head.page.set_viewport_size({"width": 390, "height": 844})
    waiting.locator("input[name=words]").fill("已核实")
    waiting.get_by_role("button", name="理由充分", exact=True).click()
    expect(head.page.locator(".emergencies .state-done").first).to_be_visible()
