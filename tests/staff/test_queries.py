"""Who people are at a time: states, heads, signers, places."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staff import queries
from staff.models import Freeze, Headship, Network, RoleHolding, Site
from tests.staff.company import JOINED, Company, ids

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "days", "state"),
    [
        ({}, 0, "working"),
        ({"joined_at": +1}, 0, "not_yet"),
        ({"joined_at": +1}, 1, "working"),
        ({"left_at": 0}, 0, "left"),
        ({"left_at": 0}, -1, "working"),
        ({"valid_until": 0}, 0, "expired"),
        ({"valid_until": 1}, 0, "working"),
        ({"valid_until": -1, "left_at": 0}, 0, "left"),
    ],
)
def test_computes_the_state_from_dates(
    company: Company, facts: dict[str, int], days: int, state: str
) -> None:
    dates: dict[str, Any] = {name: company.at + DAY * offset for name, offset in facts.items()}
    person = company.person("p", **dates)
    at = company.at + DAY * days
    assert queries.person_state(person, at) == state
    found = queries.standing(person.pk, at)
    assert found is not None
    assert found.state == state
    assert queries.may_work(person.pk, at) == (state == "working")


def test_a_freeze_counts_between_its_ends(company: Company) -> None:
    person = company.person("p")
    Freeze.objects.create(person=person, at=company.at, by_number="9", until=company.at + DAY)
    states = [queries.person_state(person, company.at + DAY * days) for days in (-1, 0, 1)]
    assert states == ["working", "frozen", "working"]


def test_stands_in_one_query(company: Company) -> None:
    person = company.person("p", "agent", "supervisor")
    Headship.objects.create(person=person, department=company.tree["calls"], since=JOINED)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.standing(person.pk, company.at)
    assert len(asked) == 1
    assert found is not None
    assert found.roles == queries.roles_of(person, company.at) == {"agent", "supervisor", "head"}


def test_a_role_ends_at_its_end(company: Company) -> None:
    person = company.person("p")
    RoleHolding.objects.create(person=person, role="agent", since=JOINED, until=company.at)
    assert queries.roles_of(person, company.at) == frozenset()
    assert queries.roles_of(person, company.at - DAY) == {"agent"}


def test_departments_below_and_above(company: Company) -> None:
    tree = company.tree
    assert queries.departments_below(tree["service"].pk) == {tree["service"].pk, tree["calls"].pk}
    below = {company.person(code, department=code).pk for code in ("service", "calls")}
    company.person("hq", department="hq")
    assert queries.team_of("service", company.at) == below
    assert queries.departments_above(tree["calls"].pk) == [
        tree[code].pk for code in ("calls", "service", "hq")
    ]


def test_a_ring_of_departments_ends(company: Company) -> None:
    company.tree["hq"].parent = company.tree["calls"]
    company.tree["hq"].save()
    assert len(queries.departments_below(company.tree["hq"].pk)) == 3
    assert queries.signers_for_person(company.person("p"), company.at) == frozenset()


def test_the_head_of_the_department_signs(company: Company) -> None:
    head = company.head("h", "calls")
    company.head("g", "hq")
    assert queries.signers_for_person(company.person("p"), company.at) == ids(head)


def test_for_a_head_the_parents_head_signs(company: Company) -> None:
    head, boss = company.head("h", "calls"), company.head("g", "hq")
    assert queries.signers_for_person(head, company.at) == ids(boss)


def test_a_second_head_does_not_sign_for_the_first(company: Company) -> None:
    head, boss = company.head("h", "calls"), company.head("g", "service")
    company.head("i", "calls")
    assert queries.signers_for_person(head, company.at) == ids(boss)


@pytest.mark.parametrize("gone", ["left", "expired", "frozen", "ended"])
def test_where_no_head_can_act_the_parents_head_signs(company: Company, gone: str) -> None:
    head, boss = company.head("h", "calls"), company.head("g", "service")
    if gone == "frozen":
        Freeze.objects.create(person=head, at=JOINED, by_number="9")
    elif gone == "ended":
        Headship.objects.filter(person=head).update(until=company.at)
    else:
        setattr(head, "left_at" if gone == "left" else "valid_until", company.at)
        head.save()
    assert queries.signers_for_person(company.person("p"), company.at) == ids(boss)


def test_at_the_root_the_officers_sign(company: Company) -> None:
    boss = company.head("g", "hq")
    officers = [company.person(number, "officer") for number in ("o1", "o2")]
    assert queries.signers_for_person(boss, company.at) == ids(*officers)


def test_until_there_is_an_officer_the_first_head_signs(company: Company) -> None:
    first = company.head("h", "service", since=JOINED - DAY)
    boss = company.head("g", "hq")
    assert queries.signers_for_person(boss, company.at) == ids(first)
    assert queries.signers_for_person(first, company.at) == ids(boss)


def test_nobody_signs_for_themselves(company: Company) -> None:
    boss = company.head("g", "hq")
    assert queries.signers_for_person(boss, company.at) == frozenset()


def test_a_supervisor_answers_for_the_department_but_not_for_who_heads_it(company: Company) -> None:
    by, head, agent = (
        company.person("s", "supervisor"),
        company.head("h", "calls"),
        company.person("p", "agent"),
    )
    boss = company.head("g", "service")
    assert queries.people_led_by(company.actor(by), company.at) == ids(by, agent)
    assert queries.people_led_by(company.actor(head), company.at) == ids(by, agent, head)
    assert queries.leaders_of(agent.pk, company.at) == ids(by, head)
    assert queries.leaders_of(head.pk, company.at) == ids(boss)


def test_the_narrowest_network_says_where(db: None) -> None:
    east = Site.objects.create(code="sh", name="上海", region="east")
    north = Site.objects.create(code="bj", name="北京", region="north")
    Network.objects.create(cidr="10.0.0.0/8", site=east, zone="office")
    Network.objects.create(cidr="10.2.0.0/16", site=north, zone="secure")
    assert queries.site_of("10.2.3.4") == queries.Place("bj", "north", "secure")
    assert queries.site_of("10.3.3.4") == queries.Place("sh", "east", "office")
    assert queries.site_of("192.0.2.1") == queries.Place()
    assert queries.site_of("2001:db8::1") == queries.Place()
    assert queries.site_of(None) == queries.Place()
