"""Give a second factor within a session: the step-up. WebAuthn goes through allauth's own page."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache

from staff import acting
from staff.acting import Session
from staff.events import STEP_UP, STEP_UP_REFUSED
from staff.models import Person
from trail import services as trail
from trail.actor import Actor

MOST_WRONG = 5
WRONG_FOR_SECONDS = 300


class FactorRefused(Exception):
    """The code is wrong or used (`code` = "wrong"), there were too many ("too_many"), or none is set ("none")."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def has_totp(person: UUID) -> bool:
    """Return whether this person has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=person, type=Authenticator.Type.TOTP).exists())


def has_webauthn(person: UUID) -> bool:
    """Return whether this person has a security key."""
    return bool(Authenticator.objects.filter(user_id=person, type=Authenticator.Type.WEBAUTHN).exists())


def confirm_code(session: Session, *, code: str, by: Actor, at: datetime) -> None:
    """Take a code of the authenticator app as this session's fresh second factor.

    A recovery code is no step-up.

    :raises FactorRefused: wrong or used, too many wrong ones, or no authenticator app.
    """
    person = acting.person_of(by)
    try:
        check_code(person, code)
    except FactorRefused:
        trail.record(STEP_UP_REFUSED, by=by, at=at)
        raise
    trail.record(STEP_UP, by=by, at=at, facts={"method": "totp"})
    session.cycle_key()
    acting.give_factor(session, person, method="totp", at=at)


def check_code(person: Person, code: str) -> None:
    """Insist that `code` is a current, unused code of this person's authenticator app.

    :raises FactorRefused: as `confirm_code`.
    """
    key = f"staff.factor.wrong:{person.pk}"
    if cache.get(key, 0) >= MOST_WRONG:
        raise FactorRefused("too_many")
    held = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if held is None:
        raise FactorRefused("none")
    # SECURITY: counted before the code is tried, so that guesses sent at once count, too.
    cache.add(key, 0, timeout=WRONG_FOR_SECONDS)
    if cache.incr(key) > MOST_WRONG:
        raise FactorRefused("too_many")
    if not TOTP(held).validate_code(code):
        raise FactorRefused("wrong")
    cache.delete(key)
