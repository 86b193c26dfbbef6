"""The page that comes before work, what goes on without it, and the page of everybody's duties."""

from typing import Any

import pytest

from customers.models import Customer
from staff import undertakings
from staff.acting import person_of
from staff.models import Department, Person, RequiredCourse, RoleHolding, Undertaking
from staff.models.duties import TOTP
from tests.access.cast import Cast, kinds_since, last_event, now
from tests.desk.at_work import HTMX, browser, text
from tests.staff.company import JOINED, PASSWORD, enrolled
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PAGE = "/undertaking/"


@pytest.fixture
def newcomer(cast: Cast) -> Actor:
    """An agent of the north who has signed nothing."""
    person = Person.objects.create_user(
        "NEW1", "新人", department=Department.objects.get(code="north"), joined_at=JOINED
    )
    RoleHolding.objects.create(person=person, role="agent", since=JOINED)
    cast.give(person, "north")
    return Actor(id=person.pk, number="NEW1", name="新人", roles=frozenset({"agent"}), department="north")


@pytest.fixture
def caller(cast: Cast) -> Customer:
    return cast.indexed_customer("NORTH-1")


def signing(**more: Any) -> dict[str, Any]:
    return {"hash": undertakings.in_force(now()).hash, "read": "on", "next": "/customers/"} | more


def test_comes_before_every_page(newcomer: Actor) -> None:
    client = browser(newcomer, factor=False)
    for page in ("/", "/customers/", "/decisions/"):
        assert client.get(page)["Location"] == f"{PAGE}?next={page}"
    shown = text(client.get(PAGE))
    version = undertakings.in_force(now())
    assert version.hash in shown
    assert version.said("zh-hans")[0] in shown


def test_does_not_come_to_whoever_has_signed(cast: Cast) -> None:
    assert browser(cast.agent()).get("/").status_code == 200


def test_signing_opens_the_way(newcomer: Actor) -> None:
    person_of(newcomer).set_password(PASSWORD)
    enrolled(person_of(newcomer))
    client = browser(newcomer)
    start = last_event()
    assert client.post(PAGE, signing())["Location"] == "/customers/"
    assert kinds_since(start) == ["staff.undertaking_signed"]
    assert client.get("/customers/").status_code == 200


def test_an_old_factor_is_asked_for_first(newcomer: Actor) -> None:
    enrolled(person_of(newcomer))
    client = browser(newcomer, factor=False)
    answer = client.post(PAGE, signing())
    assert (answer.status_code, answer["Location"]) == (303, "/session/step-up/")
    assert not Undertaking.objects.filter(person=person_of(newcomer)).exists()


def test_an_agent_without_a_factor_gives_the_password(newcomer: Actor) -> None:
    person = person_of(newcomer)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    client = browser(newcomer, factor=False)
    for wrong in (signing(), signing(password="wrong")):
        assert client.post(PAGE, wrong).status_code == 422
    assert client.post(PAGE, signing(password=PASSWORD)).status_code == 302
    assert Undertaking.objects.get(person=person).method == "password"


def test_wants_the_tick_and_the_text_that_was_shown(newcomer: Actor) -> None:
    enrolled(person_of(newcomer))
    client = browser(newcomer)
    without = signing()
    del without["read"]
    assert client.post(PAGE, without).status_code == 422
    answer = client.post(PAGE, signing(hash="0" * 64))
    assert answer.status_code == 422
    assert "新版本" in text(answer)


def test_goes_on_without_and_sees_masks_only(newcomer: Actor, caller: Customer) -> None:
    client = browser(newcomer, factor=False)
    start = last_event()
    assert client.post(PAGE, {"later": "yes", "next": "/"})["Location"] == "/"
    assert kinds_since(start) == ["staff.undertaking_put_off"]
    assert "您没有有效的保密承诺书" in text(client.get("/"))
    shown = text(client.get(f"/customers/{caller.ref}/"))
    assert "张示例" not in shown
    assert "张*" in shown or "张**" in shown
    refused = client.post(f"/customers/{caller.ref}/reveal/full_name/", headers=HTMX)
    assert refused.status_code == 403
    assert f'href="{PAGE}' in text(refused)


def test_the_next_login_asks_again(newcomer: Actor) -> None:
    browser(newcomer, factor=False).post(PAGE, {"later": "yes", "next": "/"})
    assert browser(newcomer, factor=False).get("/")["Location"].startswith(PAGE)


def test_what_was_sent_is_not_lost(newcomer: Actor, caller: Customer) -> None:
    """Only whole pages lead to it: a search in the middle of a call goes through (S2-6)."""
    client = browser(newcomer, factor=False)
    assert client.post("/customers/", {"typed": caller.number, "how": "number"}).status_code == 302


def test_a_missing_training_is_said_on_every_page(cast: Cast, caller: Customer) -> None:
    RequiredCourse.objects.create(role="agent", course="隐私基础", since=JOINED)
    client = browser(cast.agent())
    assert "培训证明" in text(client.get("/"))
    assert "张示例" not in text(client.get(f"/customers/{caller.ref}/"))
    assert "隐私基础" in text(client.get("/duties/"))


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("agent", ""),
        ("supervisor", "n"),
        ("head", "n"),
        ("analyst", ""),
        ("officer", "ns"),
        ("security", "ns"),
    ],
)
def test_shows_the_duties_of_those_one_answers_for(cast: Cast, role: str, seen: str) -> None:
    people = {
        "n": cast.agent(department="north").number,
        "s": cast.agent(department="south", serves="south").number,
    }
    reader = cast.person(role)
    shown = text(browser(reader).get("/duties/"))
    assert "保密承诺书" in shown
    assert {side for side, number in people.items() if f">{number} " in shown} == set(seen)


def test_a_signed_text_of_before_does_not_count(newcomer: Actor) -> None:
    Undertaking.objects.create(
        person=person_of(newcomer), version="2019", hash="1" * 64, method=TOTP, signed_at=now()
    )
    assert browser(newcomer, factor=False).get("/")["Location"].startswith(PAGE)
