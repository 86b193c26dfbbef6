"""The restricted host sealed: by its own button, or by the main site's order; opened again here alone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from custody.services.sealing import seal_site
from files import apart
from files.models import ApartSealing
from restricted import people
from restricted.factors import FactorRefused
from restricted.models import Opening, SealOrder, Value
from restricted.sealing import holding
from restricted.services import requests, sealing
from restricted.services.openings import OpeningRefused, open_value
from staff.roles import SECURITY
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REPORT, House
from vault.away import Sealed

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


def refused(value: Value, house: House) -> str:
    with pytest.raises(OpeningRefused) as problem:
        open_value(value.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    return problem.value.code


def main_site_sealed(house: House) -> None:
    seal_site(by=house.cast.person(SECURITY), at=house.at)


def test_the_main_sites_order_seals_this_host_at_once(house: House) -> None:
    value = house.value()
    house.approved(value)
    main_site_sealed(house)
    start = last_event()
    assert refused(value, house) == "sealed"
    assert kinds_since(start) == ["restricted.refused"]
    assert Opening.objects.count() == 0
    # The code was not used up by it; and no log-in needs the key.
    call_command("restricted_unseal", stdout=StringIO())
    shown = open_value(value.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    assert shown.content.decode() == REPORT
    assert house.logged_in(house.head, at=house.at + timedelta(minutes=1))


def test_an_order_that_vanishes_from_the_main_data_still_holds(house: House, monkeypatch) -> None:
    main_site_sealed(house)
    assert holding() is not None
    monkeypatch.setattr(apart, "sealings", lambda known: [])  # an intruder deleted it
    assert holding() is not None


def test_the_next_order_seals_again_and_each_counts_once(house: House) -> None:
    for _ in range(2):
        main_site_sealed(house)
        assert holding() is not None
        call_command("restricted_unseal", stdout=StringIO())
        assert holding() is None
    assert ApartSealing.objects.count() == SealOrder.objects.count() == 2
    with pytest.raises(CommandError, match="not sealed"):
        call_command("restricted_unseal")


@pytest.mark.parametrize("role", sorted(people.SEALS))
def test_its_own_button_seals_it_with_a_fresh_code(house: House, role: str) -> None:
    who = house.enrolled(role)
    with pytest.raises(FactorRefused):
        sealing.seal(code="000000", by=who, at=house.at)
    assert holding() is None
    start = last_event()
    sealing.seal(code=house.code(who), by=who, at=house.at)
    assert holding() is not None
    assert kinds_since(start) == ["restricted.sealed"]


def test_whoever_reads_values_does_not_seal(house: House) -> None:
    with pytest.raises(people.NotTheirs):
        sealing.seal(code=house.code(house.asker), by=house.asker, at=house.at)


def test_nothing_is_sealed_or_opened_under_a_key_meanwhile(house: House) -> None:
    value = house.value()
    made = house.asked(value)
    main_site_sealed(house)
    with pytest.raises(Sealed):
        house.value()
    with pytest.raises(Sealed):
        house.asked(value)
    with pytest.raises(Sealed):
        requests.read_reason(made, by=house.asker, at=house.at)
