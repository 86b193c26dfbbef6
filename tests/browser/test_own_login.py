"""One's own login in Chromium: a security key, the sessions, the end of a long day, and the lock of the back office."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from staff.demo import PASSWORD
from tests.browser.conftest import Sit
from tests.browser.person import fits
from tests.live.site import Site

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NUMBER = "D1001"
TYPED = "手机号码（写到一半）"


class SecurityKey:
    """A security key in this page's browser, touched at once."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        self.id = {"authenticatorId": made["authenticatorId"]}

    def forget(self) -> list[Any]:
        """Be another key, which was registered nowhere; return what it knew."""
        known: list[Any] = self.session.send("WebAuthn.getCredentials", self.id)["credentials"]
        self.session.send("WebAuthn.clearCredentials", self.id)
        return known

    def recall(self, known: list[Any]) -> None:
        """Be the key that it was."""
        for credential in known:
            self.session.send("WebAuthn.addCredential", self.id | {"credential": credential})


def methods(site: Site, kind: str) -> list[str]:
    """Return by which factors events of a kind were made, oldest first."""
    with site.database("default") as owner:
        found = owner.execute(
            "select coalesce(facts->>'method', facts->>'second_factor') from trail_event"
            " where kind = %s and actor_number = %s order by id",
            [kind, NUMBER],
        )
        return [method for (method,) in found]


def hand_on(page: Page, logins: dict[str, Any]) -> None:
    """Hand the session on: a step-up and an unlocking change its key, and whoever sits down next must hold the new."""
    logins[NUMBER] = (dict(page.context.storage_state()), logins[NUMBER][1])


def unlock(page: Page) -> None:
    """Unlock with the password."""
    page.locator("#lock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#lock")).to_be_hidden()


def test_a_security_key_is_added_and_steps_up_and_logs_in(
    sit: Sit, site: Site, logins: dict[str, Any]
) -> None:
    officer = sit(NUMBER)
    page = officer.page
    key = SecurityKey(page)
    page.goto("/account/2fa/webauthn/")
    fits(officer)
    page.goto("/account/2fa/webauthn/add/")
    page.locator("#id_name").fill("YubiKey 抽屉里的")
    with page.expect_navigation():
        page.locator("#webauthn_add").click()
    page.goto("/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("YubiKey 抽屉里的")
    assert methods(site, "staff.factor_added") == ["webauthn", "recovery_codes"]

    page.goto("/account/2fa/webauthn/reauthenticate/?next=/jobs/")
    with page.expect_navigation(url="**/jobs/"):
        page.locator("#webauthn_button").click()
    assert methods(site, "staff.step_up")[-1] == "webauthn"
    page.goto("/account/sessions/")
    expect(page.locator("main tbody")).to_contain_text("Chrome")
    fits(officer)

    page.goto("/account/logout/")
    officer.follow(page.locator("main form button[type=submit]"))
    page.goto("/account/login/")
    page.locator("#id_login").fill(NUMBER)
    page.locator("#id_password").fill(PASSWORD)
    officer.follow(page.locator("main form button[type=submit]"))
    known, said = key.forget(), page.locator("#key-words")
    expect(said).to_be_hidden()
    page.locator("#webauthn_button").click()
    expect(said).to_contain_text("验证码")
    expect(page.locator("#id_code")).to_be_visible()  # the other way
    fits(officer)
    key.recall(known)
    officer.follow(page.locator("#webauthn_button"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert methods(site, "staff.login")[-1] == "webauthn"
    hand_on(page, logins)


def test_the_back_office_locks_and_keeps_what_was_typed_and_a_long_day_is_announced(
    sit: Sit, logins: dict[str, Any]
) -> None:
    officer = sit(NUMBER)
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
    unlock(page)
    expect(name).to_have_value(TYPED)

    expect(page.locator("#said")).to_be_empty()
    page.clock.fast_forward(11 * 3600_000 + 20 * 60_000)
    page.clock.run_for(2_000)
    expect(page.locator("#said")).to_contain_text("分钟")
    expect(lock).to_be_visible()  # eleven hours without a key
    unlock(page)
    hand_on(page, logins)
