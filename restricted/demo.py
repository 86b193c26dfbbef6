"""For the demo only: people enrolled on the restricted site, and the code that their app would show."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from restricted import factors, people, totp
from restricted.models import TOTP, Factor
from staff.demo_password import PASSWORD as PASSWORD
from staff.models import Person
from staff.queries import roles_of


class NotADemo(RuntimeError):
    """Asked for outside the demo."""


@dataclass(frozen=True, slots=True)
class Account:
    """One demo person who is enrolled here."""

    number: str
    name: str
    roles: tuple[str, ...]
    code: str


def enrol_everybody(*, at: datetime) -> int:
    """Give every demo person who may have business here an app; return how many are new."""
    _insist()
    made = 0
    for person in Person.objects.working(at).filter(is_demo=True):
        roles = sorted(roles_of(person, at) & people.ADMITTED)
        if not roles or Factor.objects.filter(person=person.pk).exists():
            continue
        Factor.objects.create(
            person=person.pk,
            number=person.number,
            roles=roles,
            secret=factors.sealed(totp.new_secret(), person.pk),
            added_at=at,
        )
        made += 1
    return made


def accounts(at: datetime) -> list[Account]:
    """Return the demo people who are enrolled here, with the code of this moment, or the next where that is used."""
    _insist()
    rows = {row.person: row for row in Factor.objects.filter(ended_at=None, kind=TOTP)}
    found = []
    for person in Person.objects.working(at).filter(is_demo=True, pk__in=rows).order_by("number"):
        row = rows[person.pk]
        step = max(totp.step_at(at), row.last_step + 1)
        code = totp.code_at(factors.opened(row.secret, person.pk), step)
        found.append(Account(person.number, person.name, tuple(row.roles), code))
    return found


def _insist() -> None:
    # SECURITY: the only code here that could give a second factor away.
    if not settings.DEMO:
        raise NotADemo
