"""A customer answers on a phone, the agent may look, the customer withdraws, the agent may not (S0-28, PIPL 15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.browser.conftest import ANSWERING, Sit
from tests.browser.person import NARROW, Person, Problems, fits

Phone = Callable[[str], Person]


@pytest.fixture
def phone(chrome: Chromium) -> Iterator[Phone]:
    """The customer's own phone at an address; nobody of ours is logged in there."""
    taken: list[Person] = []

    def at(address: str) -> Person:
        context = chrome.new_context(viewport={"width": NARROW, "height": 844}, has_touch=True)
        customer = Person("customer", context.new_page(), Problems())
        taken.append(customer)
        customer.watch()
        customer.page.goto(address)
        return customer

    yield at
    problems = [problem for one in taken for problem in one.problems.told]
    for one in taken:
        one.page.context.close()
    assert not problems, "\n".join(problems)


def open_caller(page: Page) -> None:
    page.goto("/customers/")
    page.locator("[data-search]").fill(ANSWERING["number"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/found/**")
    page.locator("[data-row]").first.click()
    expect(page.locator("[data-field=mobile]")).to_be_visible()


def try_to_reveal(agent: Person) -> None:
    agent.page.locator("[data-field=mobile] form[action*='/reveal/'] button").click()


def test_the_customer_decides_who_reads_the_number(sit: Sit, phone: Phone) -> None:
    agent = sit("A1001", language="en")
    page = agent.page
    open_caller(page)
    at = page.url
    agent.follow(page.locator("#consents").get_by_role("link", name="Ask the customer"))
    fits(agent)
    for choice in page.locator("input[name=purposes]").all():
        choice.set_checked(choice.get_attribute("value") == "service")
    agent.follow(page.get_by_role("button", name="Show as QR code"))
    fits(agent)
    address = page.locator(".consent-address").inner_text().strip()
    assert re.fullmatch(r"http://localhost:\d+/(en|zh-hans)/c/[\w-]{40,}/", address)
    assert ANSWERING["mobile"] not in page.content()

    customer = phone(address)
    asked = customer.page
    fits(customer)
    asked.set_viewport_size({"width": NARROW, "height": 844})
    customer.problems.expected.add(422)
    asked.locator("#given").fill("110101199003070000")
    asked.locator("button.act").click()
    expect(asked.get_by_role("alert")).to_be_visible()
    asked.locator("#given").fill(ANSWERING["resident_id"].lower())
    asked.locator("button.act").click()
    asked.locator("input[name='answer-service'][value=yes]").check()
    fits(customer)
    asked.locator("button.act").last.click()
    asked.wait_for_url("**/r/**")
    expect(asked.locator(".state-given")).to_be_visible()
    fits(customer)

    # Answered in the network of the office: a second person has to look.
    agent.problems.expected.add(403)
    page.goto(at)
    try_to_reveal(agent)
    expect(page.locator("[data-field=mobile]").get_by_role("alert")).to_contain_text("second person")
    boss = sit("S1001", language="en")
    boss.page.goto("/consents/")
    row = boss.page.locator(".consents-waiting li", has_text=ANSWERING["number"])
    fits(boss)
    row.get_by_role("button", name="Confirm").click()
    expect(boss.page.locator(".consents-waiting li", has_text=ANSWERING["number"])).to_have_count(0)

    page.goto(at)
    try_to_reveal(agent)
    expect(page.locator("[data-field=mobile]")).to_contain_text(ANSWERING["mobile"])

    asked.locator("button[name=purpose][value=service]").click()
    expect(asked.locator(".state-withdrawn")).to_be_visible()
    page.goto(at)
    try_to_reveal(agent)
    refused = page.locator("[data-field=mobile]").get_by_role("alert")
    expect(refused).to_contain_text("withdrew the consent")
    expect(refused).to_contain_text(re.compile(r"20\d\d-\d\d-\d\d"))
    assert ANSWERING["mobile"] not in page.content()
