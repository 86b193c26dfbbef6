"""The demo's people for the login page: who plays which role, and the code that their app would show now."""

from dataclasses import dataclass
from datetime import datetime

from staff.demo import PASSWORD, code_of, current_code
from staff.models import Person
from staff.queries import roles_of
from staff.roles import NAMES
from staff.services.factors import has_totp

__all__ = ["PASSWORD", "Account", "account", "accounts", "newcomer"]


@dataclass(frozen=True, slots=True)
class Account:
    """One demo person."""

    number: str
    name: str
    roles: str
    code: str


def accounts(at: datetime) -> list[Account]:
    """Return the people of the demo's cast by role, in the order of the role table.

    Whoever came later, or has had a reset, chose a password of their own: no click fills that in.
    """
    order = list(NAMES)
    found = []
    for person in Person.objects.working(at).filter(is_demo=True, enrolments=None).order_by("number"):
        roles = sorted(roles_of(person, at), key=order.index)
        if not roles:
            continue
        words = " · ".join(str(NAMES[role]) for role in roles)
        found.append(
            (order.index(roles[0]), Account(person.number, person.name, words, current_code(person)))
        )
    return [account for _place, account in sorted(found, key=lambda one: (one[0], one[1].number))]


def account(number: str, at: datetime) -> Account | None:
    """Return one person of the demo with the code of this moment; None for whoever has no authenticator app."""
    person = Person.objects.working(at).filter(is_demo=True, number=number).first()
    if person is None or not has_totp(person.pk):
        return None
    return Account(person.number, person.name, "", current_code(person))


def newcomer(number: str, name: str, secret: str) -> Account:
    """Return somebody who is setting up an app with this secret."""
    return Account(number, name, "", code_of(secret))
