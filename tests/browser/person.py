"""Somebody in front of Chromium."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, ViewportSize, expect

WIDE, NARROW = 1280, 390
SIZES = {WIDE: ViewportSize(width=WIDE, height=900), NARROW: ViewportSize(width=NARROW, height=844)}
expect.set_options(timeout=20_000)
TOO_WIDE = """async () => {
    if (document.readyState !== "complete") {
        await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
    }
    const root = document.documentElement;
    const named = (some) =>
        some.slice(0, 4).map((one) => `${one.tagName}.${one.getAttribute("class") || ""}`).join(", ");
    const box = (one) => one.getBoundingClientRect();
    if (root.scrollWidth > root.clientWidth) {
        const out = [...document.body.querySelectorAll("*")].filter((one) => box(one).right > root.clientWidth + 1);
        return `${root.scrollWidth} > ${root.clientWidth}: ${named(out)}`;
    }
    const content = [...document.querySelectorAll("main#content.content *")];
    const left = content.filter((one) => box(one).width > 1 && box(one).left < -1 && one.checkVisibility());
    if (left.length) return `cut off at the left: ${named(left)}`;
    // What a control holds scrolls in it, and so does what says of itself that it is wider than a page.
    const full = content.filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
        && one.checkVisibility() && !one.matches("input, select, textarea")
        && !["auto", "scroll"].includes(getComputedStyle(one).overflowX));
    if (full.length) return `holds more than it is wide: ${named(full)}`;
    // On a card the content of a cell stands beside its name, never below it in the column of the names.
    const cells = root.clientWidth < 640 ? document.querySelectorAll(".list tbody [data-label]") : [];
    const words = document.createRange();
    for (const cell of cells) {
        words.selectNodeContents(cell);
        const edge = box(cell).left + 100;
        if ([...words.getClientRects()].some((one) => one.width && one.left < edge)) {
            return `“${cell.textContent.trim().slice(0, 40)}” stands under “${cell.dataset.label}”`;
        }
    }
    return "";
}"""
"""Wide is what makes the page wider than the window and, on our own pages, what lies left of it where nobody gets, and
what sticks out of its own box, over its neighbour or cut off. An image is none of these: the style sheet gives it no
more than its place.
"""
LOOK = f"""async () => [
    await ({TOO_WIDE})(),
    [...document.querySelectorAll("a[href], tr[data-href]")].map((one) => one.dataset.href || one.href),
]"""


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

    def change_to(self, page: Page) -> None:
        """Go on in another page of the same browser, with the same eyes and the same size."""
        size = self.page.viewport_size
        assert size is not None
        self.page.close()
        self.page = page
        self.watch()
        page.set_viewport_size(size)

    def log_in(self) -> None:
        """Log in as a newcomer does: pick the role, use the code that the demo shows."""
        self.page.goto("/account/login/")
        self.page.locator(f"button[data-fills*='{self.number}']").click()
        self.page.wait_for_url(lambda address: "/account/login" not in address)
        if "2fa" in self.page.url:
            self.page.locator("button[data-fills^='id_code']").click()
            self.page.wait_for_url(lambda address: "/account/" not in address)

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
        return str(self.page.evaluate(TOO_WIDE))

    def look(self) -> tuple[str, list[str]]:
        """Return what sticks out at the right of the page, and where its links lead, in one question."""
        why, links = self.page.evaluate(LOOK)
        return str(why), list(links)


def fits(person: Person) -> None:
    """Insist that nothing sticks out of this page, in a hand and at a desk."""
    for width in (NARROW, WIDE):
        person.page.set_viewport_size({"width": width, "height": 900})
        why = person.too_wide()
        assert not why, f"{person.page.url} at {width} px: {why}"
