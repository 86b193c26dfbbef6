"""The back office: who enters, what it shows, and that it gives no right."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from staff.models import Department, Network, Person, Site
from tests.staff.company import Company, enrolled, log_in

ROLES = ("agent", "supervisor", "analyst", "officer", "security", "custodian", "auditor")
ENTERS = {"officer", "security", "auditor"}
OURS = (
    "person",
    "department",
    "roleholding",
    "headship",
    "freeze",
    "site",
    "network",
    "undertaking",
    "training",
    "requiredcourse",
)
CHANGES = {"person", "department", "undertaking", "training", "requiredcourse"}


def as_role(client: Client, company: Company, role: str) -> Person:
    person = company.person(f"x-{role}", role)
    enrolled(person)
    log_in(client, person)
    return person


@pytest.mark.parametrize("role", ROLES)
def test_who_enters(client: Client, company: Company, role: str) -> None:
    as_role(client, company, role)
    assert (client.get("/admin/").status_code == 200) == (role in ENTERS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", OURS)
def test_who_sees_and_changes_what(client: Client, company: Company, role: str, model: str) -> None:
    as_role(client, company, role)
    assert (client.get(f"/admin/staff/{model}/").status_code == 200) == (role in ENTERS)
    adds = role == "security" and model in CHANGES - {"person"}
    assert (client.get(f"/admin/staff/{model}/add/").status_code == 200) == adds


def test_nothing_can_be_deleted(client: Client, company: Company) -> None:
    manager = as_role(client, company, "security")
    assert client.post(f"/admin/staff/person/{manager.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/staff/person/", {"action": "delete_selected"}).status_code in {200, 302}
    assert Person.objects.filter(pk=manager.pk).exists()


def test_whatever_widens_a_right_is_read_only(client: Client, company: Company) -> None:
    as_role(client, company, "security")
    person = company.person("p", "agent", email="p@example.com")
    tries = {
        "name": "新名",
        "number": "q",
        "email": "evil@example.com",
        "department": company.tree["hq"].pk,
        "valid_until_0": "2099-01-01",
        "is_superuser": "on",
        "groups": "1",
        "user_permissions": "1",
        "password": "x",
    }
    assert client.post(f"/admin/staff/person/{person.pk}/change/", tries).status_code == 302
    after = Person.objects.get(pk=person.pk)
    assert (after.name, after.number, after.email) == ("新名", "p", "p@example.com")
    assert (after.department.code, after.valid_until, after.password) == ("calls", None, person.password)


def test_a_department_stays_where_it_hangs(client: Client, company: Company) -> None:
    as_role(client, company, "security")
    calls = company.tree["calls"]
    said = {"code": "other", "name": "呼叫中心", "parent": "", "active": "on"}
    assert client.post(f"/admin/staff/department/{calls.pk}/change/", said).status_code == 302
    after = Department.objects.get(pk=calls.pk)
    assert (after.code, after.name, after.parent) == ("calls", "呼叫中心", company.tree["service"])


def test_networks_are_read_only(client: Client, company: Company) -> None:
    as_role(client, company, "security")
    site = Site.objects.create(code="sh", name="上海", region="east")
    said = {"cidr": "10.0.0.0/8", "site": site.pk, "zone": "office"}
    assert client.post("/admin/staff/network/add/", said).status_code == 403
    assert client.post(f"/admin/staff/site/{site.pk}/change/", {"name": "x"}).status_code == 403
    assert client.get("/admin/staff/network/").status_code == 200
    assert not Network.objects.exists()


@pytest.mark.parametrize("role", sorted(ENTERS))
def test_screens_of_others_are_closed_unless_named(client: Client, company: Company, role: str) -> None:
    """allauth's factors and addresses, groups and the like: nobody gets there, whatever rows say."""
    person = as_role(client, company, role)
    group = Group.objects.create(name="all")
    group.permissions.set(Permission.objects.all())
    person.groups.add(group)
    person.user_permissions.set(Permission.objects.all())
    for model in admin.site._registry:
        label = model._meta.app_label
        if label in {"account", "mfa", "usersessions", "auth", "guardian", "sites"}:
            address = reverse(f"admin:{label}_{model._meta.model_name}_changelist")
            assert client.get(address).status_code == 403, address


def test_history_is_read_by_those_who_read_people(client: Client, company: Company) -> None:
    as_role(client, company, "auditor")
    assert client.get("/admin/auditlog/logentry/").status_code == 200


def test_the_entrance_is_ours(client: Client, company: Company) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/account/login/")
