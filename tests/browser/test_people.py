"""A new person in real Chromium: proposed, signed, enrolled with two halves, logged in and led to the undertaking."""

from __future__ import annotations

import re

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import Person, Problems, fits
from tests.browser.test_requests import step_up
from tests.live.site import Site

NUMBER, NAME = "E2001", "欧阳新芽"
CHOSEN = "一匹白马走过长安街十二月"
ASKED = "补充坐席"


def half(person: Person, button: str) -> str:
    """Have one half of the enrolment shown, and read it."""
    person.follow(person.page.get_by_role("button", name=button))
    return person.page.locator(".half .secret").inner_text().strip()


def test_a_new_person_is_proposed_signed_enrolled_and_works(sit: Sit, site: Site, chrome: Chromium) -> None:
    manager = sit("M1001")
    page = manager.page
    page.goto("/people/new/")
    fits(manager)
    page.locator("#id_number").fill(NUMBER)
    page.locator("#id_name").fill(NAME)
    department = page.locator("#id_department")
    department.select_option(department.locator("option", has_text="客户服务部").get_attribute("value"))
    page.locator("input[name=roles][value=agent]").check()
    page.get_by_label("华东客户组").check()
    page.locator("textarea[name=reason]").fill(ASKED)
    manager.follow(page.get_by_role("button", name="提出", exact=True))
    step_up(page)
    expect(page.locator("main")).to_contain_text(NAME)
    decision = page.url

    head = sit("H1001", width=390)
    head.page.goto("/decisions/")
    head.follow(head.page.locator("form tr", has_text=NAME).locator("a").first)
    expect(head.page.locator("blockquote")).to_contain_text(ASKED)
    fits(head)
    head.follow(head.page.get_by_role("button", name="批准并签署"))
    step_up(head.page)
    expect(head.page.locator("main")).to_contain_text("已执行")
    code = half(head, "显示验证码")
    page.goto(decision)
    link = half(manager, "显示链接")
    fits(manager)

    context = chrome.new_context(base_url=site.address, locale="zh-CN")
    newcomer = Person(NUMBER, context.new_page(), Problems())
    newcomer.watch()
    page = newcomer.page
    newcomer.problems.expected.add(422)  # the code is asked for once the link is known
    page.goto(link)
    expect(page.locator("#id_code")).to_be_focused()
    assert "#" not in page.url
    page.locator("#id_code").fill(code)
    newcomer.follow(page.locator("main form button"))
    fits(newcomer)
    page.locator("#id_password").fill(CHOSEN[:6])
    expect(page.locator(".strength-words")).to_have_text("太短")
    page.locator("#id_password").fill(CHOSEN)
    expect(page.locator(".strength-words")).to_have_text("中")
    page.locator("#id_again").fill(CHOSEN)
    newcomer.follow(page.locator("main form button"))
    expect(page.locator(".secret")).to_have_text(re.compile(r"^[A-Z2-7]+$"))
    fits(newcomer)
    page.locator("button[data-fills^='id_code']").click()  # the demo is their phone
    page.wait_for_url("**/account/login/")
    page.locator("#id_login").fill(NUMBER)
    page.locator("#id_password").fill(CHOSEN)
    newcomer.follow(page.locator("main form button"))
    expect(page.locator("h1")).to_contain_text("保密承诺书")
    fits(newcomer)
    context.close()
    assert not newcomer.problems.told
