"""Storage only (PIPL 47) reaches the restricted host: what is only stored opens there for nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.models import FLOOR, HOLD, Customer, Restriction
from files import apart
from restricted.models import Opening, Value
from restricted.services.openings import OpeningRefused, open_value
from restricted.services.requests import RequestRefused
from restricted.words import restriction_words
from tests.access.cast import kinds_since, last_event
from tests.restricted.house import REPORT, House

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"])


@pytest.fixture
def value(house: House) -> Value:
    """An approved value of a customer of the main site."""
    customer: Customer = house.cast.customer("C1")
    value = house.value()
    Value.objects.filter(pk=value.pk).update(subject=customer.ref)
    return Value.objects.get(pk=value.pk)


def restrict(value: Value, house: House, **facts: object) -> Restriction:
    row = {"basis": HOLD, "kept_until": house.at + timedelta(days=90), "since": house.at} | facts
    return Restriction.objects.create(customer=Customer.objects.get(ref=value.subject), **row)


@pytest.mark.parametrize("field", ["", "credit_report"])
def test_an_approved_value_of_a_restricted_customer_does_not_open(
    house: House, value: Value, field: str
) -> None:
    made = house.value()
    house.approved(made)
    Value.objects.filter(pk=made.pk).update(subject=value.subject)
    restrict(value, house, field=field)
    start = last_event()
    with pytest.raises(OpeningRefused, match="storage_only"):
        open_value(made.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    assert kinds_since(start) == ["restricted.refused"]
    assert Opening.objects.count() == 0
    with pytest.raises(RequestRefused, match="storage_only"):
        house.asked(value)


def test_others_and_other_times_are_not_restricted(house: House) -> None:
    customer = house.cast.customer("C1")
    value = house.value()
    house.approved(value)
    facts: dict[str, object] = {"basis": FLOOR, "kept_until": house.at + timedelta(days=9)}
    rows: list[dict[str, object]] = [
        {"field": "another"},
        {"since": house.at + timedelta(days=1)},
        {"since": house.at - timedelta(days=2), "until": house.at},
    ]
    for row in rows:
        Restriction.objects.create(customer=customer, **facts | {"since": house.at} | row)
    assert apart.restriction(customer.ref, "credit_report", house.at) is None
    assert apart.restriction(uuid4(), "another", house.at) is None
    shown = open_value(value.pk, code=house.code(house.asker), by=house.asker, at=house.at)
    assert shown.content.decode() == REPORT


def test_says_until_when_and_why(house: House, value: Value) -> None:
    made = restrict(value, house)
    found = apart.restriction(value.subject, value.field, house.at)
    assert found is not None
    assert (found.basis, found.kept_until) == (HOLD, made.kept_until)
    assert restriction_words(found.basis, found.kept_until)
