"""Law facts in the back office: read by those who govern, written by nobody, what waits for verification apart."""

import pytest
from django.test import Client

from lawbook.models import FactVersion
from tests.staff.company import Company, enrolled, log_in

FACTS, YEARS = "/admin/lawbook/factversion/", "/admin/lawbook/workingyear/"


@pytest.fixture
def officer(client: Client, db: None) -> Client:
    person = Company().person("x", "officer")
    enrolled(person)
    log_in(client, person)
    return client


def test_shows_facts_and_years(officer: Client) -> None:
    assert "授权凭证保存期限" in officer.get(FACTS + "?q=consent").content.decode()
    assert officer.get(YEARS).status_code == 200


def test_shows_what_is_to_be_verified(officer: Client) -> None:
    words = officer.get(FACTS + "?verify=yes").content.decode()
    assert "权利请求答复期限" in words
    assert "授权凭证保存期限" not in words


def test_writes_nothing(officer: Client) -> None:
    row = FactVersion.objects.get(code="guardian_age")
    assert officer.get(f"{FACTS}{row.pk}/change/").status_code == 200
    assert officer.post(f"{FACTS}{row.pk}/change/", {"value": "16"}).status_code == 403
    for address in (FACTS + "add/", YEARS + "add/", f"{FACTS}{row.pk}/delete/"):
        assert officer.get(address).status_code == 403
