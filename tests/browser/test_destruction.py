"""A destruction in real Chromium: a schedule is signed, the run lists who is over it, two people, a certificate.

The officer proposes, the head signs; the daily run lists the customer and proposes the batch; the officer checks, the
head approves; the job runs before one's eyes, and its certificate is fetched.
"""

from __future__ import annotations

import re

import pypdf
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sit
from tests.browser.person import Person, fits
from tests.live.browser import Browser
from tests.live.site import Site
from tests.processes import wait_until

NUMBER = "LEAVES-0001"
"""Whom no other journey needs: of whom the city alone is held, for fifteen years, and no customer for two."""
OLD = """
update customers_customer set created_at = now() - interval '15 years', relationship_until = current_date - 800,
  origins = jsonb_set(origins, '{city,collected_at}', to_jsonb((now() - interval '15 years')::text))
where number = %s"""


def make_customer(site: Site) -> None:
    """Make the customer as an agent does, and let the years pass."""
    from staff.demo import PASSWORD

    agent = Browser(site.address)
    agent.log_in("A1002", "", password=PASSWORD)
    agent.get("/customers/new/?scenario=handling")
    form = {
        "number": NUMBER,
        "portfolio": "WEST",
        "source": "phone",
        "city": "西安市",
    }
    assert NUMBER in agent.post("/customers/new/?scenario=handling", form).words
    with site.database("default") as owner:
        owner.execute(OLD, [NUMBER])


def recorded(site: Site) -> bool:
    with site.database("default") as owner:
        return bool(owner.execute("select 1 from retention_destructionrecord").fetchone())


def signs(head: Person, decision: str) -> None:
    head.page.goto(decision)
    head.follow(head.page.get_by_role("button", name="批准并签署"))


def row_of(who: Person) -> Locator:
    return who.page.locator("main tr", has_text=NUMBER)


def test_a_schedule_leads_to_the_due_list_two_people_and_a_certificate(site: Site, sit: Sit) -> None:
    make_customer(site)
    officer = sit("D1001")
    page = officer.page
    page.goto("/retention/schedules/field/city/")
    page.locator("[name=months]").fill("120")
    page.locator("[name=starts]").select_option("collection")
    page.locator("form[action$='/change/'] [name=reason]").fill("所在城市自收集起最多保存十年")
    officer.follow(page.get_by_role("button", name="提出", exact=True))
    head = sit("H1001", width=390)
    signs(head, page.url)
    assert site.run("tests.live.list_due")

    page.goto("/retention/due/?kept=no")
    expect(row_of(officer)).to_contain_text("待销毁")
    fits(officer)
    page.goto("/retention/batches/")
    batches = [one.get_attribute("href") for one in page.locator("main a[href^='/retention/batches/']").all()]
    for batch in filter(None, dict.fromkeys(batches)):
        page.goto(batch)
        if row_of(officer).count():
            break
    expect(row_of(officer)).to_be_visible()
    page.get_by_label("理由").fill("逐条核对，期限均已届满")
    officer.follow(page.get_by_role("button", name="复核通过，提交部门负责人"))
    signs(head, page.url)

    head.page.goto(batch)
    expect(head.page.locator("main")).to_contain_text("销毁中")
    fits(head)
    expect(head.page.locator("main progress, main [role=progressbar]").first).to_be_visible()
    site.start_worker()
    wait_until(lambda: recorded(site), seconds=120, what="the record")
    head.page.goto(batch)
    expect(head.page.locator("main")).to_contain_text("已核验：记录、摘要与访问日志一致")
    fits(head)
    with head.page.expect_download() as saved:
        head.page.get_by_role("button", name="销毁证明").click()
    words = "".join(one.extract_text() for one in pypdf.PdfReader(saved.value.path()).pages)
    assert re.search("D1001.*H1001", words, re.DOTALL)
    assert NUMBER not in words
    page.goto("/retention/due/")
    expect(row_of(officer)).to_have_count(0)
