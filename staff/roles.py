"""Role symbols, their names, and which of them one person may never hold together (S1-11, separation of duties)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AGENT = "agent"
SUPERVISOR = "supervisor"
HEAD = "head"
ANALYST = "analyst"
OFFICER = "officer"
SECURITY = "security"
CUSTODIAN = "custodian"
AUDITOR = "auditor"

NAMES: dict[str, Promise] = {
    AGENT: _("Agent"),
    SUPERVISOR: _("Supervisor"),
    HEAD: _("Department head"),
    ANALYST: _("Analyst"),
    OFFICER: _("Data security officer"),
    SECURITY: _("Security manager"),
    CUSTODIAN: _("Key custodian"),
    AUDITOR: _("Auditor"),
}

GIVEN: tuple[str, ...] = tuple(role for role in NAMES if role != HEAD)
"""Roles that a proposal can give. A head is whoever holds a live headship; nobody is given that role."""

ALONE = frozenset({CUSTODIAN, SECURITY, AUDITOR})
"""Roles that exclude every other role. The database holds the same rule (migration `conflicts_refused`)."""


def conflicts(roles: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs among `roles` that one person may not hold together, in the order of NAMES."""
    held = sorted(set(roles), key=list(NAMES).index)
    return [
        (one, other)
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if one in ALONE or other in ALONE
    ]
