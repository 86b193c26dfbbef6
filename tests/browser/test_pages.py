"""Every page that a role can walk to: no complaint in the console, no violation of the policy, nothing too wide."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tests.browser.conftest import Sit
from tests.browser.person import NARROW, SIZES, WIDE, Person

ROLES = {
    "A1001": "agent",
    "S1001": "supervisor",
    "H1001": "head",
    "N1001": "analyst",
    "D1001": "officer",
    "M1001": "security",
    "K1001": "custodian",
    "U1001": "auditor",
}
OF_LABELS = {"/catalogue/new-field/", "/catalogue/confirm-fields/", "/catalogue/{}/change/"}
EXPECTED = {
    "agent": {
        "/",
        "/customers/",
        "/customers/list/",
        "/customers/new/",
        "/customers/{}/",
        "/customers/{}/edit/",
        "/customers/{}/history/{}/",
        "/requests/",
        "/requests/new/",
        "/customers/{}/write/",
        "/retention/stale/",
        "/duties/",
        "/undertaking/",
    },
    "supervisor": {
        "/imports/",
        "/exports/",
        "/trail/team/",
        "/trail/people/{}/",
        "/customers/{}/placing/",
        "/customers/{}/apart/",
        "/budgets/",
        "/break-glass/",
    },
    "head": {
        "/reviews/",
        "/reviews/{}/",
        "/decisions/",
        "/decisions/{}/",
        "/rules/",
        "/catalogue/",
        "/catalogue/{}/",
        "/trail/team/",
    },
    "analyst": {"/", "/aggregates/", "/masked/", "/trail/mine/", "/jobs/"},
    "officer": {
        "/retention/",
        "/retention/due/",
        "/retention/holds/",
        "/retention/schedules/{}/",
        "/retention/batches/",
        "/retention/systems/",
        "/trail/",
        "/trail/customers/",
        "/reports/",
        "/radius/",
        "/people/",
        "/people/{}/",
        "/problems/",
        "/findings/",
        "/findings/{}/",
        "/findings/aside/",
        "/cases/",
        "/cases/{}/",
        "/audits/",
        "/audits/{}/",
        "/explain/",
        "/detectors/",
        "/detectors/{}/",
        "/detectors/hours/",
        *OF_LABELS,
    },
    "security": {
        "/people/new/",
        "/people/{}/",
        "/reviews/{}/",
        "/reviews/personnel/",
        "/rules/{}/",
        "/trail/",
        "/keys/seal/",
        "/admin/",
    },
    "custodian": {"/keys/", "/retention/backups/"},
    "auditor": {"/trail/", "/trail/proof/", "/trail/events/{}/", "/keys/", "/catalogue/", "/admin/"},
}
"""Pages that the walk must have come by, or it walked past them."""
SAME = {
    "/account/2fa/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/webauthn/",
    "/account/password/change/",
    "/break-glass/",
    "/cases/",
    "/consents/ending/",
    "/detectors/hours/",
    "/explain/",
    "/exports/",
    "/findings/",
    "/jobs/",
    "/purposes/without/",
    "/retention/backups/",
    "/retention/stale/",
    "/stand-ins/",
    "/trail/customers/",
    "/trail/keeping/",
    "/undertaking/",
}
"""Pages that say the same to everybody: who comes second fetches them, and opens only what says something else."""
NOT_WALKED = re.compile(
    r"/account/logout/|/report/$|/admin/.+|/account/2fa/recovery-codes/download/|/receipt/file/$"
)
ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/rules/)[\w-]+|(?<=/found/)[\w-]+"
    r"|(?<=/catalogue/)\w+(?=/)|(?<=/history/)\w+(?=/)"
    r"|(?<=/detectors/)(?!hours)\w+(?=/)|(?<=/schedules/)\w+/[\w-]+(?=/)"
)
CONTENT = re.compile(r"<main\b.*</main>", re.DOTALL)
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=)"[^"]+"')
LINK = re.compile(r'<(?:a|tr)\b[^>]*?\s(?:data-)?href="([^"]*)"')
BAD = """() => {
    const script = document.createElement("script");
    script.textContent = "window.bad = 1";
    document.body.append(script);
    document.body.style.width = "3000px";
}"""


PLANT = """([kind, style, words]) => {
    const place = document.createElement("div");
    place.style.width = "200px";
    const one = document.createElement(kind);
    Object.assign(one.style, style);
    one.append(words);
    place.append(one);
    document.querySelector("main .page-content").append(place);
    window.planted = place;
}"""
WIDE_THINGS = {
    "a box wider than the window": ("div", {"width": "2000px"}, "x"),
    "a box wider than its place alone": ("div", {"width": "260px"}, "x"),
    "a word": ("p", {}, "x" * 400),
    "a word a little longer than its place": ("p", {}, "x" * 34),
    "a line that does not break": ("p", {"whiteSpace": "nowrap"}, "words " * 20),
    "a line that is cut off": ("p", {"whiteSpace": "nowrap", "overflow": "hidden"}, "words " * 20),
    "a drawing": ("canvas", {"width": "2000px"}, ""),
    "a frame": ("iframe", {"width": "2000px"}, ""),
    "a table": ("table", {"width": "900px"}, "x"),
    "a field": ("input", {"width": "300px"}, ""),
    "what lies left of the window": ("div", {"marginLeft": "-1500px", "width": "100px"}, "x"),
}
"""What, as which element, in which style, with which words; each stands in a place 200 px wide."""
IMAGE = """async () => {
    const drawing = document.createElement("canvas");
    [drawing.width, drawing.height] = [2000, 20];
    const image = new Image();
    image.src = drawing.toDataURL();
    document.querySelector("main .page-content").append(image);
    await image.decode();
    return [image.getBoundingClientRect().width, image.parentElement.clientWidth];
}"""


class Looked:
    """What was found on the pages of `SAME` by those who walked before, by language and address."""

    def __init__(self) -> None:
        self._content: dict[tuple[str, str], str] = {}

    def keep(self, language: str, address: str, body: str) -> None:
        """Remember the content of a page that was opened and measured."""
        self._content[language, address] = content_of(body)

    def links_of(self, person: Person, language: str, address: str) -> list[str]:
        """Fetch such a page without opening it; return its links, or none where its content is new."""
        before = self._content.get((language, address))
        if before is None:
            return []
        answer = person.page.request.get(address)
        assert answer.ok, f"{answer.status} {address}"
        body = answer.text()
        here = urljoin(person.page.url, address)
        return (
            [urljoin(here, unescape(link)) for link in LINK.findall(body)]
            if content_of(body) == before
            else []
        )


def content_of(body: str) -> str:
    """Return a page without the frame around it, which is a role's own and is seen on all of its other pages."""
    (content,) = CONTENT.findall(body)
    return TOKEN.sub("", content)


def kind_of(address: str) -> str:
    """Return the address without what names one thing among others of its kind."""
    return ID.sub("{}", urlsplit(address).path)


def measure(person: Person, address: str, wide: list[str]) -> list[str]:
    """Look at the page that is open, at the width that it was opened at first; return its links."""
    now = WIDE if person.page.viewport_size == SIZES[WIDE] else NARROW
    person.resize(first := WIDE if address.startswith("/admin/") else now)
    why, links = person.look()
    if why:
        wide.append(f"{address} at {first} px: {why}")
    if not address.startswith("/admin/"):
        person.resize(other := NARROW if first == WIDE else WIDE)
        if why := person.too_wide():
            wide.append(f"{address} at {other} px: {why}")
    return links


def walk(
    person: Person,
    language: str,
    looked: Looked,
    start: str = "/",
    *,
    skip: re.Pattern[str] = NOT_WALKED,
) -> tuple[set[str], list[str]]:
    """Open one page of every kind that links lead to; return the kinds, and what is too wide where."""
    waiting, seen, wide = [start], {kind_of(start)}, list[str]()
    while waiting:
        address = waiting.pop(0)
        links = looked.links_of(person, language, address)
        if not links:
            answer = person.page.goto(address)
            links = measure(person, address, wide)
            if answer and address in SAME:
                looked.keep(language, address, answer.text())
        for link in links:
            parts = urlsplit(link)
            inside = not parts.netloc or parts.netloc == urlsplit(person.page.url).netloc
            kind = kind_of(link)
            if inside and parts.path and not skip.search(parts.path) and kind not in seen:
                seen.add(kind)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen, wide


@pytest.fixture(scope="module")
def looked() -> Looked:
    return Looked()


WALKS = [
    *((number, "zh-hans") for number in ROLES),
    *((number, "en") for number in ("S1001", "D1001")),
]
"""Everybody in the first language; in the second those who between them see nearly every kind of page."""


@pytest.mark.parametrize(("number", "language"), WALKS)
def test_every_page_of_a_role_is_calm_and_fits(sit: Sit, looked: Looked, number: str, language: str) -> None:
    person = sit(number, language=language, drawn=False)
    seen, wide = walk(person, language, looked)
    assert EXPECTED[ROLES[number]] <= seen, EXPECTED[ROLES[number]] - seen
    assert not wide, "\n".join(wide)


def test_the_back_office_is_calm_under_the_policy(sit: Sit, looked: Looked) -> None:
    person = sit("M1001", drawn=False)
    skip = re.compile(r"^(?!/admin/)|/(delete|history|logout|password_change|jsi18n)/")
    seen, wide = walk(person, "zh-hans", looked, "/admin/", skip=skip)
    assert len(seen) > 25
    assert not wide, "\n".join(wide)


@pytest.mark.parametrize("drawn", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_watch_sees_whatever_is_too_wide(sit: Sit, drawn: bool, width: int) -> None:
    """It looks at the same in a page that is not drawn as in one that is."""
    person = sit("N1001", drawn=drawn, width=width)
    person.page.goto("/")
    assert not person.too_wide()
    for what, (kind, style, words) in WIDE_THINGS.items():
        person.page.evaluate(PLANT, [kind, style, words])
        assert person.too_wide(), what
        person.page.evaluate("() => window.planted.remove()")
    assert not person.too_wide()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_image_however_wide_takes_no_more_than_its_place(sit: Sit, width: int) -> None:
    person = sit("N1001", drawn=False, width=width)
    person.page.goto("/")
    shown, place = person.page.evaluate(IMAGE)
    assert 0 < shown <= place
    assert not person.too_wide()


def test_the_watch_sees_what_the_policy_refuses(sit: Sit) -> None:
    """Were it blind, the tests above would prove nothing."""
    person = sit("N1001", drawn=False)
    person.page.goto("/")
    person.page.evaluate(BAD)
    assert person.too_wide()
    assert person.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in problem for problem in person.problems.told)
    person.problems.told.clear()
