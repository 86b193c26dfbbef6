"""The key register: versions, ages, counts; no key and no customer."""

import pytest

from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import CANARIES
from tests.desk.at_work import browser, text
from vault.models import DataKey
from vault.queries import key_register

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_counts_keys_by_version_and_domain(cast) -> None:
    for number in ("C1", "C2", "C3"):
        cast.customer(number)
    register = key_register()
    (l3,) = [line for line in register.domains if line.domain == "L3"]
    assert l3.data_keys == 3
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert "<code>L3</code>" in words
    assert f'class="number">{l3.data_keys}<' in words
    assert str(register.deployment) in words


def test_shows_no_key_and_no_customer(cast) -> None:
    customer = cast.customer("CANARY-1")
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert str(customer.ref) not in words
    assert "CANARY-1" not in words
    assert not any(value in words for value in CANARIES)
    for key in DataKey.objects.all():
        assert bytes(key.wrapped).hex() not in words


def test_says_what_would_fill_it(cast) -> None:
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert "还没有数据密钥" in words


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD, ANALYST, OFFICER, SECURITY, CUSTODIAN, AUDITOR])
def test_is_open_to_custodians_and_auditors(cast, role) -> None:
    client = browser(cast.person(role))
    opens = role in {CUSTODIAN, AUDITOR}
    assert client.get("/keys/").status_code == (200 if opens else 403)
    if opens:
        assert client.post("/keys/").status_code == 405
