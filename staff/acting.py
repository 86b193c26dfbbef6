"""Who acts in a session, and whether the session may go on: computed from facts in the session, never from a state.

Facts: when and by whom the login was made, when the last request was seen, when a lock fell, when which factor was
given. They are bound to the person, so that facts of an unfinished login by someone else count for nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from staff.models import Person
from staff.queries import WORKING, Standing, site_of
from staff.roles import AGENT
from trail.actor import Actor

Session = SessionBase

FACTS = "staff.facts"
STEP_UP_METHODS = frozenset({"totp", "webauthn"})
"""SECURITY: only these make a step-up. A recovery code lets a person in, no more; a password never counts."""
SLACK = timedelta(seconds=15)
"""`seen` is written at most this often, so that reading a page is not a write."""

GOES_ON, LOCKED, FACTOR, OLD_PASSWORD = "", "locked", "factor", "old_password"
TOO_LONG, NO_LOGIN = "too_long", "no_login"
ENDED = frozenset({TOO_LONG, NO_LOGIN, "left", "expired", "frozen", "not_yet"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a session knows of one person's login."""

    session: str
    login_at: datetime
    seen_at: datetime
    locked_at: datetime | None = None
    put_off_at: datetime | None = None
    factor_at: datetime | None = None
    factor: str = ""

    @property
    def second_factor_at(self) -> datetime | None:
        """When a factor was given that counts for a step-up."""
        return self.factor_at if self.factor in STEP_UP_METHODS else None


def person_of(by: Actor) -> Person:
    """Return the person behind an actor.

    :raises Person.DoesNotExist: nobody is logged in.
    """
    if by.id is None:
        raise Person.DoesNotExist
    return Person.objects.get(pk=by.id)


def begin(session: Session, person: Person, *, at: datetime) -> None:
    """Write the facts of a new login; a factor given on the way to it by the same person is kept."""
    known = _raw(session, person)
    session[FACTS] = {
        **{key: known[key] for key in ("factor_at", "factor") if key in known},
        "person": str(person.pk),
        "session": secrets.token_hex(16),
        "login_at": at.timestamp(),
        "seen_at": at.timestamp(),
    }


def give_factor(session: Session, person: Person, *, method: str, at: datetime) -> None:
    """Write down that `person` has just given a factor of this method (totp, webauthn, recovery_codes)."""
    facts = _raw(session, person)
    if method not in STEP_UP_METHODS and facts.get("factor") in STEP_UP_METHODS:
        return
    session[FACTS] = {**facts, "person": str(person.pk), "factor_at": at.timestamp(), "factor": method}


def given_factor(session: Session, person: Person) -> str:
    """Return the method of the factor given in this session by this person, or nothing."""
    return str(_raw(session, person).get("factor", ""))


def see(session: Session, person: Person, *, at: datetime) -> bool:
    """Note a request, at most every few seconds; return whether it was noted."""
    facts = _raw(session, person)
    if at - _time(facts["seen_at"]) < SLACK:
        return False
    session[FACTS] = {**facts, "seen_at": at.timestamp()}
    return True


def lock(session: Session, person: Person, *, at: datetime) -> None:
    """Let the lock fall; nothing but unlocking or leaving works from now on."""
    session[FACTS] = {**_raw(session, person), "locked_at": at.timestamp()}


def count_wrong(session: Session, person: Person) -> int:
    """Count a wrong password at the lock and return how many there were."""
    facts = _raw(session, person)
    wrong = int(facts.get("wrong", 0)) + 1
    session[FACTS] = {**facts, "wrong": wrong}
    return wrong


def unlock(session: Session, person: Person, *, at: datetime) -> None:
    """Open the lock after the password was given. SECURITY: the factor's age runs on."""
    facts = {key: value for key, value in _raw(session, person).items() if key not in {"locked_at", "wrong"}}
    session[FACTS] = {**facts, "seen_at": at.timestamp()}


def put_off(session: Session, person: Person, *, at: datetime) -> None:
    """Write down that this login goes on without the undertaking; it sees masks only."""
    session[FACTS] = {**_raw(session, person), "put_off_at": at.timestamp()}


def facts_of(session: Session, person: Person) -> Facts | None:
    """Return the facts of this person's login, or None when the session holds none."""
    raw = _raw(session, person)
    if "login_at" not in raw:
        return None
    return Facts(
        session=raw["session"],
        login_at=_time(raw["login_at"]),
        seen_at=_time(raw["seen_at"]),
        locked_at=_time(raw["locked_at"]) if "locked_at" in raw else None,
        put_off_at=_time(raw["put_off_at"]) if "put_off_at" in raw else None,
        factor_at=_time(raw["factor_at"]) if "factor_at" in raw else None,
        factor=raw.get("factor", ""),
    )


def verdict(facts: Facts | None, standing: Standing, *, at: datetime) -> str:
    """Return GOES_ON, or why this session may not go on at `at`; reasons in ENDED end it."""
    if standing.state != WORKING:
        return standing.state
    if facts is None:
        return NO_LOGIN
    if at - facts.login_at >= timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS):
        return TOO_LONG
    if facts.locked_at is not None or at - facts.seen_at >= timedelta(seconds=settings.IDLE_LOCK_SECONDS):
        return LOCKED
    if factor_demanded(standing.roles) and facts.factor_at is None:
        return FACTOR
    return OLD_PASSWORD if password_is_old(standing.person, at=at) else GOES_ON


def factor_demanded(roles: frozenset[str]) -> bool:
    """Return whether these roles must give a second factor at login: every role but agent, or all by setting."""
    return bool(settings.SECOND_FACTOR_FOR_ALL or roles - {AGENT})


def password_is_old(person: Person, *, at: datetime) -> bool:
    """Return whether the optional age limit of passwords is passed (S4-26)."""
    days = settings.PASSWORD_MAX_AGE_DAYS
    return bool(days) and (
        person.password_set_at is None or at - person.password_set_at >= timedelta(days=days)
    )


def actor_of(standing: Standing, *, ip: str | None, facts: Facts | None = None) -> Actor:
    """Return the actor for a person with this standing, at this address, in this session."""
    place = site_of(ip)
    return Actor(
        id=standing.person.pk,
        number=standing.person.number,
        name=standing.person.name,
        roles=standing.roles if standing.state == WORKING else frozenset(),
        department=standing.department,
        ip=ip,
        site=place.site,
        region=place.region,
        zone=place.zone,
        session=facts.session if facts else "",
        second_factor_at=facts.second_factor_at if facts else None,
        lacking=standing.lacking,
    )


def visitor(ip: str | None) -> Actor:
    """Return the actor for somebody who is not logged in: known by place only."""
    place = site_of(ip)
    return Actor(
        id=None,
        number="",
        name="",
        mode="public",
        ip=ip,
        site=place.site,
        region=place.region,
        zone=place.zone,
    )


def _raw(session: Session, person: Person) -> dict[str, Any]:
    raw = session.get(FACTS)
    return dict(raw) if isinstance(raw, dict) and raw.get("person") == str(person.pk) else {}


def _time(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
