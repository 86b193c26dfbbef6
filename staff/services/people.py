"""Taking away works at once, by one person. Giving is signed for (`access.services.rights`)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobs import services as jobs
from staff.events import FROZEN, HEADSHIP_TAKEN, LEFT, ROLE_TAKEN
from staff.models import Department, Enrolment, Freeze, Headship, Person, RoleHolding
from staff.models.rights import frozen_at, live
from staff.permissions import may
from staff.services import sessions
from trail import services as trail
from trail.actor import Actor


class NotAllowed(Exception):
    """The actor's roles do not carry the permission that this act needs."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class NothingToTake(LookupError):
    """The person does not hold this, or it is done already."""


def take_role(person: UUID, role: str, *, by: Actor, at: datetime) -> None:
    """End a role from now on.

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person does not hold it.
    """
    _insist(by, "people.take_away")
    with transaction.atomic():
        _locked(person)
        if not RoleHolding.objects.filter(live(at), person_id=person, role=role).update(until=at):
            raise NothingToTake
        trail.record(ROLE_TAKEN, by=by, at=at, facts={"person": str(person), "role": role})


def take_headship(person: UUID, department: Department, *, by: Actor, at: datetime) -> None:
    """End a headship from now on.

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person does not lead this department.
    """
    _insist(by, "people.take_away")
    with transaction.atomic():
        _locked(person)
        if not Headship.objects.filter(live(at), person_id=person, department=department).update(until=at):
            raise NothingToTake
        trail.record(
            HEADSHIP_TAKEN, by=by, at=at, facts={"person": str(person), "department": department.code}
        )


def leave(person: UUID, *, by: Actor, at: datetime) -> None:
    """Write down that a person has left: every right ends with the next request; sessions, links, jobs end now.

    :raises NotAllowed: without `people.take_away`.
    :raises NothingToTake: the person has left already.
    """
    _insist(by, "people.take_away")
    with transaction.atomic():
        leaver = _locked(person)
        if leaver.left_at is not None:
            raise NothingToTake
        leaver.left_at = at
        leaver.set_unusable_password()
        leaver.save(update_fields=["left_at", "password"])
        ending = Q(until__isnull=True) | Q(until__gt=at)
        RoleHolding.objects.filter(ending, person=leaver, since__lte=at).update(until=at)
        Headship.objects.filter(ending, person=leaver, since__lte=at).update(until=at)
        end_access(person, by=by, at=at)
        trail.record(LEFT, by=by, at=at, facts={"person": str(person)})


def freeze(person: UUID, *, by: Actor, at: datetime) -> Freeze:
    """Stop a person at once: sessions, enrolment links and jobs end, and nothing new begins (S1-26).

    Two people undo it: a proposal `freeze.undo` by a security manager, signed by a department head.

    :raises NotAllowed: without `person.freeze`.
    :raises NothingToTake: the person is frozen already.
    """
    _insist(by, "person.freeze")
    with transaction.atomic():
        _locked(person)
        if Freeze.objects.filter(frozen_at(at), person_id=person).exists():
            raise NothingToTake
        row = Freeze.objects.create(person_id=person, at=at, by_number=by.number)
        ended_sessions, ended_links, ended_jobs = end_access(person, by=by, at=at)
        facts = {"person": str(person), "sessions": ended_sessions, "links": ended_links, "jobs": ended_jobs}
        trail.record(FROZEN, by=by, at=at, facts=facts)
    return row


def end_access(person: UUID, *, by: Actor, at: datetime) -> tuple[int, int, list[str]]:
    """End sessions, enrolment links and jobs of a person, as part of an act; return how many, and which jobs."""
    links = Enrolment.objects.open(at).filter(person_id=person).update(ended_at=at)
    stopped = [str(job) for job in jobs.stop_all(person, by=by, at=at)]
    return sessions.end_all(person), links, stopped


def _locked(person: UUID) -> Person:
    return Person.objects.select_for_update().get(pk=person)


def _insist(by: Actor, permission: str) -> None:
    # SECURITY: services check for themselves; a page that forgot to ask gives nothing away.
    if not may(by, permission):
        raise NotAllowed(permission)
