"""What the demo shows of its people, and of those who join it."""

from typing import Any

import pytest
from django.test import Client

from approvals.models import Proposal
from desk import demo
from staff.demo import enrol
from staff.models import Person
from staff.roles import AGENT, HEAD, SECURITY
from tests.access.cast import Cast
from tests.desk.at_work import browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture(autouse=True)
def in_the_demo(cast: Cast, settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def agent(cast: Cast) -> Person:
    """Somebody of the demo's cast."""
    person = Person.objects.get(number=cast.agent().number)
    person.is_demo = True
    person.save(update_fields=["is_demo"])
    enrol(person, password=demo.PASSWORD, at=cast.at)
    return person


def sign(client: Client, proposal: Proposal) -> None:
    assert (
        client.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash}).status_code == 302
    )


def test_who_joins_belongs_to_it_so_that_it_starts_again(cast: Cast) -> None:
    head, manager = browser(cast.person(HEAD)), browser(cast.person(SECURITY))
    said = {"number": "N100", "name": "新人", "department": cast.departments["north"].pk, "roles": [AGENT]}
    manager.post("/people/new/", said | {"reason": "入职"})
    sign(head, Proposal.objects.get())
    assert Person.objects.get(number="N100").is_demo


def test_fills_in_the_common_password_of_whoever_still_has_it_and_stands_a_reset(
    cast: Cast, agent: Person, client: Client
) -> None:
    assert f"id_login:{agent.number} " in text(client.get("/account/login/"))
    assert demo.account(agent.number, cast.at) is not None
    head, manager = browser(cast.person(HEAD)), browser(cast.person(SECURITY))
    manager.post(f"/people/{agent.pk}/propose/", {"what": "factor", "reason": "手机丢失"})
    sign(head, Proposal.objects.get())
    answer = client.get("/account/login/")
    assert answer.status_code == 200
    assert f"id_login:{agent.number} " not in text(answer)
    assert demo.account(agent.number, cast.at) is None


def test_shows_the_code_of_an_app_that_is_being_set_up() -> None:
    shown = demo.newcomer("N1", "新人", "JBSWY3DPEHPK3PXP")
    assert (shown.number, len(shown.code)) == ("N1", 6)
