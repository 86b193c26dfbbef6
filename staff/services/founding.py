"""The first two people of a company: a security manager who proposes, and a department head who signs.

It works once, on an empty house. From then on every right is proposed and signed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from staff.events import FIRST_PEOPLE, HEADSHIP_GIVEN, PERSON_MADE, ROLE_GIVEN
from staff.models import Department, Headship, Person, RoleHolding
from staff.models.enrolments import ENROL
from staff.roles import SECURITY
from staff.services import enrolments
from trail import services as trail
from trail.actor import Actor

LOCK = 0x5374_6166


class NotEmpty(Exception):
    """There are people already; more are proposed and signed for."""


@dataclass(frozen=True, slots=True)
class Founded:
    """One of the first people, with the token of their enrolment link."""

    person: Person
    token: str


def found(
    *,
    security: tuple[str, str],
    head: tuple[str, str],
    department: tuple[str, str],
    by: Actor,
    at: datetime,
) -> tuple[Founded, Founded]:
    """Set up the first security manager and the first head (each number and name) of a department (code and name).

    :raises NotEmpty: there are people already.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        if Person.objects.exists():
            raise NotEmpty
        root, _made = Department.objects.get_or_create(code=department[0], defaults={"name": department[1]})
        manager = _person(security, root, by=by, at=at)
        leader = _person(head, root, by=by, at=at)
        RoleHolding.objects.create(person=manager, role=SECURITY, since=at)
        facts = {"person": str(manager.pk), "role": SECURITY, "proposal": ""}
        trail.record(ROLE_GIVEN, by=by, at=at, facts=facts)
        Headship.objects.create(person=leader, department=root, since=at)
        facts = {"person": str(leader.pk), "department": root.code, "proposal": ""}
        trail.record(HEADSHIP_GIVEN, by=by, at=at, facts=facts)
        facts_all = {"people": [manager.number, leader.number], "department": root.code}
        trail.record(FIRST_PEOPLE, by=by, at=at, facts=facts_all)
        return _enrol(manager, by=by, at=at), _enrol(leader, by=by, at=at)


def _person(said: tuple[str, str], department: Department, *, by: Actor, at: datetime) -> Person:
    number, name = said
    made = Person(number=number, name=name, department=department, joined_at=at)
    made.set_unusable_password()
    made.full_clean()
    made.save()
    facts = {"person": str(made.pk), "number": made.number, "proposal": ""}
    trail.record(PERSON_MADE, by=by, at=at, facts=facts)
    return made


def _enrol(person: Person, *, by: Actor, at: datetime) -> Founded:
    waiting = enrolments.issue(person, ENROL, by=by, at=at, link_for=person.pk)
    return Founded(person, enrolments.fetch_link(waiting.pk, by=replace(by, id=person.pk), at=at))
