"""The database itself keeps the rules of the record, whoever writes."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from customers.models import Customer, IndexEntry
from tests.customers.builders import bulk_make
from tests.customers.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def made(house: House, **facts) -> Customer:
    row = {"number": "A-1", "portfolio": house.north, "created_at": house.at, "updated_at": house.at}
    return Customer.objects.create(**(row | facts))


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"tier": "gold"},
        {"version": 0},
        {"open": ["张三"]},
        {"open": {"full_name": 1}},
        {"open": {"full_name": None}},
        {"open": {"full_name": {"first": "三"}}},
        {"open": {"preference_tags": ["a", 1]}},
        {"open": {"preference_tags": [["a"]]}},
        {"sealed": {"mobile": "15400000018"}},
        {"sealed": {"passport": "AR1234567"}},
        {"sealed": {"mobile": None}},
        {"sealed": {"mobile": ["x"]}},
        {"sealed": ["x"]},
        {"relationship_since": "2026-02-01", "relationship_until": "2026-01-01"},
    ],
)
def test_refuses_a_row_that_breaks_a_rule(house, wrong):
    with pytest.raises(DatabaseError), transaction.atomic():
        made(house, **wrong)


def test_takes_texts_and_lists_of_texts(house):
    assert made(house, open={"full_name": "张示例", "preference_tags": ["茶", "书"], "city": ""}).pk


def test_a_number_belongs_to_one_customer_over_all_portfolios(house):
    made(house)
    with pytest.raises(DatabaseError), transaction.atomic():
        made(house, portfolio=house.south)


def test_raw_sql_cannot_put_plaintext_into_the_sealed_column(house):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    for text in ("15400000018", "AR1234567", "A" * 60 + "!", "BQ" + "A" * 60):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "update customers_customer set sealed = sealed || %s::jsonb where ref = %s",
                [json.dumps({"mobile": text}), ref],
            )


def test_a_ref_never_changes(house):
    customer = made(house)
    with pytest.raises(DatabaseError), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(ref=uuid4())


def test_index_rows_go_with_their_customer(house):
    (ref,) = bulk_make(1, portfolio=house.north, at=house.at)
    customer = Customer.objects.get(ref=ref)
    assert IndexEntry.objects.filter(customer=customer).count() == 7
    customer.delete()
    assert not IndexEntry.objects.exists()


def test_says_nothing_of_the_person(house):
    customer = made(house, open={"full_name": "张示例"})
    assert "张" not in f"{customer} {customer!r}"
    assert customer.number not in f"{customer} {customer!r}"
