"""The second factors of this host: enrolled here, checked here, each code good for one thing."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from restricted import totp
from restricted.models import Factor
from restricted.place import ALIAS
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
    """Use a code up; return its step. It counts once, whatever it is for.

    :raises FactorRefused: it is wrong, was used, or nobody of this id is enrolled.
    """
    with transaction.atomic(using=ALIAS):
        row = Factor.objects.select_for_update().filter(person=person, ended_at=None).first()
        if row is None:
            raise FactorRefused
        step = totp.step_of(opened(row.secret, person), code, at, after=row.last_step)
        if step is None:
            raise FactorRefused
        row.last_step = step
        row.save(update_fields=["last_step"])
    return step


def _about(person: UUID) -> str:
    return f"restricted factor:{person}"
