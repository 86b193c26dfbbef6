"""Which roles exclude each other."""

from hypothesis import given
from hypothesis import strategies as some

from staff.roles import ALONE, GIVEN, HEAD, NAMES, conflicts

ROLES = some.sets(some.sampled_from(list(NAMES)))


@given(ROLES)
def test_finds_a_conflict_exactly_when_a_lone_role_has_company(roles: set[str]) -> None:
    assert bool(conflicts(roles)) == (len(roles) > 1 and bool(roles & ALONE))


@given(ROLES)
def test_names_each_pair_once_with_a_lone_role_in_it(roles: set[str]) -> None:
    pairs = conflicts(roles)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert all(set(pair) <= roles and set(pair) & ALONE for pair in pairs)


def test_lone_roles_are_custodian_security_and_auditor() -> None:
    assert {"custodian", "security", "auditor"} == ALONE


def test_head_is_never_given() -> None:
    assert HEAD not in GIVEN
    assert set(GIVEN) | {HEAD} == set(NAMES)
