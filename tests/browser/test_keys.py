"""Keys in real Chromium: one custodian proposes, another signs; they see work go on, counts, and the end of a key.

While keys, data keys and the index epoch rotate, the pages of customers go on answering.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event as Flag

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import CALLER, Sit
from tests.browser.person import Person, fits
from tests.live.browser import Browser
from tests.live.site import Site

READERS = ("mobile", "resident_id", "number")
PACE = 0.3
"""Seconds between two readings of one reader, whose row budget is not what is tested."""
CODE_SECONDS, NEARLY_OVER = 30, 5
MOVED = re.compile(r"^[1-9][0-9,]* / ")
"""The count of work that has begun."""


def version_of(page: Page, version: int) -> Locator:
    """Return the line of a master key."""
    return page.locator("table").first.locator("tbody tr").nth(version - 1)


def propose(person: Person, step: str, reason: str) -> None:
    person.page.goto("/keys/")
    act = person.page.locator("#next")
    expect(act).to_contain_text("另一名密钥管理员签署")
    act.locator("select").select_option(step)
    act.locator("input[name$=reason], textarea[name$=reason]").fill(reason)
    person.follow(act.get_by_role("button"))


def give_new_code(person: Person, given: float) -> None:
    """Give a second factor for this act alone; a code counts once, so not the one of the act before."""
    page = person.page
    assert "step-up" in page.url
    left = CODE_SECONDS - time.time() % CODE_SECONDS
    if time.time() // CODE_SECONDS == given // CODE_SECONDS or left < NEARLY_OVER:
        page.wait_for_timeout(left * 1000)
    page.reload()
    page.locator("button[data-fills^='id_code']").click()
    page.wait_for_url(lambda address: "step-up" not in address)


@contextmanager
def somebody_at_a_key(site: Site, version: int) -> Iterator[None]:
    """Hold one data key of this master key, so that wrapping all anew goes on and does not end meanwhile."""
    with site.database("keyring") as keyring, keyring.transaction():
        held = keyring.execute(
            "select from vault_datakey where kek_version = %s limit 1 for update", [version]
        )
        assert held.rowcount == 1
        yield


def test_two_custodians_wrap_keys_anew_and_destroy_the_old_master_key(site: Site, sit: Sit) -> None:
    now = site.run("tests.live.rotations", "begin", as_worker=True)
    site.start_worker()
    first, given_first = (
        sit("K1001"),
        time.time(),
    )
    propose(first, f"key.rewrap:{now}", "年度轮换")
    expect(first.page.locator("main")).to_contain_text(f"第 {now} 版")
    proposal = first.page.url

    second, given = sit("K1003", width=390), time.time()
    second.page.goto("/keys/")
    fits(second)
    second.page.goto(proposal)
    with somebody_at_a_key(site, now - 1):
        second.follow(second.page.locator("form[action$='/approve/']").get_by_role("button"))
        expect(second.page.locator(".flash-success")).to_be_visible()

        first.page.goto("/keys/")
        bar = first.page.locator(".progress-box").first
        count = bar.locator(".progress-words .numeral")
        expect(count).to_have_text(MOVED, timeout=60_000)
        expect(bar.locator(".bar-done")).to_have_count(0)
        under_way = count.inner_text()
    expect(bar.locator(".bar-done")).to_be_visible(timeout=60_000)
    done, total = count.inner_text().split(" / ")
    assert (done, count.inner_text() != under_way) == (total, True)
    first.page.goto("/keys/")
    expect(version_of(first.page, now - 1).locator("td.number")).to_have_text("0")
    expect(version_of(first.page, now).locator("td.number")).not_to_have_text("0")
    fits(first)

    site.run("tests.live.rotations", "minimum", as_worker=True)
    propose(first, f"key.destroy:{now - 1}", "旧版已无数据密钥")
    give_new_code(first, given_first)
    expect(first.page.locator("main")).to_contain_text(f"第 {now - 1} 版")
    second.page.goto(first.page.url)
    second.follow(second.page.locator("form[action$='/approve/']").get_by_role("button"))
    give_new_code(second, given)
    expect(second.page.locator(".flash-success")).to_be_visible()
    first.page.goto("/keys/")
    expect(first.page.locator(".progress-box").first.locator(".bar-done")).to_be_visible(timeout=60_000)
    first.page.goto("/keys/")
    expect(version_of(first.page, now - 1)).to_contain_text("已销毁")
    expect(version_of(first.page, now - 1)).to_contain_text("K1001, K1003")
    fits(first)


def test_customers_are_read_by_http_while_everything_rotates(site: Site) -> None:
    from staff.demo import PASSWORD

    over = Flag()
    seats = [(Browser(site.address), field) for field in READERS]
    for browser, _ in seats:  # a session each: what was searched for is kept in it
        browser.log_in("A1001", "", password=PASSWORD)

    def read(browser: Browser, field: str) -> int:
        """Find the caller by what they say, open the page, list customers; again until the rotations are over."""
        times = 0
        while not over.wait(PACE):
            found = browser.post("/customers/", {"how": "any", "typed": CALLER[field]})
            assert (found.status, CALLER["number"] in found.words) == (200, True), found.words[:2000]
            (page,) = set(re.findall(r"/customers/[0-9a-f-]{36}/", found.words))
            card = browser.get(page)
            assert (card.status, CALLER["number"] in card.words, "154****0018" in card.words) == (
                200,
                True,
                True,
            )
            assert browser.get("/customers/").status == 200
            times += 1
        return times

    with ThreadPoolExecutor(len(seats)) as pool:
        readers = [pool.submit(read, *seat) for seat in seats]
        try:
            site.run("tests.live.rotations", "all", as_worker=True)
        finally:
            over.set()
        assert all(reader.result() > 0 for reader in readers)
