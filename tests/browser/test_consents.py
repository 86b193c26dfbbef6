"""Consent at the desk in real Chromium: recorded by one, looked at by another, used, withdrawn."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIGNING, Sit
from tests.browser.person import NARROW, WIDE, Person, fits
from tests.live.site import Site
from tests.papers import PDF

LOOKS = os.environ.get("SCREENSHOTS", "")
"""A directory for pictures of each page, where somebody wants to look at them."""


def look(person: Person, name: str) -> None:
    """Insist that the page fits, and leave pictures of it."""
    fits(person)
    for width in (NARROW, WIDE) if LOOKS else ():
        person.page.set_viewport_size({"width": width, "height": 900})
        person.page.screenshot(path=Path(LOOKS) / f"{name}-{width}.png", full_page=True)
    person.page.set_viewport_size({"width": WIDE, "height": 900})


def to_the_customer(person: Person) -> None:
    person.page.goto("/customers/")
    person.page.locator("[data-search], input[name=typed]").first.fill(SIGNING["number"])
    person.page.keyboard.press("Enter")
    person.page.locator("[data-row]").first.click()
    expect(person.page.locator("#consents")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_records_confirms_uses_and_withdraws(site: Site, sit: Sit, tmp_path: Path, language: str) -> None:
    site.run("tests.browser.notice")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(PDF)
    agent = sit("A1001", language=language)
    agent.problems.expected |= {403}
    to_the_customer(agent)
    look(agent, f"{language}-1-customer")
    page = agent.page
    agent.follow(page.locator("[data-purpose=service] a[href*='/record/']"))
    page.locator("input[name=answer-service][value=yes]").check()
    page.locator("input[name=separate-service]").check()
    look(agent, f"{language}-2-record")
    page.locator("input[name=evidence]").set_input_files(paper)
    page.locator("main form[enctype] button[type=submit]").click()
    expect(page.locator(".flash-success")).to_be_visible()
    expect(page.locator("[data-purpose=service] .consent-waits")).to_be_visible()
    look(agent, f"{language}-3-recorded")
    page.locator("[data-field=mobile] form button").first.click()
    expect(page.locator("[data-field=mobile] .refused")).to_be_visible()
    look(agent, f"{language}-4-refused")
    page.locator("[data-field=mobile] .refused form[action$='/tell/'] button").click()
    expect(page.locator(".flash-success")).to_be_visible()

    supervisor = sit("S1001", language=language)
    supervisor.page.goto("/")
    look(supervisor, f"{language}-5-home")
    supervisor.page.goto("/consents/")
    look(supervisor, f"{language}-6-inbox")
    with supervisor.page.context.expect_page() as opened:
        supervisor.page.locator(".evidence button").first.click()
    opened.value.close()
    supervisor.page.locator("button[name=holds][value=yes]").first.click()
    expect(supervisor.page.locator(".flash-success")).to_be_visible()
    supervisor.page.goto("/consents/import/")
    look(supervisor, f"{language}-7-import")

    to_the_customer(agent)
    page.locator("[data-field=mobile] form button").first.click()
    expect(page.locator("[data-field=mobile] .revealed")).to_contain_text(SIGNING["mobile"])
    page.locator("[data-purpose=service] .consent-history summary").click()
    agent.follow(page.locator("[data-purpose=service] a[href$='/receipt/']").first)
    look(agent, f"{language}-8-receipt")
    to_the_customer(agent)
    agent.follow(page.locator("[data-purpose=complaint] .consent-acts a").first)
    look(agent, f"{language}-9-ask")
    page.locator("button[name=via][value=print]").click()
    expect(page.locator("img.qr")).to_be_visible()
    look(agent, f"{language}-10-printed")
    to_the_customer(agent)
    page.locator("[data-opens=withdraw-service]").click()
    look(agent, f"{language}-11-withdraw")
    page.locator("#withdraw-service .btn-danger").click()
    expect(page.locator("[data-purpose=service] .state")).to_be_visible()
    expect(page.locator("[data-opens=withdraw-service]")).to_have_count(0)
    look(agent, f"{language}-12-withdrawn")
