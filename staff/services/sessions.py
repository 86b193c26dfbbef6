"""Lock and unlock a session, and end every session of a person."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from staff import acting
from staff.acting import Session
from staff.events import LOCKED, UNLOCK_REFUSED, UNLOCKED
from trail import services as trail
from trail.actor import Actor

MOST_WRONG = 5
LISTED = "staff.listed"


class WrongPassword(Exception):
    """The password does not open the lock; `left` tells how many more may be tried. At 0 the login has ended."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def lock(session: Session, *, by: Actor, at: datetime) -> None:
    """Lock a session because the person asks, or because their page saw them idle."""
    person = acting.person_of(by)
    trail.record(LOCKED, by=by, at=at, facts={"why": "asked"})
    acting.lock(session, person, at=at)


def unlock(session: Session, *, password: str, by: Actor, at: datetime) -> None:
    """Open the lock with the password. The age of the second factor runs on.

    :raises WrongPassword: the password is wrong; after the fifth time the caller must log the person out.
    """
    person = acting.person_of(by)
    if not person.check_password(password):
        trail.record(UNLOCK_REFUSED, by=by, at=at)
        raise WrongPassword(max(0, MOST_WRONG - acting.count_wrong(session, person)))
    trail.record(UNLOCKED, by=by, at=at)
    acting.unlock(session, person, at=at)


def keep_listed(request: HttpRequest, *, noted: bool) -> None:
    """Keep a person's list of sessions true: a new key is listed at once, a last visit every few seconds.

    (allauth would do it on every request, for five statements each.)
    """
    key = sha256(str(request.session.session_key).encode()).hexdigest()[:16]
    if noted or request.session.get(LISTED) != key:
        request.session[LISTED] = key
        UserSession.objects.create_from_request(request)


def end_all(person: UUID) -> int:
    """End every session of a person, as part of an act whose event says how many."""
    open_sessions = list(UserSession.objects.filter(user_id=person))
    for one in open_sessions:
        one.end()
    return len(open_sessions)
