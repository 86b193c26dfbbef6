"""Roles carry permissions by one table; some acts must never meet in one role."""

import pytest
from django.conf import settings

from staff import roles
from staff.permissions import may, roles_with
from trail.actor import Actor


def acting(*held: str) -> Actor:
    return Actor(id=None, number="x", name="x", roles=frozenset(held))


def test_every_role_is_in_the_table() -> None:
    assert set(settings.ROLE_PERMISSIONS) == set(roles.NAMES)


def test_nothing_is_allowed_without_a_role() -> None:
    every = {permission for held in settings.ROLE_PERMISSIONS.values() for permission in held}
    assert not any(may(acting(), permission) for permission in every)
    assert not may(acting("root"), "trail.self")


def test_unknown_symbols_are_nobodys() -> None:
    assert not may(acting(*roles.NAMES), "everything")
    assert roles_with("everything") == []


@pytest.mark.parametrize("role", ["security", "custodian", "auditor", "analyst"])
def test_who_never_comes_near_a_customer(role: str) -> None:
    assert not [one for one in settings.ROLE_PERMISSIONS[role] if one.startswith(("customer.", "contact."))]


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        ("customer.reveal", ["agent", "supervisor", "head"]),
        ("customer.compare", ["agent", "supervisor", "head"]),
        ("customer.create", ["agent", "supervisor"]),
        ("customer.import", ["supervisor"]),
        ("customer.move", ["supervisor"]),
        ("customer.export", ["supervisor", "head"]),
        ("people.propose", ["security"]),
        ("rules.propose", ["security"]),
        ("person.freeze", ["officer", "security"]),
        ("trail.all", ["officer", "security", "auditor"]),
        ("trail.who_saw", ["officer", "auditor"]),
        ("explain.read", ["officer", "security", "auditor"]),
        ("keys.read", ["custodian", "auditor"]),
        ("keys.act", ["custodian"]),
        ("admin.enter", ["officer", "security", "auditor"]),
        ("catalogue.names", ["officer"]),
        ("networks.edit", ["security"]),
    ],
)
def test_who_holds_what(permission: str, holders: list[str]) -> None:
    assert roles_with(permission) == holders
