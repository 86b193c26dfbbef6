"""The person a proposal is about: found, locked, checked. The same rules at proposing and at carrying out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from staff import queries, roles
from staff.events import CONFLICT_REFUSED
from staff.models import Department, Person
from trail import services as trail
from trail.actor import Actor

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEAD_SEAT = "head"
SEAT_WORDS = _("Who signs for the department")
MONTH = timedelta(days=30)


def subject(content: Content, *, locked: bool = False) -> Person:
    """Return the person that a proposal names; `locked` holds the row until the transaction ends.

    :raises CannotApply: there is no such person.
    """
    people = Person.objects.select_related("department")
    if locked:
        people = people.select_for_update(of=("self",))
    found = people.filter(pk=UUID(content["person"])).first()
    if found is None:
        raise CannotApply("unknown_person")
    return found


def insist_working(person: Person, at: datetime) -> None:
    """Refuse to give anything to somebody who does not work here now, or is frozen."""
    if queries.person_state(person, at) != queries.WORKING:
        raise CannotApply("not_working", number=person.number)


def insist_not_self(content: Content, by: Actor) -> None:
    """SECURITY: nobody proposes anything for themselves."""
    if content.get("person") == str(by.id):
        raise CannotApply("for_yourself")


def insist_no_conflict(held: Iterable[str], asked: Iterable[str], number: str) -> None:
    """Refuse roles that exclude each other (S1-11).

    :raises CannotApply: with the first conflicting pair.
    """
    pairs = roles.conflicts({*held, *asked})
    if pairs:
        one, other = pairs[0]
        raise CannotApply("conflicting_roles", number=number, one=one, other=other)


def record_conflict(person: str, asked: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Record that conflicting roles were asked for."""
    trail.record(CONFLICT_REFUSED, by=by, at=at, facts={"person": person, "roles": sorted(asked)})


def department(code: str) -> Department:
    """Return an active department.

    :raises CannotApply: there is none of this code.
    """
    found = Department.objects.filter(code=code, active=True).first()
    if found is None:
        raise CannotApply("unknown_department", department=code)
    return found


def head_seat(eligible: frozenset[UUID]) -> list[Seat]:
    """Return the one seat that rights of people need."""
    return [Seat(HEAD_SEAT, eligible, SEAT_WORDS)]


def seats_for_person(content: Content, at: datetime) -> list[Seat]:
    """Return the seat of the head of the person's department; for a head, or where none is, further up."""
    found = Person.objects.filter(pk=UUID(content["person"])).first()
    return head_seat(queries.signers_for_person(found, at) if found else frozenset())


def line_of(content: Content) -> Line:
    """Return the line that names the person."""
    return Line(_("Person"), after=str(subject(content)))


def moment(written: str | datetime | None) -> str:
    """Return an end for display, `2026-11-21 20:45` in the local zone, or that there is none."""
    at = parse_datetime(written) if isinstance(written, str) else written
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else str(_("no end"))


def words_of(given: Iterable[str]) -> str:
    """Return role names for display."""
    return gettext(", ").join(str(roles.NAMES[role]) for role in roles.NAMES if role in set(given))


def kind_of_right(code: str, name: "StrOrPromise", **parts: Any) -> ProposalKind:
    """Return a kind that a security manager proposes and the head of the person's department signs."""
    usual = {"permission": "people.propose", "lifetime": MONTH, "seats": seats_for_person}
    return ProposalKind(code=code, name=name, **{**usual, **parts})
