"""A destruction in real Chromium: named and checked by the officer, approved by the head, done, and certified."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from kinds.synthetic import person as synthetic
from tests.browser.conftest import Sit
from tests.browser.person import fits
from tests.live.browser import Browser
from tests.live.site import Site
from tests.processes import wait_until

NUMBER = "LEAVES-0001"
"""Whom no other journey needs."""


def make_customer(site: Site) -> None:
    from staff.demo import PASSWORD

    who = synthetic(9_950)
    agent = Browser(site.address)
    agent.log_in("A1002", "", password=PASSWORD)
    agent.get("/customers/new/?scenario=handling")
    form = {
        "number": NUMBER,
        "portfolio": "WEST",
        "source": "phone",
        "full_name": who.name,
        "mobile": who.mobile,
    }
    assert NUMBER in agent.post("/customers/new/?scenario=handling", form).words


def recorded(site: Site) -> bool:
    with site.database("default") as owner:
        return bool(owner.execute("select 1 from retention_destructionrecord").fetchone())


def test_a_customer_is_destroyed_under_two_signatures_and_certified(site: Site, sit: Sit) -> None:
    make_customer(site)
    officer = sit("D1001")
    page = officer.page
    page.goto("/retention/batches/")
    page.get_by_label("客户编号").fill(NUMBER)
    officer.follow(page.get_by_role("button", name="生成清单"))
    expect(page.locator("main")).to_contain_text(NUMBER)
    fits(officer)
    batch = page.url
    page.get_by_label("理由").fill("客户请求删除，已核对")
    officer.follow(page.get_by_role("button", name="复核通过，提交部门负责人"))
    decision = page.url

    head = sit("H1001", width=390)
    head.page.goto(decision)
    head.follow(head.page.get_by_role("button", name="批准并签署"))
    site.start_worker()
    head.page.goto(batch)
    fits(head)
    expect(head.page.locator("main")).to_contain_text(re.compile("销毁中|销毁记录"))
    wait_until(lambda: recorded(site), seconds=120, what="the record")
    head.page.goto(batch)
    expect(head.page.locator("main")).to_contain_text("已核验：记录、摘要与访问日志一致")
    fits(head)
    with head.page.expect_download() as saved:
        head.page.get_by_role("button", name="销毁证明").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
