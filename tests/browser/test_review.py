"""A permission review in real Chromium: a personnel file cuts a leaver off at once, the head keeps and takes away."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.person import Person, fits

LEAVER = "K1002"
"""Whom no other journey needs: others come after this one."""


def decide(head: Person, number: str, right: str, button: str) -> None:
    """Answer about one right of one person, in one tap."""
    row = head.page.locator(".review-items tbody tr").filter(has_text=number).filter(has_text=right)
    head.follow(row.get_by_role("button", name=button, exact=True))
    expect(head.page.locator(".flash-success")).to_be_visible()
    expect(row).to_have_count(0)


def test_a_leaver_is_cut_off_at_once_and_the_head_keeps_and_takes_away(sit: Sit, tmp_path: Path) -> None:
    leaver = sit(LEAVER)
    leaver.page.goto("/keys/")
    expect(leaver.page).to_have_url(re.compile("/keys/$"))

    file = tmp_path / "hr.csv"
    file.write_bytes(f"工号,状态,部门\nA1001,在职,客户服务部\n{LEAVER},离职,合规与安全部\n".encode("gb18030"))
    security = sit("M1001")
    page = security.page
    page.goto("/reviews/")
    security.follow(page.get_by_role("link", name="人事名单"))
    page.locator("input[type=file]").set_input_files(file)
    security.follow(page.get_by_role("button", name="上传并查看变动"))
    expect(page.locator("main")).to_contain_text("目前尚未作任何改动")
    expect(page.locator("table tbody tr").filter(has_text=LEAVER)).to_be_visible()
    fits(security)
    security.follow(page.get_by_role("button", name="确认，涉及 1 人"))

    # Nothing has run, no quarter has ended: the next click is the first that is not answered.
    leaver.page.goto("/keys/")
    expect(leaver.page).to_have_url(re.compile("/account/login/"))

    head = sit("H1001", width=390)
    head.page.goto("/reviews/")
    head.follow(head.page.locator("table a").first)
    expect(head.page.locator(".review-items")).not_to_contain_text(LEAVER)
    decide(head, "S1001", "客服主管", "保留")
    decide(head, "A1001", "华南客户组", "收回")
    fits(head)
    expect(head.page.locator("main")).to_contain_text("届时仍未确认的权限即刻终止")
