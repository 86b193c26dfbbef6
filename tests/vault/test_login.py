"""Login secrets: sealed under the login key, so that a sealed site can be logged into."""

import pytest

from vault.opening import CannotOpen, open_login
from vault.sealing import seal_login


def test_opens_what_was_sealed_about_the_same_thing():
    assert open_login(seal_login("JBSWY3DPEHPK3PXP", "totp 1"), "totp 1") == "JBSWY3DPEHPK3PXP"


def test_refuses_another_persons_secret():
    with pytest.raises(CannotOpen):
        open_login(seal_login("JBSWY3DPEHPK3PXP", "totp 1"), "totp 2")


@pytest.mark.parametrize("wrong", ["", "JBSWY3DPEHPK3PXP", "AQEAAAAB"])
def test_refuses_what_was_never_sealed(wrong):
    with pytest.raises(CannotOpen):
        open_login(wrong, "totp 1")


def test_needs_no_database():
    sealed = seal_login("", "session")  # no django_db mark: a query would fail

    assert open_login(sealed, "session") == ""


def test_refuses_an_unknown_login_key():
    sealed = seal_login("secret", "session")
    with pytest.raises(CannotOpen):
        open_login(sealed[:4] + "AAAJ" + sealed[8:], "session")
