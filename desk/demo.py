"""The demo's people for the login page: who plays which role, and the code that their app would show now."""

from dataclasses import dataclass
from datetime import datetime

from staff.demo import PASSWORD, current_code
from staff.models import Person
from staff.queries import roles_of
from staff.roles import NAMES

__all__ = ["PASSWORD", "Account", "accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """One demo person."""

    number: str
    name: str
    roles: str
    code: str


def accounts(at: datetime) -> list[Account]:
    """Return the demo's people by role, in the order of the role table."""
    order = list(NAMES)
    found = []
    for person in Person.objects.working(at).filter(is_demo=True).order_by("number"):
        roles = sorted(roles_of(person, at), key=order.index)
        if not roles:
            continue
        words = " · ".join(str(NAMES[role]) for role in roles)
        found.append(
            (order.index(roles[0]), Account(person.number, person.name, words, current_code(person)))
        )
    return [account for _place, account in sorted(found, key=lambda one: (one[0], one[1].number))]
