"""An analyst's chart in real Chromium: drawn from the table below it, walked through with the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import fits

DRAWN = "canvas => Chart.getChart(canvas).data.datasets.map(set => set.data)"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_analyst_reads_a_chart(sit: Sit, language: str) -> None:
    analyst = sit("N1001", language=language)
    page = analyst.page
    page.goto("/aggregates/")
    page.locator("select[name=by]").select_option("tier")
    page.locator("select[name=then]").select_option("portfolio")
    page.locator("main form[method=get] button").click()
    page.wait_for_url("**by=tier**")

    table, canvas = page.locator("[data-chart] table"), page.locator("[data-chart] canvas")
    expect(table).to_have_count(1)
    rows = [
        [cell.get_attribute("data-value") for cell in row.locator("td").all()]
        for row in table.locator("tbody tr").all()
    ]
    drawn = canvas.evaluate(DRAWN)
    assert [[None if value == "" else int(value or 0) for value in row] for row in rows] == [
        list(line) for line in zip(*drawn, strict=True)
    ]
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).not_to_be_empty()
    fits(analyst)

    with page.expect_download() as fetched:
        page.locator("form[action$='/download/'] button").click()
    assert fetched.value.suggested_filename.endswith(".xlsx")
