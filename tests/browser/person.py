"""Somebody in front of Chromium."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, ViewportSize, expect

WIDE, NARROW = 1280, 390
SIZES = {WIDE: ViewportSize(width=WIDE, height=900), NARROW: ViewportSize(width=NARROW, height=844)}
expect.set_options(timeout=20_000)


@dataclass
class Problems:
    """What the console, the network and the scripts complained of."""

    told: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses that a test provokes on purpose: the console tells of them as well."""

    def console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if any(re.search(rf"(status of|Error Code) {status} ", message.text) for status in self.expected):
            return
        self.told.append(f"console: {message.text} ({message.location.get('url', '')})")

    def script(self, error: object) -> None:
        self.told.append(f"script: {error}")

    def answer(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.told.append(f"{response.status} {response.request.method} {response.url}")

    def failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left while something still loaded
            self.told.append(f"{request.failure} {request.url}")


@dataclass
class Person:
    """One person at one page."""

    number: str
    page: Page
    problems: Problems

    def watch(self) -> None:
        self.page.on("console", self.problems.console)
        self.page.on("pageerror", self.problems.script)
        self.page.on("response", self.problems.answer)
        self.page.on("requestfailed", self.problems.failure)

    def log_in(self) -> None:
        """Log in as a newcomer does: pick the role, use the code that the demo shows."""
        self.page.goto("/account/login/")
        self.page.locator(f"button[data-fills*='{self.number}']").click()
        self.page.wait_for_url(lambda address: "/account/login" not in address)
        if "2fa" in self.page.url:
            self.page.locator("button[data-fills^='id_code']").click()
            self.page.wait_for_url(lambda address: "/account/" not in address)

    def speak(self, language: str) -> None:
        """Switch the language by its button on the page, where it is another."""
        self.page.goto("/jobs/")
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.locator(f"form.language button[lang='{language}']").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def follow(self, link: Locator) -> None:
        """Click what leads to another page, and wait for that page: a click alone returns on the old one."""
        with self.page.expect_navigation():
            link.click()

    def resize(self, width: int) -> None:
        """Sit at a desk, or hold a phone; nothing is laid out anew for who does so already."""
        if self.page.viewport_size != SIZES[width]:
            self.page.set_viewport_size(SIZES[width])

    def too_wide(self) -> str:
        """Return what sticks out at the right of the page, or nothing."""
        self.page.wait_for_function("document.body !== null && document.readyState === 'complete'")
        return str(
            self.page.evaluate(
                """() => {
                    const root = document.documentElement;
                    if (root.scrollWidth <= root.clientWidth) return "";
                    const out = [...document.body.querySelectorAll("*")]
                        .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
                        .map((one) => one.tagName + "." + one.className);
                    return `${root.scrollWidth} > ${root.clientWidth}: ` + out.slice(0, 4).join(", ");
                }"""
            )
        )


def fits(person: Person) -> None:
    """Insist that nothing sticks out of this page, in a hand and at a desk."""
    for width in (NARROW, WIDE):
        person.page.set_viewport_size({"width": width, "height": 900})
        assert not person.too_wide(), f"{person.page.url} at {width} px: {person.too_wide()}"
