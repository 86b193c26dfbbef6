"""A leaked list in real Chromium: an export leaves the house, is pasted, and names whoever made it, with the event."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import fits


@pytest.mark.parametrize("language", ["en"])
def test_a_leaked_list_is_pasted_and_names_a_suspect_with_evidence(sit: Sit, language: str) -> None:
    maker = sit("S1001", language=language)
    maker.page.goto("/customers/list/")
    maker.page.locator("details:has(form[action='/exports/make/']) summary").click()
    maker.follow(maker.page.locator("form[action='/exports/make/'] button[value=csv]"))
    with maker.page.expect_download() as fetched:
        maker.page.locator("form[action$='/fetch/'] button").first.click()
    lines = Path(fetched.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines)))[2:]
    # What is found outside has neither our watermark nor our order, and other separators.
    leaked = "\n".join(" / ".join(reversed([cell for cell in row if cell])) for row in reversed(rows))

    officer = sit("D1001", language=language, width=390)
    page = officer.page
    page.goto("/leaks/")
    page.locator("textarea[name=text]").fill(leaked)
    officer.follow(page.locator("form[action='/leaks/trace/'] button[type=submit]"))
    expect(page.locator("[data-verdict]")).to_contain_text("for certain")
    expect(page.locator("main")).to_contain_text("S1001")
    fits(officer)
    officer.follow(page.locator("main table.list a[href^='/trail/events/']").first)
    expect(page.locator("main")).to_contain_text("S1001")

    auditor = sit("U1001", language=language)
    auditor.page.goto("/leaks/")
    expect(auditor.page.locator("textarea")).to_have_count(0)
    auditor.follow(auditor.page.locator("main table.list a").first)
    expect(auditor.page.locator("[data-verdict]")).to_be_visible()
    fits(auditor)
