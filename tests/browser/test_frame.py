"""The frame of every page: the lock that keeps what was typed, languages, keys, and the way without scripts."""

from __future__ import annotations

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from staff.demo import PASSWORD
from tests.browser.conftest import CALLER, Sit
from tests.live.site import Site

TYPED = "客户说地址不对，请核对"


def test_the_idle_lock_keeps_what_was_typed(sit: Sit) -> None:
    agent = sit("A1002")
    page = agent.page
    page.clock.install()
    page.goto("/problems/report/")
    words = page.locator("textarea[name=text]")
    words.fill(TYPED)
    lock = page.locator("#lock")
    page.clock.run_for(14 * 60_000)
    expect(lock).to_be_hidden()
    with page.expect_response("**/session/lock/"):
        page.clock.run_for(61_000)
    expect(lock).to_be_visible()
    expect(page.locator("#lock-password")).to_be_focused()
    assert page.locator(".frame").get_attribute("inert") is not None, "nothing behind the lock can be reached"

    agent.problems.expected.update({422, 423})
    assert page.evaluate("fetch('/jobs/', {method: 'POST'}).then(answer => answer.status)") == 423, (
        "nor by hand"
    )
    page.locator("#lock-password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#lock-error")).to_be_visible()
    page.locator("#lock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    expect(words).to_have_value(TYPED)
    expect(words).to_be_focused()
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/")
    expect(page.locator("main")).to_contain_text("已")

    page.goto("/customers/list/")
    agent.follow(page.locator("[data-row]").first)
    page.locator("[data-opens='close-contact']").click()
    line = page.locator("#close-line")
    line.fill(TYPED)
    with page.expect_response("**/session/lock/"):
        page.clock.run_for(16 * 60_000)
    expect(lock).to_be_visible()
    assert page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('#lock') !== null"
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(lock).to_be_visible()
    page.locator("#lock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    expect(line).to_have_value(TYPED)  # the dialog that was open is open again
    expect(line).to_be_visible()


def test_a_form_that_came_back_begins_where_it_is_wrong(sit: Sit) -> None:
    person = sit("A1001")
    page = person.page
    person.problems.expected.add(422)
    page.goto("/customers/new/")
    page.locator("[name=number]").fill("FORM-1")
    page.locator("[name=mobile]").fill("123")
    page.locator(".record-form button[type=submit]").click()
    summary = page.locator(".form-errors")
    expect(summary).to_contain_text("手机号码")
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    expect(page.locator("[name=mobile]")).to_have_value("123")
    summary.get_by_role("link", name="手机号码").click()
    expect(page.locator("[name=mobile]")).to_be_focused()


def test_the_language_switch_stays_on_the_page(sit: Sit) -> None:
    page = sit("H1001").page
    page.goto("/decisions/")
    expect(page.locator("h1")).to_contain_text("审批")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/decisions/")
    expect(page.locator("h1")).to_contain_text("Decisions")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_the_slash_leads_to_the_search_box_but_not_while_typing(sit: Sit) -> None:
    page = sit("S1001").page
    page.goto("/problems/report/")
    page.locator("textarea[name=text]").press("/")
    expect(page.locator("textarea[name=text]")).to_have_value("/")
    page.goto("/jobs/")
    page.keyboard.press("/")
    page.wait_for_url("**/customers/")
    expect(page.locator("[data-search]")).to_be_focused()


def test_the_work_is_done_without_scripts_too(sit: Sit, site: Site, chrome: Chromium) -> None:
    state = sit("A1001").page.context.storage_state()
    context = chrome.new_context(base_url=site.address, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/customers/")
    page.locator("#typed").fill(CALLER["mobile"])
    page.locator("form[role=search] button[type=submit]").click()
    page.get_by_role("link", name=CALLER["number"]).click()
    page.locator("[data-field=mobile] form button").click()
    expect(page.get_by_role("alert")).to_contain_text("agent-l3")
    context.close()
