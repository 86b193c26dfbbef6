"""What the database itself refuses, whoever writes."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from staff.models import Headship, Network, Person, RoleHolding, Site
from staff.roles import GIVEN, HEAD, NAMES, conflicts
from tests.staff.company import JOINED, Company


def test_has_no_superuser_column_and_none_can_be_made(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select column_name from information_schema.columns where table_name = 'staff_person'")
        assert "is_superuser" not in {row[0] for row in cursor.fetchall()}
    facts: Any = {"number": "1", "name": "x", "is_superuser": True}
    with pytest.raises(AttributeError):
        Person(**facts)


def test_one_active_account_per_number_whatever_the_case(company: Company) -> None:
    company.person("a1")
    with pytest.raises(IntegrityError), transaction.atomic():
        company.person("A1")


def test_a_leavers_number_can_be_used_again(company: Company) -> None:
    company.person("a1", left_at=company.at)
    again = company.person("A1")
    assert Person.objects.get_by_natural_key("A1") == again


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.sampled_from(list(NAMES)), min_size=2, max_size=3, unique=True))
def test_refuses_conflicting_roles_by_itself(company: Company, roles: list[str]) -> None:
    with transaction.atomic():
        person = company.person(f"p{Person.objects.count()}")
        refused = False
        for role in roles:
            try:
                with transaction.atomic():
                    if role == HEAD:
                        Headship.objects.create(person=person, department=company.tree["calls"], since=JOINED)
                    else:
                        RoleHolding.objects.create(person=person, role=role, since=JOINED)
            except IntegrityError:
                refused = True
        assert refused == bool(conflicts(roles))


def test_roles_may_follow_each_other_in_time(company: Company) -> None:
    person = company.person("p")
    RoleHolding.objects.create(person=person, role="security", since=JOINED, until=company.at)
    RoleHolding.objects.create(person=person, role="agent", since=company.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleHolding.objects.filter(role="security").update(until=company.at + timedelta(days=1))


def test_raw_sql_cannot_give_a_conflicting_role(company: Company) -> None:
    person = company.person("p", "agent")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute(
            "insert into staff_roleholding (person_id, role, since) values (%s, 'auditor', now())",
            [person.pk],
        )


@pytest.mark.django_db(transaction=True)
def test_two_conflicting_roles_at_once_leave_one() -> None:
    company = Company()
    person = company.person("p")
    start, said = threading.Barrier(2), []

    def give(role: str) -> None:
        start.wait()
        try:
            RoleHolding.objects.create(person=person, role=role, since=JOINED)
        except IntegrityError:
            said.append(role)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give, args=(role,)) for role in ("agent", "auditor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1
    assert RoleHolding.objects.filter(person=person).count() == 1


def test_head_cannot_be_held_as_a_role(company: Company) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        company.person("p", HEAD)
    assert HEAD not in GIVEN


def test_a_network_must_be_a_network(company: Company) -> None:
    site = Site.objects.create(code="sh", name="上海", region="east")
    with pytest.raises(DatabaseError), transaction.atomic():
        Network.objects.create(cidr="10.0.0.1/8", site=site, zone="office")
