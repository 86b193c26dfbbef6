"""Every page that a role can walk to: no complaint in the console, no violation of the policy, nothing too wide."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Sit
from tests.browser.person import NARROW, WIDE, Person

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
NOT_WALKED = re.compile(
    r"/account/logout/|/report/$|/admin/.+|/account/2fa/recovery-codes/download/|/receipt/file/$"
)
ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/rules/)[\w-]+|(?<=/found/)[\w-]+"
    r"|(?<=/catalogue/)\w+(?=/)|(?<=/history/)\w+(?=/)"
    r"|(?<=/detectors/)(?!hours)\w+(?=/)|(?<=/schedules/)\w+/[\w-]+(?=/)"
)


LINKS = "all => all.map(one => one.dataset.href || one.href)"
BAD = """() => {
    const script = document.createElement("script");
    script.textContent = "window.bad = 1";
    document.body.append(script);
    document.body.style.width = "3000px";
}"""


def kind_of(address: str) -> str:
    """Return the address without what names one thing among others of its kind."""
    return ID.sub("{}", urlsplit(address).path)


def walk(
    person: Person, start: str = "/", *, skip: re.Pattern[str] = NOT_WALKED
) -> tuple[set[str], list[str]]:
    """Open one page of every kind that links lead to; return the kinds, and what is too wide where."""
    waiting, seen, wide, widths = [start], {kind_of(start)}, [], [WIDE, NARROW]
    while waiting:
        address = waiting.pop(0)
        person.page.goto(address)
        links = person.page.eval_on_selector_all("a[href], tr[data-href]", LINKS)
        if urlsplit(address).path.startswith("/admin/"):
            widths = [WIDE]
        for width in widths:
            person.resize(width)
            if why := person.too_wide():
                wide.append(f"{address} at {width} px: {why}")
        widths = [
            widths[-1],
            NARROW if widths[-1] == WIDE else WIDE,
        ]  # the next page begins as this one ended
        for link in links:
            parts = urlsplit(link)
            inside = not parts.netloc or parts.netloc == urlsplit(person.page.url).netloc
            kind = kind_of(link)
            if inside and parts.path and not skip.search(parts.path) and kind not in seen:
                seen.add(kind)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen, wide


WALKS = [
    *((number, "zh-hans") for number in ROLES),
    *((number, "en") for number in ("S1001", "D1001")),
]
"""Everybody in the first language; in the second those who between them see nearly every kind of page."""


@pytest.mark.parametrize(("number", "language"), WALKS)
def test_every_page_of_a_role_is_calm_and_fits(sit: Sit, number: str, language: str) -> None:
    person = sit(number, language=language)
    seen, wide = walk(person)
    assert EXPECTED[ROLES[number]] <= seen, EXPECTED[ROLES[number]] - seen
    assert not wide, "\n".join(wide)


def test_the_back_office_is_calm_under_the_policy(sit: Sit) -> None:
    person = sit("M1001")
    seen, wide = walk(
        person, "/admin/", skip=re.compile(r"^(?!/admin/)|/(delete|history|logout|password_change|jsi18n)/")
    )
    assert len(seen) > 25
    assert not wide, "\n".join(wide)


def test_the_watch_sees_what_the_policy_refuses(sit: Sit) -> None:
    """Were it blind, the tests above would prove nothing."""
    person = sit("N1001")
    person.page.goto("/")
    person.page.evaluate(BAD)
    assert person.too_wide()
    assert person.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in problem for problem in person.problems.told)
    person.problems.told.clear()
