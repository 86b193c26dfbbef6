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
    search,
    visible_to,
)
from staff.models import Headship
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, OFFICER, SECURITY, SUPERVISOR
from tests.customers.builders import (
    bulk_make,
    make_actor,
    make_portfolio,
    serve,
    serve_one,
    synthetic_values,
)
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


VIPS = {"20", "21"}


@pytest.fixture
def with_vips(full):
    """Two VIPs in the north besides."""
    bulk_make(2, portfolio=full.north, at=full.at, first=20, tier="vip")
    return full


@pytest.mark.parametrize(
    ("who", "vips"),
    [("agent", set()), ("supervisor", VIPS), ("head", VIPS), ("officer", VIPS), ("outsider", set())],
)
def test_a_vip_is_no_part_of_a_portfolio_that_was_given(with_vips, who, vips):
    """S4-55: know what is needed. Leading a department reaches them as before."""
    actor = getattr(with_vips, who)
    assert numbers(visible_to(actor, with_vips.at)) & VIPS == vips
    for order in ("number", "name"):
        assert numbers(page(actor, with_vips.at, order=order).rows) & VIPS == vips
        assert numbers(page(actor, with_vips.at, order=order, tier="vip").rows) == vips
        assert not numbers(page(actor, with_vips.at, order=order, tier="standard").rows) & VIPS


def test_an_agent_reaches_the_vip_that_was_given_and_no_other(with_vips):
    agent, at = with_vips.agent, with_vips.at
    mine, other = Customer.objects.filter(tier="vip").order_by("number")
    serve_one(agent, mine)
    assert numbers(visible_to(agent, at)) == NORTH | {"20"}
    assert numbers(editable_by(agent, at)) == NORTH | {"20"}
    assert numbers(page(agent, at).rows) == NORTH | {"20"}
    assert numbers(page(agent, at, tier="vip").rows) == {"20"}
    assert numbers(page(agent, at, tier="vip", portfolio="N1").rows) == {"20"}
    assert numbers(search(agent, "number", mine.number, at).rows) == {"20"}
    for how, typed in (("number", other.number), ("mobile", synthetic_values(21)["mobile"])):
        assert not search(agent, how, typed, at).rows
    assert numbers(search(with_vips.supervisor, "number", other.number, at).rows) == {"21"}


def test_a_supervisor_who_is_an_agent_elsewhere_reaches_vips_as_a_supervisor_only(with_vips):
    at = with_vips.at
    bulk_make(1, portfolio=with_vips.south, at=at, first=30, tier="vip")
    both = make_actor(AGENT, SUPERVISOR, department=with_vips.south.department, at=at)
    serve(both, with_vips.north)
    assert numbers(visible_to(both, at)) == NORTH | SOUTH | {"30"}
    assert numbers(page(both, at).rows) == NORTH | SOUTH | {"30"}
    assert numbers(page(both, at, tier="vip").rows) == {"30"}


def test_a_customer_who_becomes_a_vip_leaves_the_agents_reach_at_once(full):
    one = Customer.objects.filter(portfolio=full.north).order_by("pk")[0]
    assert visible_to(full.agent, full.at).filter(pk=one.pk).exists()
    Customer.objects.filter(pk=one.pk).update(tier="vip")
    assert not visible_to(full.agent, full.at).filter(pk=one.pk).exists()
