"""The daily run: what is due, what is only stored, and what is released when its term goes on after all."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from customers.models import FLOOR, HOLD, STORED, Restriction
from customers.restrictions import restricted
from retention.due import Due
from retention.models import DueEntry, DueListing, Hold
from retention.queries import due, held_back
from retention.services.listing import list_due
from tests.customers.conftest import House
from tests.retention.builders import contact, customer, schedule
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

LONG_AGO = datetime(2015, 1, 31, 20, 30, tzinfo=UTC)
BY = Actor.system("retention.list_due")


def hold(house: House, ref, *, days: int = 30, field: str = "") -> Hold:
    return Hold.objects.create(
        customer=ref,
        field=field,
        owner_id=uuid4(),
        owner_number="P1",
        since=house.at,
        until=house.at + timedelta(days=days),
        proposal=uuid4(),
    )


def only(at: datetime) -> Due:
    (found,) = due(at)
    return found


def test_lists_the_whole_customer_when_everything_ended_with_the_relationship(house: House) -> None:
    row = customer(house.north, house.at, "city", "bank_name", collected=LONG_AGO, ended=date(2016, 8, 31))
    customer(house.north, house.at, "city", collected=LONG_AGO)
    found = only(house.at)
    assert (found.customer_ref, found.fields, found.reason_code) == (row.ref, (), "relationship_ended")
    assert found.storage_only_until is None


def test_lists_the_fields_of_a_living_customer_that_are_over(house: House) -> None:
    row = customer(house.north, house.at, "city", "service_note", "habit_tags", collected=LONG_AGO)
    found = {one.rule: one for one in due(house.at)}
    assert {rule: one.fields for rule, one in found.items()} == {
        "field:service_note": ("service_note",),
        "field:habit_tags": ("habit_tags",),
    }
    contact(row, house.at - timedelta(days=1))
    assert list(due(house.at)) == []


def test_stores_what_a_law_wants_kept_and_lets_nobody_read_it_after_that_day_either(house: House) -> None:
    collected = house.at - timedelta(days=1094)
    row = customer(house.north, house.at, "business_number", collected=collected, ended=collected.date())
    at = house.at
    schedule("business_number", house.at, months=6, floor="trade_record_keep", floor_from="collection")
    found = only(at)
    assert found.storage_only_until is not None
    assert (found.basis, found.fields) == (FLOOR, ())
    assert [one.basis for one in held_back([row.ref], at)] == [FLOOR]
    list_due(by=BY, at=at)
    one = restricted([row.pk], at)[row.pk, ""]
    assert (one.basis, one.kept_until, one.until) == (FLOOR, found.storage_only_until, None)
    # The law's day has come: it is to be destroyed, and until then still read by nobody.
    later = found.storage_only_until + timedelta(hours=1)
    assert only(later).storage_only_until is None
    list_due(by=BY, at=later)
    assert restricted([row.pk], later)[row.pk, ""] == one


def test_a_schedule_may_store_before_it_destroys(house: House) -> None:
    schedule("city", house.at, months=1, then="store", store_months=600)
    customer(house.north, house.at, "city", collected=LONG_AGO)
    assert only(house.at).basis == STORED


def test_a_hold_turns_destruction_into_storage_only_until_it_ends(house: House) -> None:
    row = customer(house.north, house.at, "service_note", collected=LONG_AGO)
    one = hold(house, row.ref)
    assert [(back.field, back.basis) for back in held_back([row.ref], house.at)] == [("", HOLD)]
    assert (only(house.at).basis, only(house.at).storage_only_until) == (HOLD, one.until)
    list_due(by=BY, at=house.at)
    assert restricted([row.pk], house.at)[row.pk, "service_note"].basis == HOLD
    ended = house.at + timedelta(days=1)
    one.ended_at, one.ended_by = ended, uuid4()
    one.save(update_fields=["ended_at", "ended_by"])
    assert only(ended + timedelta(hours=1)).storage_only_until is None
    assert held_back([row.ref], ended + timedelta(hours=1)) == []


def test_releases_what_goes_on_after_all_and_keeps_the_newest_list(house: House) -> None:
    row = customer(house.north, house.at, "service_note", collected=LONG_AGO)
    hold(house, row.ref)
    list_due(by=BY, at=house.at)
    contact(row, house.at)
    later = house.at + timedelta(days=1)
    list_due(by=BY, at=later)
    assert restricted([row.pk], later) == {}
    assert (DueListing.objects.count(), DueEntry.objects.count()) == (2, 0)
    first, second = Event.objects.filter(kind="retention.listed").order_by("id")
    assert (first.facts["stored"], first.facts["restricted"], first.facts["lifted"]) == (1, 1, 0)
    assert (second.facts["values"], second.facts["lifted"]) == (0, 1)


def test_runs_twice_to_the_same_end(house: House) -> None:
    row = customer(house.north, house.at, "service_note", collected=LONG_AGO)
    hold(house, row.ref)
    for hours in (0, 1):
        list_due(by=BY, at=house.at + timedelta(hours=hours))
    assert (Restriction.objects.count(), DueEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "update retention_hold set until = until + interval '1 day'",
        "update customers_restriction set kept_until = null",
        "update classification_schedule set months = 1",
        "delete from classification_schedule",
    ],
)
def test_the_database_keeps_what_was_signed_and_restricted(house: House, statement: str) -> None:
    row = customer(house.north, house.at, "service_note", collected=LONG_AGO)
    hold(house, row.ref)
    list_due(by=BY, at=house.at)
    with (
        pytest.raises(DatabaseError, match="never edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
