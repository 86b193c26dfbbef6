"""Somebody who was erased and comes back: refused, unless they have consented anew."""

import pytest
from django.utils import timezone

from customers import erasing
from customers.models import Customer
from customers.problems import Refused
from customers.services import records
from files.models import SealedText
from tests.customers.builders import synthetic_values
from tests.customers.files import any_file
from tests.customers.importing import HEADER, bring_in, check, counts, reported, table_row
from trail.models import Event
from trail.services import clock
from vault import journal

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
OTHERS = {"mobile": "15400000018", "email": "a.nobody@example.com", "full_name": "欧阳示例"}


@pytest.fixture
def gone(worker_house):
    """Somebody with the number N000001 and the ID number of the first synthetic person, erased."""
    house = worker_house
    ref = create(house, "N000001", resident_id=synthetic_values(0)["resident_id"]).ref
    before, keys = erasing.known_by([ref], clock())
    journal.write(before.gone, keys, record=ref, at=clock())
    erasing.erase_customers([ref], record_id=ref, by=house.officer, at=clock())
    erasing.destroy_value_keys([ref])
    return house


def create(house, number: str, *, new_consent: str = "", **values: str):
    return records.create(
        number=number,
        portfolio=house.north.code,
        values=OTHERS | values,
        scenario="handling",
        source="customer",
        new_consent=new_consent,
        by=house.agent,
        at=clock(),
    )


def refused(house, number: str, **more: str) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        create(house, number, **more)
    (one,) = caught.value.problems
    return one.field, one.code, str(one.params["date"])


def test_is_refused_by_number_and_by_id_number_with_the_date(gone):
    today = f"{timezone.localtime(clock()):%Y-%m-%d}"
    assert refused(gone, "n-000001") == ("number", "erased_person", today)
    id_number = synthetic_values(0)["resident_id"]
    assert refused(gone, "X1", resident_id=id_number.lower()) == ("resident_id", "erased_person", today)
    assert create(gone, "X2", resident_id=synthetic_values(5)["resident_id"]).number == "X2"


def test_is_taken_with_new_consent_that_is_sealed(gone):
    saved = create(gone, "N000001", new_consent="2026-11-26 柜面签署新的授权书")
    facts = Event.objects.get(pk=saved.event).facts
    assert SealedText.objects.get(pk=facts["new_consent"]).subject == saved.ref
    assert "柜面" not in str(facts)


def test_is_refused_by_an_import_and_by_its_dry_run(gone):
    data = any_file("utf-8", HEADER, [table_row(0), table_row(1), table_row(2)])
    assert sorted(code for _, _, code in reported(check(data, gone.supervisor))) == ["erased_person"] * 2
    job = bring_in(data, gone.supervisor)
    assert counts(job) == (1, 0, 0, 2)
    assert list(Customer.objects.values_list("number", flat=True)) == ["N000002"]
