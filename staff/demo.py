"""For the demo only: make a person able to log in, and show the one-time code that their app would show."""

import time
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings

from staff.adapters import MFAAdapter
from staff.demo_password import PASSWORD as PASSWORD
from staff.models import Person


class NotADemo(RuntimeError):
    """Asked for outside the demo, or for a person who is not a demo person."""


def current_code(person: Person) -> str:
    """Return the one-time code of a demo person for this moment.

    :raises NotADemo: outside the demo, or for a real person.
    """
    _insist(person)
    held = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    secret = MFAAdapter().decrypt(held.data["secret"])
    return code_of(secret)


def code_of(secret: str) -> str:
    """Return the one-time code that an app with this secret would show, for whoever sets one up without a phone.

    :raises NotADemo: outside the demo.
    """
    if not settings.DEMO:
        raise NotADemo
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD)))


def enrol(person: Person, *, password: str, at: datetime) -> None:
    """Set password and factor of a demo person, in place of the enrolment link.

    :raises NotADemo: outside the demo, or for a real person.
    """
    _insist(person)
    person.set_password(password)
    person.password_set_at = at
    person.save(update_fields=["password", "password_set_at"])
    Authenticator.objects.filter(user=person).delete()
    TOTP.activate(person, generate_totp_secret())


def _insist(person: Person) -> None:
    # SECURITY: the only code that could give away a second factor or set a password without enrolment.
    if not (settings.DEMO and person.is_demo):
        raise NotADemo
