"""Sessions of this host: own cookie, own rows, five minutes idle, one hour at most; both end the session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from restricted import attempts, events, factors, people
from restricted.attempts import TooMany
from restricted.factors import FactorRefused
from restricted.models import Session
from staff import queries as staff
from staff.acting import Facts
from staff.models import Person
from staff.queries import WORKING
from trail import services as trail
from trail.actor import Actor

IDLE, TOO_LONG, ENDED, NO_FACTOR, NO_ROLE = "idle", "too_long", "ended", "no_factor", "no_role"


class LoginRefused(Exception):
    """Nobody comes in with these; `code` is for the trail, the page says no more than that."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Going:
    """A session that goes on, and who acts in it."""

    session: Session
    actor: Actor


def log_in(number: str, password: str, code: str, *, by: Actor, at: datetime) -> str:
    """Log somebody in with the main site's password and a code of the factor enrolled here; return the cookie.

    :raises LoginRefused: for whatever reason.
    """
    person = people.by_number(number)
    try:
        with attempts.counted(person.pk if person else None, ip=by.ip, at=at):
            actor = _admitted(person, password, code, by, at)
    except (LoginRefused, TooMany, FactorRefused) as refused:
        why = refused.code if isinstance(refused, LoginRefused) else _CODES[type(refused)]
        facts = {"number": person.number if person else "", "why": why}
        trail.record(events.LOGIN_REFUSED, by=by, at=at, facts=facts)
        raise LoginRefused(why) from None
    assert actor.id is not None
    token = secrets.token_urlsafe(32)
    trail.record(events.LOGIN, by=actor, at=at)
    Session.objects.create(
        digest=digest(token), person=actor.id, ip=by.ip, began_at=at, seen_at=at, factor_at=at
    )
    return token


_CODES: dict[type[Exception], str] = {TooMany: "too_many", FactorRefused: "code"}


def _admitted(person: Person | None, password: str, code: str, by: Actor, at: datetime) -> Actor:
    if person is None:
        make_password(password)  # as long as for somebody who exists
        raise LoginRefused("unknown")
    if not check_password(password, person.password):
        raise LoginRefused("password")
    found = staff.standing(person.pk, at)
    if found is None or found.state != WORKING:
        raise LoginRefused(found.state if found else "left")
    factor = factors.live(person.pk)
    if factor is None:
        raise LoginRefused(NO_FACTOR)
    factors.take(person.pk, code, at=at)
    actor = people.actor(
        found, factor.roles, ip=by.ip, facts=Facts("", at, at, factor_at=at, factor=factor.kind)
    )
    if not actor.roles:
        raise LoginRefused(NO_ROLE)
    return actor


def go_on(token: str, *, ip: str | None, at: datetime) -> tuple[Going | None, str]:
    """Return the session of a cookie and who acts in it, or why it does not go on; `seen_at` moves along."""
    row = Session.objects.filter(digest=digest(token)).first()
    if row is None or row.ended_at is not None:
        return None, ENDED
    found, factor = staff.standing(row.person, at), factors.live(row.person)
    why = _why_over(row, at) or (found.state if found and found.state != WORKING else "" if found else "left")
    why = why or ("" if factor else NO_FACTOR)
    if found is None or factor is None or why:
        _end(row, why, found=found, ip=ip, at=at)
        return None, why
    facts = Facts(_short(row), row.began_at, row.seen_at, factor_at=row.factor_at, factor=factor.kind)
    actor = people.actor(found, factor.roles, ip=ip, facts=facts)
    if not actor.roles:
        _end(row, NO_ROLE, found=found, ip=ip, at=at)
        return None, NO_ROLE
    row.seen_at = at
    row.save(update_fields=["seen_at"])
    return Going(row, actor), ""


def log_out(session: Session, *, by: Actor, at: datetime) -> None:
    """End one's own session."""
    trail.record(events.LOGOUT, by=by, at=at)
    session.ended_at = at
    session.save(update_fields=["ended_at"])


def digest(token: str) -> bytes:
    """Return what the row of a session is known by."""
    return sha256(token.encode()).digest()


def _why_over(row: Session, at: datetime) -> str:
    if at - row.began_at >= timedelta(seconds=settings.RESTRICTED_ABSOLUTE_SECONDS):
        return TOO_LONG
    return IDLE if at - row.seen_at >= timedelta(seconds=settings.RESTRICTED_IDLE_SECONDS) else ""


def _short(row: Session) -> str:
    """Return what the trail calls a session: nothing that a cookie could be made of."""
    return sha256(bytes(row.digest)).hexdigest()[:32]


def _end(row: Session, why: str, *, found: staff.Standing | None, ip: str | None, at: datetime) -> None:
    if found is not None:
        by = people.actor(found, (), ip=ip, facts=Facts(_short(row), row.began_at, row.seen_at))
        trail.record(events.SESSION_ENDED, by=by, at=at, facts={"why": why})
    row.ended_at = at
    row.save(update_fields=["ended_at"])
