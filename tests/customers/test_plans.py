"""The planner takes the indexes that the shapes of the statements are made for, on ten thousand customers."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.queries import page, search, visible_to
from staff.roles import AGENT
from tests.customers.builders import (
    bulk_make,
    make_actor,
    make_department,
    make_portfolio,
    serve,
    serve_one,
    synthetic_values,
)
from tests.database import APP, OWNER, log_in_as

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


FEW = 250
"""No step reads more than the table of portfolios, of ten thousand customers and seventy thousand index rows."""


def plan(act) -> str:
    """Return the plans of the customer queries of an act."""
    with CaptureQueriesContext(connection) as seen:
        act()
    plans = []
    with connection.cursor() as cursor:
        for query in seen.captured_queries:
            if "customers_customer" in query["sql"]:
                cursor.execute("explain (analyze, costs off, timing off, summary off) " + query["sql"])
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return "\n".join(plans)


@pytest.fixture
def wide(committed_house):
    """Two hundred portfolios of fifty; one person serves two of them and ten single customers."""
    department = make_department("wide")
    portfolios = [make_portfolio(f"W{number:03d}", department) for number in range(200)]
    bulk_make(10_000, portfolio=portfolios[0], at=committed_house.at)
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_customer set portfolio_id = (%s::bigint[])[1 + id %% 200]",
            [[portfolio.pk for portfolio in portfolios]],
        )
    person = make_actor(AGENT, department=department, at=committed_house.at)
    serve(person, portfolios[150], portfolios[160])
    serve_one(person, *Customer.objects.filter(portfolio=portfolios[3])[:10])
    analyse()
    return person


def analyse():
    """Let the planner know the tables, as autovacuum does within a minute; only their owner may."""
    log_in_as(OWNER)
    try:
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
    finally:
        log_in_as(APP)


def test_lists_read_the_first_rows_of_each_portfolio_by_index(committed_house, wide):
    at = committed_house.at
    listed = plan(lambda: page(wide, at).rows)
    assert "customer_portfolio_number" in listed
    by_name = plan(lambda: page(wide, at, prefix="张").rows)
    assert "customer_name_prefix" in by_name
    for said in (listed, by_name):
        assert "Seq Scan on customers_customer " not in said
        assert most_rows(said) <= FEW


def test_searches_start_from_the_index_rows(committed_house, wide):
    """The trap of a plan that walks the key index from its start, limit in hand (stack.md)."""
    at = committed_house.at
    mine = page(wide, at).rows[0]
    mobile = synthetic_values(int(mine.number[1:]))["mobile"]
    assert [row.pk for row in search(wide, "mobile", mobile, at).rows] == [mine.pk]
    by_mobile = plan(lambda: search(wide, "mobile", mobile, at))
    by_four = plan(lambda: search(wide, "last_four", mobile[-4:], at))
    by_ref = plan(lambda: visible_to(wide, at).filter(ref=mine.ref).get())
    by_number = plan(lambda: search(wide, "number", mine.number, at))
    for said in (by_mobile, by_four, by_ref, by_number):
        assert "Seq Scan on customers_indexentry" not in said
        assert "Seq Scan on customers_customer " not in said
        assert most_rows(said) <= FEW


def most_rows(said: str) -> int:
    """Return the most rows that one step of the plans read or threw away, over all its rounds."""
    steps = [float(rows) * int(loops) for rows, loops in re.findall(r"rows=([0-9.]+) loops=([0-9]+)", said)]
    removed = [int(rows) for rows in re.findall(r"Removed by Filter: ([0-9]+)", said)]
    return int(max([*steps, *removed]))
