"""Lists: 25 rows, in order, at a cost that does not grow with the number of customers."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.lists import MAX_PAGES, PAGE_ROWS
from customers.models import Customer
from customers.queries import page, search
from tests.customers.builders import (
    bulk_make,
    make_portfolio,
    serve,
    serve_one,
    synthetic_values,
)

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_goes_through_all_customers_page_by_page(house):
    bulk_make(60, portfolio=house.north, at=house.at)
    pages = [page(house.agent, house.at, number=number) for number in (1, 2, 3, 4)]
    assert [len(one.rows) for one in pages] == [25, 25, 10, 0]
    assert [one.has_next for one in pages] == [True, True, False, False]
    assert [one.has_previous for one in pages] == [False, True, True, True]
    numbers = [row.number for one in pages for row in one.rows]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 60


def test_orders_by_name(house):
    bulk_make(40, portfolio=house.north, at=house.at)
    rows = [
        *page(house.agent, house.at, order="name").rows,
        *page(house.agent, house.at, order="name", number=2).rows,
    ]
    keys = [(row.open["full_name"].lower().encode(), row.number) for row in rows]
    assert len(keys) == 40
    assert keys == sorted(keys)


def test_merges_portfolios_and_single_customers_in_order(house):
    other = make_portfolio("N2", house.north.department)
    serve(house.agent, other)
    bulk_make(30, portfolio=house.north, at=house.at, first=0)
    bulk_make(30, portfolio=other, at=house.at, first=15, prefix="D")
    bulk_make(5, portfolio=house.south, at=house.at, first=0, prefix="B")
    serve_one(house.agent, *Customer.objects.filter(number__startswith="B")[:3])
    rows = page(house.agent, house.at).rows
    assert [row.number[0] for row in rows] == ["B"] * 3 + ["C"] * 22
    assert [row.number[0] for row in page(house.agent, house.at, number=2).rows] == ["C"] * 8 + ["D"] * 17


def test_narrows_by_portfolio_and_tier(house):
    bulk_make(5, portfolio=house.north, at=house.at)
    bulk_make(3, portfolio=house.south, at=house.at, first=10, tier="vip")
    assert len(page(house.officer, house.at, portfolio="S1").rows) == 3
    assert len(page(house.officer, house.at, tier="vip").rows) == 3
    assert len(page(house.officer, house.at, tier="vip", portfolio="N1").rows) == 0
    assert len(page(house.agent, house.at, portfolio="S1").rows) == 0


def test_ends_after_the_last_page_that_a_list_shows(house):
    bulk_make(MAX_PAGES * PAGE_ROWS + 1, portfolio=house.north, at=house.at)
    last = page(house.agent, house.at, number=MAX_PAGES)
    assert last.capped
    assert not last.has_next
    assert page(house.agent, house.at, number=MAX_PAGES + 5).rows[0].number == last.rows[0].number


def statements(act) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


def test_costs_the_same_for_ten_customers_and_for_ten_thousand(house):
    def figures():
        mobile = synthetic_values(3)["mobile"]
        return [
            statements(lambda: page(house.agent, house.at).rows),
            statements(lambda: page(house.officer, house.at).rows),
            statements(lambda: page(house.agent, house.at, order="name").rows),
            statements(lambda: search(house.agent, "any", mobile, house.at)),
            statements(lambda: search(house.agent, "last_four", mobile[-4:], house.at)),
            statements(lambda: search(house.agent, "number", "C0000003", house.at)),
            statements(lambda: search(house.agent, "name", "张", house.at)),
        ]

    bulk_make(10, portfolio=house.north, at=house.at)
    few = figures()
    bulk_make(9_990, portfolio=house.north, at=house.at, first=10)
    assert figures() == few
    assert few == [1, 1, 1, 3, 3, 2, 1]
    # Thrown away at once: else every reference of 10,000 customers is looked up first, which takes a minute.
    for alias in ("default", "keyring"):
        transaction.set_rollback(True, using=alias)
