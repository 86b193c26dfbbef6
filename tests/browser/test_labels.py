"""A label in real Chromium: two people sign, values are sealed before one's eyes, the new index finds them (S0-20)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import NARROW, fits
from tests.live.browser import Browser
from tests.live.site import Site

NUMBER, CODE = "LABEL-0001", "91000000MA0000001R"
"""Whom no other journey needs, with a business number that looks like a unified social credit code."""
HELD = """
select count(*) filter (where open ? 'business_number'), count(*) filter (where sealed ? 'business_number')
from customers_customer"""


def held(site: Site) -> tuple[int, int]:
    """Count in the raw columns who holds the value in the clear and who sealed."""
    with site.database("default") as owner:
        found = owner.execute(HELD).fetchone()
    assert found is not None
    return found[0], found[1]


def make_customer(site: Site) -> None:
    from staff.demo import PASSWORD

    agent = Browser(site.address)
    agent.log_in("A1001", "", password=PASSWORD)
    agent.get("/customers/new/?scenario=handling")
    form = {"number": NUMBER, "portfolio": "EAST", "source": "phone", "business_number": CODE}
    assert NUMBER in agent.post("/customers/new/?scenario=handling", form).words


def test_two_people_sign_and_every_value_is_sealed_and_found_again(site: Site, sit: Sit) -> None:
    make_customer(site)
    site.start_worker()
    before, _ = held(site)
    assert before > 1

    officer = sit("D1001")
    page = officer.page
    page.goto("/catalogue/business_number/change/")
    page.locator("select[name=level]").select_option("3")
    page.locator("select[name=kind]").select_option("uscc")
    page.locator("select[name=index]").select_option("exact")
    page.locator("[name=reason]").fill("按新标准调整")
    officer.follow(page.locator("button[value=preview]"))
    expect(page.locator("table.diff ins", has_text="L3")).to_be_visible()
    fits(officer)
    officer.follow(page.locator("button[value=propose]"))
    decision = page.url
    officer.follow(page.get_by_role("button", name="批准并签署"))
    assert held(site) == (before, 0), "one signature changes nothing"

    head = sit("H1001", width=NARROW)
    head.page.goto(decision)
    fits(head)
    head.follow(head.page.get_by_role("button", name="批准并签署"))
    page.goto("/catalogue/business_number/")
    expect(page.locator(".progress-box .bar-done")).to_be_visible(timeout=60_000)
    assert held(site) == (0, before)

    agent = sit("A1001").page
    agent.goto("/customers/")
    agent.locator("#how").select_option("business_number")
    agent.locator("[data-search]").fill(CODE.lower())
    agent.keyboard.press("Enter")
    agent.wait_for_url("**/customers/found/**")
    expect(agent.locator("[data-row]")).to_have_count(1)
    agent.locator("[data-row]").first.click()
    expect(agent.locator("[data-field=business_number]")).to_be_visible()
    assert NUMBER in agent.content()
    assert CODE not in agent.content()
