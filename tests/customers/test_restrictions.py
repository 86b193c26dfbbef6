"""What is only stored is changed by nobody (PIPL 47): by form, import, confirmation or handing over; the rest is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from access.services import apart as handing
from access.services.apart import Brought, DepositRefused
from classification.queries import catalogue
from customers.imports.batch import decide
from customers.imports.rows import Checked, Plan
from customers.models import FLOOR, HOLD, STORED, Customer, Restriction
from customers.problems import Refused
from customers.services import records
from customers.services.confirming import confirm
from customers.values import Cleaner
from staff.models import Person
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.conftest import House
from tests.desk.at_work import browser, text
from tests.staff.company import bound
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
VALUES = synthetic_values(0)
HELD = ("mobile", "city", "address")
"""A sealed value, an open one, and one that stays free where a single field is restricted."""
OTHERS = {"mobile": "15400009999", "city": "福州", "address": "上海市示例路99号"}


def edited(house: House, field: str, value: str, clear: tuple[str, ...] = ()) -> str:
    customer = Customer.objects.get()
    try:
        records.edit(
            ref=customer.ref, version=customer.version, values={field: value} if value else {}, clear=clear,
            scenario="maintenance", source="phone", by=house.agent, at=clock(),
        )  # fmt: skip
    except Refused as refused:
        (problem,) = refused.problems
        return problem.code
    return ""


def imported(house: House, field: str) -> str:
    at, known = clock(), catalogue(clock())
    values = Cleaner(known, today=at.date()).clean({field: OTHERS[field]})
    plan = Plan({}, (), known, known.fields, False, at.date())
    row = Checked(1, "C0000000", values)
    decided = decide([row], plan, actor=house.supervisor, at=at, lock=False)
    assert (len(decided.changed), len(decided.refused)) == (1 - len(row.problems), len(row.problems))
    return row.problems[0].code if row.problems else ""


def confirmed(house: House, field: str) -> str:
    done = confirm(Customer.objects.get().ref, [field], by=house.agent, at=clock())
    return "" if done == (field,) else "left out"


ACTS: dict[str, Callable[[House, str], str]] = {
    "what is held, typed again": lambda house, field: edited(house, field, VALUES[field]),
    "another value": lambda house, field: edited(house, field, OTHERS[field]),
    "emptied": lambda house, field: edited(house, field, "", (field,)),
    "import": imported,
    "confirmed": confirmed,
}


@pytest.mark.parametrize("basis", [FLOOR, HOLD, STORED])
@pytest.mark.parametrize("scope", ["", "mobile", "city"])
def test_no_act_changes_what_is_only_stored_and_every_act_the_rest(house, basis, scope):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    customer = Customer.objects.get()
    until = house.at + timedelta(days=400)
    Restriction.objects.create(customer=customer, field=scope, basis=basis, kept_until=until, since=house.at)
    for field in HELD:
        closed = scope in ("", field)
        for name, act in ACTS.items():
            before, last = Customer.objects.get(), Event.objects.count()
            said = act(house, field)
            if closed:
                assert said in (f"only_stored_{basis}", "left out"), (field, name)
                now = Customer.objects.get()
                assert (now.sealed, now.open, now.origins) == (before.sealed, before.open, before.origins)
                assert Event.objects.count() == last
            else:
                assert said == "", (field, name)
                Customer.objects.filter(ref=ref).update(  # the next act finds it as it was
                    sealed=customer.sealed, open=customer.open, origins=customer.origins
                )


def test_hands_no_l4_value_over_for_a_customer_who_is_only_stored(house):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    Restriction.objects.create(customer=Customer.objects.get(), basis=FLOOR, since=house.at)
    with pytest.raises(DepositRefused, match="only_stored"):
        handing.deposit(ref, "credit_report", Brought(content=b"x", text=True), by=house.agent, at=house.at)


def test_the_days_of_the_relationship_stay_open_so_that_a_customer_may_come_back(house):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    Restriction.objects.create(customer=Customer.objects.get(), basis=FLOOR, since=house.at)
    saved = records.edit(
        ref=ref, version=1, values={"relationship_since": "2026-01-05"}, scenario="maintenance", source="phone",
        by=house.agent, at=house.at,
    )  # fmt: skip
    assert saved.fields == ("relationship_since",)


def test_changes_a_value_again_once_the_restriction_is_lifted(house):
    bulk_make(1, portfolio=house.north, at=house.at)
    row = Restriction.objects.create(customer=Customer.objects.get(), basis=FLOOR, since=house.at)
    assert edited(house, "mobile", OTHERS["mobile"])
    Restriction.objects.filter(pk=row.pk).update(until=clock())
    assert edited(house, "mobile", OTHERS["mobile"]) == ""


def test_the_form_shows_the_reason_and_a_closed_input(house):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    until = house.at + timedelta(days=400)
    Restriction.objects.create(
        customer=Customer.objects.get(), field="city", basis=FLOOR, kept_until=until, since=house.at
    )
    bound(Person.objects.get(pk=house.agent.id))
    page = text(browser(house.agent).get(f"/customers/{ref}/edit/?scenario=handling"))
    (line,) = [one for one in page.splitlines() if 'name="city"' in one]
    assert "disabled" in line
    assert VALUES["city"] not in line
