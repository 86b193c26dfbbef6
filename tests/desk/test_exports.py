"""The exports page: made from a search or a list, fetched once, refused in words."""

import pytest

from access.models import Export
from tests.access.cast import CANARIES
from tests.desk.at_work import browser, search, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE, MAKE = "/exports/", "/exports/make/"


def fetch(client, made):
    return client.post(f"/exports/{made.id}/fetch/")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("supervisor", 200),
        ("head", 200),
        ("agent", 403),
        ("analyst", 403),
        ("officer", 403),
        ("security", 403),
        ("custodian", 403),
        ("auditor", 403),
    ],
)
def test_opens_to_those_who_export(cast, role, status):
    client = browser(cast.person(role))
    assert client.get(PAGE).status_code == status
    if status == 403:
        assert client.post(MAKE, {"format": "csv"}).status_code == 403


def test_exports_a_list_as_masks_and_hands_it_out_once(cast):
    cast.customer()
    client = browser(cast.supervisor())
    assert client.post(MAKE, {"format": "csv"})["Location"] == PAGE
    made = Export.objects.get()
    answer = fetch(client, made)
    assert answer["Content-Disposition"] == f'attachment; filename="custinfo-{made.event}.csv"'
    assert answer["Cache-Control"] == "no-store, private"
    told = text(answer)
    assert "154****0018" in told
    assert not any(canary in told for canary in CANARIES)
    assert fetch(client, made)["Location"] == PAGE
    assert "fetched" in told or Export.objects.get().fetched_at is not None


def test_exports_exactly_what_a_search_found(cast):
    cast.customer(number="X1", full_name="欧阳示例")
    cast.customer(number="Y1", full_name="张示例")
    client = browser(cast.supervisor())
    token = search(client, "欧阳", how="name").redirect_chain[-1][0].rstrip("/").split("/")[-1]
    client.post(MAKE, {"format": "csv", "token": token})
    told = text(fetch(client, Export.objects.get()))
    assert "X1" in told
    assert "Y1" not in told


def test_narrows_a_list_export_as_the_list(cast):
    cast.customer(number="V1", tier="vip")
    cast.customer(number="W1")
    client = browser(cast.supervisor())
    client.post(MAKE, {"format": "csv", "tier": "vip"})
    told = text(fetch(client, Export.objects.get()))
    assert "V1" in told
    assert "W1" not in told


def test_says_when_there_is_nothing(cast):
    client = browser(cast.supervisor())
    assert client.post(MAKE, {"format": "csv"})["Location"] == "/customers/list/"
    assert not Export.objects.exists()


def test_is_nobody_elses(cast):
    cast.customer()
    one, other = browser(cast.supervisor()), browser(cast.supervisor())
    one.post(MAKE, {"format": "csv"})
    made = Export.objects.get()
    assert str(made.id) not in text(other.get(PAGE))
    assert fetch(other, made).status_code == 404


def test_knows_its_formats_and_its_methods(cast):
    client = browser(cast.supervisor())
    assert client.post(MAKE, {"format": "exe"}).status_code == 404
    assert client.get(MAKE).status_code == 405
    assert client.post(MAKE, {"format": "csv", "token": "gone"}).status_code == 404
