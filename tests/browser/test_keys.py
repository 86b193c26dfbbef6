"""A master key in real Chromium: one custodian proposes, another signs, and both see the work done and the state."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import fits
from tests.live.site import Site


def test_two_custodians_make_a_master_key(site: Site, sit: Sit) -> None:
    site.start_worker()
    first = sit("K1001")
    first.page.goto("/keys/")
    act = first.page.locator("#next")
    expect(act).to_contain_text("另一名密钥管理员签署")
    act.locator("select").select_option("key.create:2")
    act.locator("input[name$=reason], textarea[name$=reason]").fill("年度轮换")
    first.follow(act.get_by_role("button"))
    expect(first.page.locator("main")).to_contain_text("第 2 版主密钥")

    second = sit("K1003", width=390)
    second.page.goto("/keys/")
    fits(second)
    second.follow(second.page.get_by_role("link", name="生成主密钥"))
    second.follow(second.page.locator("form[action$='/approve/']").get_by_role("button"))
    expect(second.page.locator(".flash-success")).to_be_visible()

    first.page.goto("/keys/")
    expect(first.page.locator(".progress-box .bar-done")).to_be_visible(timeout=90_000)
    first.page.goto("/keys/")
    expect(first.page.locator("table").first).to_contain_text("待启用")
    expect(first.page.locator("table").first).to_contain_text("K1001, K1003")
    fits(first)
