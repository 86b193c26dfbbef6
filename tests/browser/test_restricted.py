"""L4 in real Chromium: enrolled with a code that was handed over, asked for, signed by two, a minute on the screen."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from restricted import totp
from staff.demo import PASSWORD
from tests.browser.conftest import Sit
from tests.browser.person import Person, fits
from tests.live.site import Site

REPORT = "征信摘要：示例，近五年无逾期"
ASKER, HEAD, OFFICER = "S1001", "H1001", "D1001"


@pytest.fixture(scope="module")
def apart(site: Site) -> str:
    """The restricted host beside the main site, with the demo's people enrolled; return its address."""
    address = site.start_restricted()
    site.manage_restricted("restricted_demo")
    return address


class App:
    """An authenticator app. A code counts once, and clocks may be off by a step: so three are good at any moment."""

    def __init__(self, secret: str) -> None:
        self._secret, self._step = secret, 0

    def code(self) -> str:
        """Return the oldest code that counts now and was not used."""
        if time.time() % totp.SECONDS > totp.SECONDS - 3:  # it has to arrive within its time
            time.sleep(3)
        self._step = max(self._step, int(time.time()) // totp.SECONDS - 2) + 1
        return totp.code_at(self._secret, self._step)


def code_for(site: Site, number: str) -> str:
    """Return the code that a custodian makes on the host and hands over."""
    return site.manage_restricted("restricted_enrol", number).splitlines()[1]


def begin(page: Page, address: str, number: str, handed: str) -> None:
    page.goto(f"{address}/zh-hans/enrol/")
    page.locator("#number").fill(number)
    page.locator("#handed").fill(handed)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def enrol(page: Page, address: str, handed: str) -> App:
    begin(page, address, ASKER, handed)
    app = App(page.locator(".digest code").inner_text())
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(app.code())
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("登记完成")
    return app


def touch(page: Page) -> None:
    """Use the security key instead of a code."""
    page.locator("[data-key] button").click()
    expect(page.locator("[data-key] [role=status]")).to_have_text("安全密钥已应答。")


def with_key(person: Person, address: str, handed: str) -> None:
    """Enrol a security key, and log in with it."""
    page = person.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"isUserVerified": True}})
    begin(page, address, person.number, handed)
    touch(page)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("登记完成")
    page.goto(f"{address}/zh-hans/login/")
    page.locator("#number").fill(person.number)
    page.locator("#password").fill(PASSWORD)
    touch(page)
    page.locator("main form button[type=submit]").click()


def sign(page: Page) -> None:
    """Sign what waits; the code is typed, or a key has answered."""
    page.locator("section[aria-labelledby=to-sign] a").first.click()
    shown = page.locator("main form p code")
    if shown.count():
        page.locator("#code").fill(shown.inner_text())
    else:
        touch(page)
    page.locator("button[name=accepted][value=yes]").click()
    expect(page.locator("form[action$='/sign/']")).to_have_count(0)


def seconds_later(page: Page, seconds: int) -> None:
    """Set the page's own clock: what hides a value is no script that could be stopped."""
    page.evaluate(
        "at => document.getAnimations().forEach((one) => { one.currentTime = at * 1000; })", seconds
    )


def test_a_value_is_shown_for_a_minute_against_a_fresh_code(sit: Sit, site: Site, apart: str) -> None:
    asker = sit(ASKER)
    page = asker.page
    app = enrol(page, apart, code_for(site, ASKER))
    page.goto("/customers/list/")
    asker.follow(page.locator("[data-row]").last)
    asker.follow(page.locator("a[href$='/apart/']"))
    page.locator("select[name=field]").select_option("credit_report")
    page.locator("[name=text]").fill(REPORT)
    asker.follow(page.locator("form[action$='/deposit/'] button"))
    site.manage_restricted("restricted_jobs", "--once")
    page.reload()
    asker.follow(page.locator(f"a[href^='{apart}']").first)
    page.locator("#number").fill(ASKER)
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(app.code())
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(re.compile("征信|Credit"))
    value = page.url
    fits(asker)
    page.locator("#ask-reason").fill("核对投诉中提到的征信报告")
    page.locator("form[action$='/ask/'] button[type=submit]").click()
    expect(page.locator(".state-waiting")).to_be_visible()

    head, officer = sit(HEAD, width=390), sit(OFFICER, width=390)
    head.page.goto(f"{apart}/zh-hans/login/?as={HEAD}")
    head.page.locator("main form button[type=submit]").click()
    sign(head.page)
    with_key(officer, apart, code_for(site, OFFICER))
    sign(officer.page)

    page.goto(value)
    expect(page.locator(".document")).to_have_count(0)
    page.locator("#open-code").fill(app.code())
    with page.expect_response(lambda answer: answer.url.endswith("/open/")) as opened:
        page.locator("form[action$='/open/'] button[type=submit]").click()
    shown = page.locator(".document")
    expect(shown).to_have_text(REPORT)
    fits(asker)
    # The browser leaves the page after a minute, and where it does not, the page itself hides the value.
    assert opened.value.headers["refresh"] == f"60; url={urlsplit(value).path}"
    assert "no-store" in opened.value.headers["cache-control"]
    seconds_later(page, 59)
    expect(shown).to_be_visible()
    seconds_later(page, 60)
    expect(shown).to_be_hidden()
    page.goto(value)
    expect(page.locator("main")).not_to_contain_text(REPORT)
