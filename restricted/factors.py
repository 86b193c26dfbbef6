"""The second factors of this host: enrolled here, checked here, each code good for one thing."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from restricted import security_keys, totp
from restricted.models import TOTP, WEBAUTHN, Factor
from restricted.place import ALIAS
from restricted.security_keys import KeyRefused
from vault.opening import open_login
from vault.sealing import seal_login


class FactorRefused(Exception):
    """The code is wrong or was used already; wait for the next one."""


def sealed(secret: str, person: UUID) -> str:
    """Seal the secret of a person's app under the login key of this host."""
    return seal_login(secret, _about(person), file=settings.RESTRICTED_LOGIN_KEY_FILE)


def opened(secret: str, person: UUID) -> str:
    """Open the secret of a person's app."""
    return open_login(secret, _about(person), file=settings.RESTRICTED_LOGIN_KEY_FILE)


def live(person: UUID) -> Factor | None:
    """Return a person's factor here, if they have one."""
    return Factor.objects.filter(person=person, ended_at=None).first()


def take(person: UUID, code: str, *, at: datetime) -> int:
    """Use a code, or the answer of a key, up; return its number. It counts once, whatever it is for.

    :raises FactorRefused: it is wrong, was used, or nobody of this id is enrolled.
    """
    with transaction.atomic(using=ALIAS):
        row = Factor.objects.select_for_update().filter(person=person, ended_at=None).first()
        if row is None:
            raise FactorRefused
        step, row.last_step = _proven(row, code, at)
        row.save(update_fields=["last_step"])
    return step


def first(secret: str, person: UUID, code: str, *, at: datetime) -> dict[str, object]:
    """Return what is kept of a factor that proves itself for the first time: the app of this secret, or a key.

    :raises FactorRefused: it does not.
    """
    if security_keys.is_answer(code):
        try:
            key, touched = security_keys.registered(code, at=at)
        except KeyRefused:
            raise FactorRefused from None
        return {"kind": WEBAUTHN, "secret": sealed(key, person), "last_step": touched.counter}
    step = totp.step_of(opened(secret, person), code, at) if secret else None
    if step is None:
        raise FactorRefused
    return {"kind": TOTP, "secret": secret, "last_step": step}


def _proven(row: Factor, code: str, at: datetime) -> tuple[int, int]:
    """Return the number of this proof, which no other has, and what the factor remembers of it."""
    secret = opened(row.secret, row.person)
    if row.kind == TOTP:
        step = totp.step_of(secret, code, at, after=row.last_step)
        if step is None:
            raise FactorRefused
        return step, step
    try:
        touched = security_keys.touched(code, secret, after=row.last_step, at=at)
    except KeyRefused:
        raise FactorRefused from None
    return -touched.challenge, touched.counter  # below zero, where no half minute is


def _about(person: UUID) -> str:
    return f"restricted factor:{person}"
