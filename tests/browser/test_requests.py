"""A usage request in real Chromium: from the refusal to the form, signed on a phone, read, used up; and its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import CALLER, Sit
from tests.browser.person import fits


def find_caller(page: Page) -> None:
    page.goto("/customers/")
    page.locator("[data-search]").fill(CALLER["number"])
    page.keyboard.press("Enter")
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}/$"))


def step_up(page: Page) -> int:
    """Give the code that the demo shows, where the last one is older than five minutes; return its taps."""
    if "step-up" not in page.url:
        return 0
    page.locator("button[data-fills^='id_code']").click()
    page.wait_for_url(lambda address: "step-up" not in address)
    return 1


def test_asked_from_a_refusal_signed_on_a_phone_and_used_up(sit: Sit) -> None:
    agent = sit("A1001")
    page = agent.page
    find_caller(page)
    agent.problems.expected.add(403)
    field = page.locator("[data-field=resident_id]")
    field.get_by_role("button", name="明文查看").click()
    field.get_by_role("link", name="提交信息使用申请").click()
    expect(page.locator("input[name=fields_asked][value=resident_id]")).to_be_checked()
    page.get_by_label("保留，并说明理由").check()
    page.get_by_label("没有授权仍需要的理由").fill("客户来电要求核对")
    page.locator("textarea[name=reason]").fill("补办业务需核对证件")
    page.get_by_role("button", name="核验").click()
    expect(page.locator(".checked")).to_contain_text("按所填理由保留")
    fits(agent)
    page.get_by_role("button", name="提交签署").click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/$"))
    request = page.url
    expect(page.locator("main")).to_contain_text("等待签署")
    fits(agent)

    head = sit("H1001", width=390)
    head.page.goto("/decisions/")
    fits(head)
    head.page.set_viewport_size({"width": 390, "height": 844})
    head.page.locator("form tr:has-text('A1001') a", has_text="信息使用申请").last.click()
    expect(head.page.locator("main")).to_contain_text("补办业务需核对证件")
    fits(head)
    head.follow(head.page.get_by_role("button", name="批准并签署"))
    taps = 1 + step_up(head.page)
    expect(head.page.locator("main")).to_contain_text("已执行")
    assert taps <= 2

    find_caller(page)
    expect(page.locator(".grant")).to_contain_text("剩余")
    field.get_by_role("button", name="明文查看").click()
    expect(field.locator(".revealed-value")).to_have_text(CALLER["resident_id"])
    page.goto(request)
    expect(page.locator("main")).to_contain_text("已用完")
    find_caller(page)
    field.get_by_role("button", name="明文查看").click()
    expect(field).to_contain_text("次数已用完")


SHORT = timedelta(seconds=25)
"""A grant is waited for until it is over: nothing but its end by the database's clock ends it."""


def test_a_grant_narrowed_on_a_phone_opens_until_its_last_second(sit: Sit) -> None:
    agent = sit("A1001")
    page = agent.page
    find_caller(page)
    agent.problems.expected.add(403)
    field = page.locator("[data-field=mobile]")
    field.get_by_role("button", name="明文查看").click()
    field.get_by_role("link", name="提交信息使用申请").click()
    page.get_by_label("保留，并说明理由").check()
    page.get_by_label("没有授权仍需要的理由").fill("客户来电要求回拨")
    page.locator("textarea[name=reason]").fill("回拨客户")
    page.locator("input[name=uses]").fill("1")
    agent.follow(page.get_by_role("button", name="提交签署"))

    head = sit("H1001", width=390)
    head.page.goto("/decisions/")
    head.page.locator("form tr:has-text('A1001') a", has_text="信息使用申请").last.click()
    head.page.get_by_text("缩小范围后签署").click()
    fits(head)
    end = head.page.locator("input[name=ends_at]")
    end.evaluate("field => { field.step = 1; }")  # minutes are enough for people, not for a test
    head.page.locator("textarea[name=reason]").first.fill("一次回拨即可")
    end.fill(timezone.localtime(datetime.now(UTC) + SHORT).strftime("%Y-%m-%dT%H:%M:%S"))
    head.follow(head.page.get_by_role("button", name="缩小并签署"))
    if step_up(head.page):
        expect(head.page.locator("main")).to_contain_text("已执行")

    find_caller(page)
    expect(page.locator(".grant").first).to_contain_text(re.compile(r"剩余 0:\d\d"))
    expect(page.locator(".grant-over").first).to_contain_text("已结束", timeout=2_000 * SHORT.seconds)
    field.get_by_role("button", name="明文查看").click()
    expect(field).to_contain_text("到期")
