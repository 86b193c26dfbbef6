"""What a browser leaves on the disk of a workplace: addresses without names, and no value that was shown or typed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS, CALLER, Sit
from tests.live.site import Site

REASON = "金丝雀回拨核实"


def spellings(value: str) -> set[bytes]:
    return {value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be")}


def test_the_profile_holds_no_value(
    sit: Sit, site: Site, chrome: Chromium, chromium: str, tmp_path: Path
) -> None:
    cookies = sit("S1001").page.context.cookies()
    profile = tmp_path / "profile"
    context = chrome.browser_type.launch_persistent_context(
        profile, executable_path=chromium, args=ARGUMENTS, base_url=site.address
    )
    context.add_cookies([dict(one) for one in cookies])  # type: ignore[misc]
    page = context.new_page()
    for typed in (CALLER["resident_id"], CALLER["full_name"], CALLER["mobile"]):
        page.goto("/customers/")
        page.locator("[data-search]").fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_url("**/customers/found/**")
    page.locator("[data-row]").first.click()
    mobile = page.locator("[data-field=mobile]")
    mobile.locator("form button").first.click()
    reason, shown = mobile.locator("input[name=reason]"), mobile.locator("[data-revealed]")
    expect(reason.or_(shown)).to_be_visible()
    if reason.is_visible():
        reason.fill(REASON)
        page.keyboard.press("Enter")
    expect(shown.locator(".revealed-value")).to_have_text(CALLER["mobile"])
    page.locator("#compare-said").fill(
        CALLER["resident_id"]
    )  # left standing, as somebody does who is interrupted
    page.goto("/jobs/")
    page.go_back()
    context.close()

    files = {path: path.read_bytes() for path in profile.rglob("*") if path.is_file()}
    assert any(b"/customers/found/" in content for content in files.values()), "the search is blind"
    values = {REASON, *CALLER.values()}
    told = {
        f"{value} in {path.relative_to(profile)}"
        for path, content in files.items()
        for value in values
        if any(one in content for one in spellings(value))
    }
    assert not told, "\n".join(sorted(told))
