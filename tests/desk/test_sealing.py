"""Seal the site: one button, a fresh second factor, an event; and what everybody sees then."""

from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import translation

from desk.views import errors
from staff.roles import AGENT, CUSTODIAN, HEAD, SECURITY
from tests.desk.at_work import HTMX, browser, text
from trail.models import Event
from vault.away import OlderKey, ProviderLost, Sealed
from vault.holding import sealing
from vault.keyring import keys_for
from vault.models import Generation

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE = "/keys/seal/"


@pytest.fixture
def customer(cast):
    return cast.customer("C1")


def test_seals_at_once_with_one_event(cast, customer):
    before = Generation.objects.get().number
    client = browser(cast.person(SECURITY))
    assert "立即封闭站点" in text(client.get(PAGE))
    answer = client.post(PAGE, follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "站点已封闭" in text(answer)
    assert Generation.objects.get().number == before + 1
    order = sealing.newest_order()
    assert order.holds
    event = Event.objects.filter(kind="vault.site_sealed").latest("id")
    assert event.facts == {"order": order.number}
    with pytest.raises(Sealed):
        keys_for([customer.ref], "L3")


def test_asks_for_the_second_factor_first(cast, settings):
    settings.STEP_UP_SECONDS = -1
    answer = browser(cast.person(SECURITY)).post(PAGE)
    assert answer.status_code == 303
    assert not sealing.newest_order().holds


@pytest.mark.parametrize("role", [AGENT, HEAD, CUSTODIAN])
def test_is_the_security_managers_alone(cast, role):
    client = browser(cast.person(role))
    assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
    assert not sealing.newest_order().holds


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "站点已封闭"), ("en", "The site is sealed")])
def test_says_sealed_instead_of_a_value(cast, customer, language, words):
    sealing.seal_site(at=cast.at)
    client = browser(cast.person(AGENT))
    client.post(reverse("set_language"), {"language": language})
    answer = client.get(reverse("desk:customer", kwargs={"ref": customer.ref}))
    assert answer.status_code == 503
    assert words in text(answer)
    part = client.get(reverse("desk:customer", kwargs={"ref": customer.ref}), headers=HTMX)
    assert part.status_code == 503
    assert words in unquote(part["X-Words"])


def test_lets_people_log_in_and_read_registers(cast, customer):
    sealing.seal_site(at=cast.at)
    agent, security = browser(cast.person(AGENT)), browser(cast.person(SECURITY))
    assert agent.get("/account/logout/").status_code == 200
    for client, page in (
        (agent, "/"),
        (agent, reverse("desk:trail_self")),
        (security, "/people/"),
        (security, PAGE),
    ):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (Sealed(1, 2), "所需 2 份密钥份额中已到 1 份"),
        (Sealed(), "站点已封闭"),
        (ProviderLost(), "没有应答"),
        (OlderKey(), "比密钥库旧"),
    ],
)
def test_has_words_for_every_way_of_being_away(away, words):
    with translation.override("zh-hans"):
        assert words in "".join(errors.words_of(away))


def test_says_on_every_page_that_the_keyholder_is_away(cast, settings, tmp_path):
    settings.KEK_PROVIDER, settings.KEYHOLDER_UID = "keyholder", 0
    settings.KEYHOLDER_SOCKET = str(tmp_path / "nobody")
    words = text(browser(cast.person(CUSTODIAN)).get("/"))
    assert "无法取得密钥" in words
    assert "没有应答" in words
