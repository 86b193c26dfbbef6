"""What the pages of people receive: frozen, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import PortfolioPersonPermission, given
from staff.models import Enrolment, Freeze, Headship, Person, RoleHolding
from staff.models.rights import frozen_at, live
from staff.queries import FROZEN, LEFT, person_state, state_of
from staff.roles import HEAD, NAMES
from staff.words import state_words

FACTORS = {
    Authenticator.Type.TOTP: _("authenticator app"),
    Authenticator.Type.WEBAUTHN: _("security key"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One person in the list."""

    id: UUID
    number: str
    name: str
    department: str
    roles: str
    state: str
    state_words: str
    enrolled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing a person holds, as it is taken away."""

    what: str
    which: str
    words: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentShown:
    """Whether a person can log in: password, second factors, and the link that waits for them."""

    password_set_at: datetime | None
    factors: list[str]
    waits: str
    expires_at: datetime | None
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """One person on their page."""

    line: RosterLine
    email: str
    joined_at: datetime
    valid_until: datetime | None
    held: list[Held]
    frozen: bool
    left: bool
    enrolment: EnrolmentShown


def roster(at: datetime, *, gone: bool = False, since: datetime | None = None) -> list[RosterLine]:
    """Return everybody who is here (or, with `gone`, who has left, after `since`), in a constant number of queries."""
    people = Person.objects.select_related("department").order_by("number")
    people = people.filter(left_at__lte=at) if gone else people.exclude(left_at__lte=at)
    people = people.filter(left_at__gt=since) if since else people
    roles: dict[UUID, list[str]] = {}
    for row in RoleHolding.objects.filter(live(at)):
        roles.setdefault(row.person_id, []).append(str(NAMES[row.role]))
    for led in Headship.objects.filter(live(at)).select_related("department"):
        roles.setdefault(led.person_id, []).append(f"{NAMES[HEAD]} ({led.department.name})")
    frozen = set(Freeze.objects.filter(frozen_at(at)).values_list("person_id", flat=True))
    return [
        _line(one, roles.get(one.pk, []), state_of(one, frozen=one.pk in frozen, at=at)) for one in people
    ]


def person_shown(person: Person, at: datetime) -> PersonShown:
    """Return one person with everything they hold."""
    held = [
        Held(what="role", which=row.role, words=str(NAMES[row.role]), since=row.since, until=row.until)
        for row in RoleHolding.objects.filter(live(at), person=person)
    ]
    held += [
        Held(
            what="headship",
            which=row.department.code,
            words=f"{NAMES[HEAD]} · {row.department.name}",
            since=row.since,
            until=row.until,
        )
        for row in Headship.objects.filter(live(at), person=person).select_related("department")
    ]
    served = PortfolioPersonPermission.objects.filter(given(at), user=person)
    held += [
        Held(
            what="portfolio",
            which=row.content_object.code,
            words=str(row.content_object),
            since=row.since,
            until=row.until,
        )
        for row in served.select_related("content_object")
    ]
    state = person_state(person, at)
    return PersonShown(
        line=_line(person, [one.words for one in held if one.what != "portfolio"], state),
        email=person.email,
        joined_at=person.joined_at,
        valid_until=person.valid_until,
        held=held,
        frozen=state == FROZEN,
        left=state == LEFT,
        enrolment=enrolment_of(person, at),
    )


def enrolment_of(person: Person, at: datetime) -> EnrolmentShown:
    """Return how far a person's enrolment has come."""
    link = Enrolment.objects.open(at).filter(person=person).first()
    held = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    factors = [str(words) for kind, words in FACTORS.items() if kind in held]
    return EnrolmentShown(
        password_set_at=person.password_set_at if person.has_usable_password() else None,
        factors=factors,
        waits=link.get_purpose_display() if link else "",
        expires_at=link.expires_at if link else None,
        complete=person.has_usable_password() and bool(factors),
    )


def _line(person: Person, roles: list[str], state: str) -> RosterLine:
    return RosterLine(
        id=person.pk,
        number=person.number,
        name=person.name,
        department=person.department.name,
        roles=gettext(", ").join(roles),
        state=state,
        state_words=state_words(state),
        enrolled=person.has_usable_password(),
    )
