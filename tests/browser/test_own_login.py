"""One's own login in Chromium: a security key, the sessions, the end of a long day, and the lock of the back office."""

from __future__ import annotations

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from staff.demo import PASSWORD
from tests.browser.conftest import Sit
from tests.browser.person import Person, Problems, fits
from tests.live.site import Site

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NUMBER = "K1003"
"""Nobody else sits down as this person: a one-time code works once."""
TYPED = "手机号码（写到一半）"


def plug_in(page: Page) -> None:
    """Give this page's browser a security key that is touched at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def methods(site: Site, kind: str) -> list[str]:
    """Return by which factors events of a kind were made, oldest first."""
    with site.database("default") as owner:
        found = owner.execute(
            "select coalesce(facts->>'method', facts->>'second_factor') from trail_event"
            " where kind = %s and actor_number = %s order by id",
            [kind, NUMBER],
        )
        return [method for (method,) in found]


def test_a_security_key_is_added_logs_in_and_steps_up(site: Site, chrome: Chromium) -> None:
    context = chrome.new_context(base_url=site.address)
    custodian = Person(NUMBER, context.new_page(), Problems())
    page = custodian.page
    custodian.watch()
    custodian.log_in()
    plug_in(page)
    page.goto("/account/2fa/webauthn/")
    fits(custodian)
    page.goto("/account/2fa/webauthn/add/")
    page.locator("#id_name").fill("YubiKey 抽屉里的")
    with page.expect_navigation():
        page.locator("#webauthn_add").click()
    page.goto("/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("YubiKey 抽屉里的")
    assert methods(site, "staff.factor_added") == ["webauthn", "recovery_codes"]

    page.goto("/account/logout/")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    page.goto("/account/login/")
    page.locator("#id_login").fill(NUMBER)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/2fa/authenticate/")
    with page.expect_navigation(url=lambda address: "/account/" not in address):
        page.locator("#webauthn_button").click()
    assert methods(site, "staff.login")[-1] == "webauthn"

    page.goto("/account/2fa/webauthn/reauthenticate/?next=/jobs/")
    with page.expect_navigation(url="**/jobs/"):
        page.locator("#webauthn_button").click()
    assert methods(site, "staff.step_up")[-1] == "webauthn"

    page.goto("/account/sessions/")
    expect(page.locator("main tbody")).to_contain_text("Chrome")
    fits(custodian)
    context.close()
    assert not custodian.problems.told, custodian.problems.told


def test_the_back_office_locks_and_keeps_what_was_typed_and_a_long_day_is_announced(sit: Sit) -> None:
    officer = sit("D1001")
    page = officer.page
    page.clock.install()
    page.goto("/admin/classification/field/mobile/change/")
    name = page.locator("#id_name_zh")
    name.fill(TYPED)
    lock = page.locator("#lock")
    page.clock.run_for(14 * 60_000)
    expect(lock).to_be_hidden()
    page.keyboard.press("End")  # whoever types is not away
    page.clock.run_for(14 * 60_000)
    expect(lock).to_be_hidden()
    with page.expect_response("**/session/lock/"):
        page.clock.run_for(61_000)
    expect(lock).to_be_visible()
    assert page.locator("#container").get_attribute("inert") is not None
    page.locator("#lock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    expect(name).to_have_value(TYPED)

    expect(page.locator("#said")).to_be_empty()
    page.clock.fast_forward(11 * 3600_000 + 20 * 60_000)
    page.clock.run_for(2_000)
    expect(page.locator("#said")).to_contain_text("分钟")
