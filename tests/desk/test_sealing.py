"""Seal the site: one button, a fresh second factor, an event; and what everybody sees then."""

from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from desk.views import errors
from staff.roles import AGENT, CUSTODIAN, HEAD, SECURITY
from tests.desk.at_work import HTMX, browser, text
from tests.desk.test_home import contact
from tests.vault.keys import worker
from trail.models import Event
from vault import noticing
from vault.away import OlderKey, ProviderLost, Sealed
from vault.holding import sealing
from vault.keyring import keys_for
from vault.models import Generation, KekFact
from vault.providers import provider

__all__ = ["worker"]
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


LOST = {"zh-hans": "无法取得密钥", "en": "The key cannot be reached"}
SEALED = {"zh-hans": "站点已封闭", "en": "The site is sealed"}
GOES_ON = {"zh-hans": "照常可用", "en": "Goes on: logging in"}
NEEDS_NO_VALUE = ("/", "/customers/", "/notifications/", "/decisions/", "/trail/mine/", "/duties/")


@pytest.fixture
def keyholder_lost(settings, tmp_path):
    settings.KEK_PROVIDER, settings.KEYHOLDER_UID = "keyholder", 0
    settings.KEYHOLDER_SOCKET = str(tmp_path / "nobody")


def in_language(client, language):
    client.post(reverse("set_language"), {"language": language})
    return client


def later() -> None:
    """Let the seconds pass for which a process goes by what it noticed last."""
    noticing.noticed(provider()).until = 0.0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_says_on_pages_without_values_that_the_site_is_sealed_and_what_goes_on(cast, language):
    sealing.seal_site(at=cast.at)
    client = in_language(browser(cast.person(AGENT)), language)
    for page in NEEDS_NO_VALUE:
        words = text(client.get(page))
        assert SEALED[language] in words, page
        assert GOES_ON[language] in words, page
    assert "#standing" not in words  # an agent can do nothing about it


@pytest.mark.parametrize(
    ("role", "pages"), [(AGENT, NEEDS_NO_VALUE), (CUSTODIAN, ("/", "/keys/")), (SECURITY, ("/",))]
)
def test_says_nothing_of_it_on_an_open_site(cast, role, pages):
    client = browser(cast.person(role))
    for page in pages:
        words = text(client.get(page))
        said = [one for one in (*SEALED.values(), *LOST.values(), *GOES_ON.values()) if one in words]
        assert not said, page
        assert "standing" not in words, page


def test_is_said_once_on_the_page_that_could_not_be_shown(cast, customer):
    sealing.seal_site(at=cast.at)
    words = text(browser(cast.person(AGENT)).get(reverse("desk:customer", kwargs={"ref": customer.ref})))
    assert words.count(GOES_ON["zh-hans"]) == 1


def test_goes_away_by_itself_once_the_keys_are_back(cast):
    order = sealing.seal_site(at=cast.at)
    client = browser(cast.person(AGENT))
    assert SEALED["zh-hans"] in text(client.get("/"))
    sealing.lift(order, at=cast.at)
    later()
    assert SEALED["zh-hans"] not in text(client.get("/"))


def test_comes_within_the_seconds_in_which_every_process_meets_the_order(cast):
    client = browser(cast.person(AGENT))
    client.get("/")
    sealing.seal_site(at=cast.at)
    later()
    assert SEALED["zh-hans"] in text(client.get("/"))


def test_asks_the_keyring_once_for_many_pages(cast):
    client = browser(cast.person(AGENT))
    later()
    with CaptureQueriesContext(connections["keyring"]) as asked:
        for page in NEEDS_NO_VALUE:
            client.get(page)
    assert len(asked) == 1


def test_the_first_page_opens_for_whoever_dealt_with_customers_lately(cast, customer):
    agent = cast.person(AGENT)
    contact(customer, agent, cast.at)
    client = browser(agent)
    assert customer.number in text(client.get("/"))
    sealing.seal_site(at=cast.at)
    answer = client.get("/")
    assert answer.status_code == 200
    assert "密钥恢复后，这里会重新显示" in text(answer)
    assert customer.number not in text(answer)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("role", "page"), [(CUSTODIAN, "/keys/"), (SECURITY, "/keys/seal/"), (AGENT, ""), (HEAD, "")]
)
def test_leads_whoever_can_do_something_to_where_it_is_said(cast, keyholder_lost, language, role, page):
    client = in_language(browser(cast.person(role)), language)
    words = text(client.get("/"))
    assert LOST[language] in words
    assert GOES_ON[language] in words
    assert (f'href="{page}#standing"' in words) == bool(page)
    if page:
        there = text(client.get(page))
        assert 'id="standing"' in there
        assert "#standing" not in there


def test_tells_a_custodian_how_to_open_the_site_on_the_page_of_the_keys(cast, settings):
    sealing.seal_site(at=cast.at)
    words = text(browser(cast.person(CUSTODIAN)).get("/keys/"))
    assert "manage.py unseal" in words  # a file keeps the key of the tests


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_pages_without_values_are_shown_while_the_keyring_does_not_answer(cast, fault):
    def lost(*_: object) -> None:
        raise fault

    client = browser(cast.person(AGENT))
    later()
    with connections["keyring"].execute_wrapper(lost):
        answer = client.get("/trail/mine/")
    assert answer.status_code == 200
    assert LOST["zh-hans"] in text(answer)


def test_says_that_an_older_key_is_served(worker, cast):
    KekFact.objects.bulk_create(
        KekFact(fact=fact, version=2, proposal=uuid4(), at=cast.at) for fact in ("created", "promoted")
    )
    assert "提供的密钥版本过旧" in text(browser(cast.person(AGENT)).get("/"))
