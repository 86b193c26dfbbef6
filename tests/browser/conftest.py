"""A demo site of its own, and Chromium sitting in front of it. Whatever the console complains of fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from kinds.synthetic import person as synthetic
from tests.browser.person import Person, Problems
from tests.live.browser import Browser
from tests.live.site import Site

CUSTOMERS = 40
LOGIN_SECONDS = 180
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WITHOUT_WINDOW = "chromium-headless-shell"
"""The same engine, where it is installed: it draws no window that nobody sees, and takes half the time."""
LANGUAGE = "django_language"
"""The cookie that the button of a language leaves behind."""
CALLER = {
    "number": "CALL-0001",
    "full_name": "濮阳示例",
    "mobile": "15400770018",
    "resident_id": "119900199001010010",
}
"""Calls, and is asked for no consent: what the journeys of consent leave behind would change what is read here."""


def answering(number: int) -> dict[str, str]:
    """Return a customer who is asked for consent in one journey, and meets no other."""
    who = synthetic(9_900 + number)
    return {
        "number": f"CONSENT-{number}",
        "full_name": who.name,
        "mobile": who.mobile,
        "resident_id": who.resident_id,
    }


SIGNING, ANSWERING = answering(1), answering(2)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as a newcomer gets it, with three customers more: one who calls, two who answer."""
    from staff.demo import PASSWORD

    with Site(tmp_path_factory.mktemp("browser"), mode="demo") as site:
        site.manage("demo_data", f"--customers={CUSTOMERS}")
        site.start_web()
        site.start_public()
        agent = Browser(site.address)
        agent.log_in("A1001", "", password=PASSWORD)
        for customer in (CALLER, SIGNING, ANSWERING):
            agent.get("/customers/new/?scenario=handling")
            form = {"portfolio": "EAST", "source": "phone"} | customer
            made = agent.post("/customers/new/?scenario=handling", form)
            assert customer["number"] in made.words, made.words[:2000]
        yield site


@pytest.fixture(scope="package")
def chrome(chromium: str) -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        program = shutil.which(WITHOUT_WINDOW) or chromium
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def logins() -> dict[str, Any]:
    """What a browser holds after a login, and when that was.

    A one-time code works once, so nobody logs in twice in a row; a login of some minutes ago is made anew, because
    its second factor would soon be too old for what wants a fresh one.
    """
    return {}


Sit = Callable[..., Person]


def still(chrome: Chromium, page: Page) -> Page:
    """Return a page beside this one that draws a frame when told to, which nobody does: drawing is a third of the work.

    It loads, runs its scripts, and is laid out when it is measured; it cannot be clicked: a click waits for frames.
    """
    context = page.context
    place = context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    asked = {"url": "about:blank", "browserContextId": place, "enableBeginFrameControl": True}
    with context.expect_page() as opened:
        chrome.new_browser_cdp_session().send("Target.createTarget", asked)
    return opened.value


@pytest.fixture
def sit(site: Site, chrome: Chromium, logins: dict[str, Any]) -> Iterator[Sit]:
    """Let somebody sit down: `sit("A1001", language="en", width=390)`."""
    people: list[Person] = []

    def down(number: str, *, language: str = "zh-hans", width: int = 1280, drawn: bool = True) -> Person:
        """Let them sit down.

        :param drawn: false for who only opens pages and measures them.
        """
        if number in logins and monotonic() - logins[number][1] > LOGIN_SECONDS:
            del logins[number]
        state = logins[number][0] if number in logins else None
        context = chrome.new_context(
            viewport={"width": width, "height": 900}, base_url=site.address, storage_state=state
        )
        context.add_cookies([{"name": LANGUAGE, "value": language, "url": site.address}])
        person = Person(number, context.new_page(), Problems())
        people.append(person)
        person.watch()
        if number not in logins:
            person.log_in()
            logins[number] = (dict(context.storage_state()), monotonic())
        if not drawn and shutil.which(WITHOUT_WINDOW):
            person.change_to(still(chrome, person.page))
        return person

    yield down
    problems = [problem for person in people for problem in person.problems.told]
    for person in people:
        person.page.context.close()
    assert not problems, "\n".join(problems)
