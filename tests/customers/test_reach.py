"""Fetching is authorising: who sees, changes and imports which customers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customers.models import Customer
from customers.queries import (
    editable_by,
    importable_by,
    page,
    portfolios_filled_by,
    portfolios_imported_by,
    portfolios_seen_by,
    visible_to,
)
from staff.models import Headship
from staff.roles import ANALYST, AUDITOR, CUSTODIAN, OFFICER, SECURITY, SUPERVISOR
from tests.customers.builders import bulk_make, make_actor, make_portfolio, serve_one
from trail.actor import Actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def full(house):
    """Three customers in the north, three in the south."""
    bulk_make(3, portfolio=house.north, at=house.at)
    bulk_make(3, portfolio=house.south, at=house.at, first=10)
    return house


def numbers(rows):
    return {row.number[-2:] for row in rows}


NORTH, SOUTH = {"00", "01", "02"}, {"10", "11", "12"}


@pytest.mark.parametrize(
    ("who", "seen", "changed", "imported"),
    [
        ("agent", NORTH, NORTH, set()),
        ("supervisor", NORTH, NORTH, NORTH),
        ("head", NORTH, set(), set()),
        ("officer", NORTH | SOUTH, set(), set()),
        ("outsider", SOUTH, SOUTH, SOUTH),
    ],
)
def test_each_role_reaches_what_the_matrix_says(full, who, seen, changed, imported):
    actor = getattr(full, who)
    assert numbers(visible_to(actor, full.at)) == seen
    assert numbers(editable_by(actor, full.at)) == changed
    assert numbers(importable_by(actor, full.at)) == imported
    assert numbers(page(actor, full.at).rows) == seen


@pytest.mark.parametrize("role", [ANALYST, SECURITY, CUSTODIAN, AUDITOR])
def test_other_roles_reach_nobody(full, role):
    actor = make_actor(role, department=full.north.department, at=full.at)
    assert not visible_to(actor, full.at).exists()
    assert not page(actor, full.at).rows
    assert not portfolios_seen_by(actor, full.at).exists()


def test_a_machine_reaches_nobody(full):
    assert not visible_to(Actor.system("x"), full.at).exists()


def test_a_role_of_another_time_reaches_nobody(full):
    assert not visible_to(replace(full.agent, roles=frozenset()), full.at).exists()


def test_a_supervisor_does_not_reach_above_or_beside(full):
    above = full.north.department.parent
    make_portfolio("N0", above)
    beside = make_actor(SUPERVISOR, department=full.south.department, at=full.at)
    assert {one.code for one in portfolios_seen_by(full.supervisor, full.at)} == {"N1"}
    assert {one.code for one in portfolios_seen_by(full.head, full.at)} == {"N0", "N1"}
    assert {one.code for one in portfolios_seen_by(beside, full.at)} == {"S1"}


def test_a_headship_that_ended_reaches_nobody(full):
    Headship.objects.update(until=full.at)
    assert not visible_to(full.head, full.at).exists()
    assert visible_to(full.head, full.at - timedelta(days=1)).count() == 3


def test_a_single_customer_is_reached_by_whoever_it_was_given_to(full):
    vip = Customer.objects.get(number="C0000010")
    serve_one(full.agent, vip)
    assert numbers(visible_to(full.agent, full.at)) == NORTH | {"10"}
    assert numbers(page(full.agent, full.at).rows) == NORTH | {"10"}
    assert numbers(editable_by(full.agent, full.at)) == NORTH | {"10"}


def test_a_given_customer_gives_an_officer_no_right_to_write(full):
    serve_one(full.officer, Customer.objects.get(number="C0000010"))
    assert not editable_by(full.officer, full.at).exists()


def test_nobody_is_listed_twice(full):
    serve_one(full.agent, Customer.objects.get(number="C0000000"))
    rows = page(full.agent, full.at).rows
    assert len(rows) == len({row.pk for row in rows}) == 3
    assert visible_to(full.agent, full.at).count() == 3


def test_portfolios_to_create_and_import_in(full):
    both = make_actor("agent", OFFICER, department=full.south.department, at=full.at)
    assert {one.code for one in portfolios_filled_by(full.agent, full.at)} == {"N1"}
    assert {one.code for one in portfolios_imported_by(full.agent, full.at)} == set()
    assert {one.code for one in portfolios_imported_by(full.supervisor, full.at)} == {"N1"}
    assert not portfolios_filled_by(both, full.at).exists()


def test_is_one_statement(full, django_assert_num_queries):
    for actor in (full.agent, full.supervisor, full.head, full.officer):
        with django_assert_num_queries(1):
            list(visible_to(actor, full.at))
        with django_assert_num_queries(1):
            list(page(actor, full.at).rows)
