"""The import wizard in real Chromium: a file, its columns, the dry run with a bar that moves by itself, the result."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from kinds.synthetic import person as synthetic
from tests.browser.conftest import Sit
from tests.browser.person import fits
from tests.live.site import Site

ROWS = 30


def table() -> bytes:
    people = [synthetic(9_000 + number) for number in range(ROWS)]
    lines = [f"WEB{number:04d},{who.name},{who.mobile},x" for number, who in enumerate(people)]
    return "\n".join(["客户编号,姓名,手机号,暗号", *lines, "WEB9999,某某,12345,x"]).encode("gb18030")


def button(page: Page):
    return page.locator("main form button.btn-primary[type=submit]")


def test_a_supervisor_brings_customers_in(sit: Sit, site: Site) -> None:
    site.start_worker()
    supervisor = sit("S1001")
    page = supervisor.page
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(
        {"name": "客户.csv", "mimeType": "text/csv", "buffer": table()}
    )
    page.locator("select[name=portfolio]").select_option("EAST")
    button(page).click()
    page.wait_for_url("**/imports/files/**")
    expect(page.locator("main")).to_contain_text("暗号")
    assert synthetic(9_000).mobile not in page.content()
    fits(supervisor)

    button(page).click()
    page.wait_for_url(lambda address: "/imports/files/" not in address)
    start = page.locator("form[action$='/start/'] button")
    expect(start).to_contain_text(str(ROWS), timeout=60_000)
    expect(page.locator("main")).to_contain_text("L3-手机号码")
    assert "12345" not in page.locator("main").inner_text()
    fits(supervisor)

    tried = page.url
    start.click()
    page.wait_for_url(lambda address: address != tried)
    expect(page.locator("a.btn[href*='portfolio=EAST']")).to_be_visible(timeout=60_000)
    fits(supervisor)
    page.goto("/customers/")
    page.locator("[data-search]").fill("WEB0007")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_text(["WEB0007"])
    fits(supervisor)
