"""One-time enrolment (24 hours): the person sets password and factor; nobody else ever knows them.

The link goes to the mail address that the signed proposal names. Without one, the proposer fetches the link and the
signer fetches a code, each for themselves, and both are needed. Only digests are stored; a half that was lost can be
fetched anew by the same person, which ends the former one. The token travels behind `#`, so that no log holds it.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from staff.adapters import MFAAdapter
from staff.events import ENROLLED, ENROLMENT_HALF_GIVEN, ENROLMENT_ISSUED, ENROLMENT_REFUSED
from staff.models import Enrolment, Person
from staff.models.enrolments import FACTOR, PASSWORD
from staff.queries import WORKING, person_state
from staff.services import sessions
from staff.services.factors import FactorRefused, check_code
from trail import services as trail
from trail.actor import Actor

LIFETIME = timedelta(hours=24)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


class EnrolmentRefused(Exception):
    """The enrolment does not go on; `code` says why (`staff.words.enrolment_words`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Begun:
    """What the enrolment page needs: who is enrolled, what is set, what is asked, and the new secret to scan."""

    number: str
    name: str
    sets_password: bool
    sets_factor: bool
    asks_password: bool
    asks_factor: bool
    secret: str
    picture: str

    def __repr__(self) -> str:
        return f"<enrolment of {self.number}>"


def issue(
    person: Person,
    purpose: str,
    *,
    by: Actor,
    at: datetime,
    mail_to: str = "",
    link_for: UUID | None = None,
    code_for: UUID | None = None,
    proposal: UUID | None = None,
) -> Enrolment:
    """Make an enrolment, ending former ones of the same person and purpose. Part of the act that decided on it."""
    with transaction.atomic():
        Enrolment.objects.open(at).filter(person=person, purpose=purpose).update(ended_at=at)
        made = Enrolment.objects.create(
            person=person,
            purpose=purpose,
            mail_to=mail_to,
            link_for=None if mail_to else link_for,
            code_for=None if mail_to else code_for,
            created_at=at,
            expires_at=at + LIFETIME,
            proposal=proposal,
        )
        facts = {
            "enrolment": str(made.pk),
            "person": str(person.pk),
            "purpose": purpose,
            "way": "mail" if mail_to else "two_halves" if code_for else "printed",
            "proposal": str(proposal) if proposal else "",
        }
        trail.record(ENROLMENT_ISSUED, by=by, at=at, facts=facts)
    return made


def fetch_link(id: UUID, *, by: Actor, at: datetime) -> str:
    """Return a new token of the link to whoever it is meant for; a former token ends.

    :raises EnrolmentRefused: not theirs, or over.
    """
    token = secrets.token_urlsafe(32)
    _hand_out(id, "link", by=by, at=at, holder="link_for", column="token_digest", digest=_digest(token))
    return token


def fetch_code(id: UUID, *, by: Actor, at: datetime) -> str:
    """Return a new code to whoever signed; a former code ends.

    :raises EnrolmentRefused: not theirs, or over.
    """
    code = "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))
    _hand_out(id, "code", by=by, at=at, holder="code_for", column="code_digest", digest=_digest(code))
    return f"{code[:5]}-{code[5:]}"


def _hand_out(
    id: UUID, half: str, *, by: Actor, at: datetime, holder: str, column: str, digest: bytes
) -> None:
    with transaction.atomic():
        waiting = Enrolment.objects.open(at).select_for_update().filter(pk=id, **{holder: by.id}).first()
        if waiting is None or by.id is None:
            raise EnrolmentRefused("not_yours")
        setattr(waiting, column, digest)
        waiting.save(update_fields=[column])
        facts = {"enrolment": str(id), "person": str(waiting.person_id), "half": half}
        trail.record(ENROLMENT_HALF_GIVEN, by=by, at=at, facts=facts)


def send_link(id: UUID, *, address: str, by: Actor, at: datetime) -> None:
    """Send the link to the mail address that was signed for; `address` is the site's own, with scheme.

    :raises EnrolmentRefused: it goes by hand, or is over.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        waiting = Enrolment.objects.open(at).select_for_update().filter(pk=id).exclude(mail_to="").first()
        if waiting is None:
            raise EnrolmentRefused("not_yours")
        waiting.token_digest = _digest(token)
        waiting.save(update_fields=["token_digest"])
        facts = {"enrolment": str(id), "person": str(waiting.person_id), "half": "mail"}
        trail.record(ENROLMENT_HALF_GIVEN, by=by, at=at, facts=facts)
    words = _("Open this link within 24 hours and set your password and second factor. It works once.")
    send_mail(_("Your account"), f"{words}\n\n{link(token, address=address)}\n", None, [waiting.mail_to])


def link(token: str, *, address: str) -> str:
    """Return the address to open for a token."""
    return f"{address.rstrip('/')}/enrol/#{token}"


def begin(token: str, *, code: str = "", by: Actor, at: datetime) -> Begun:
    """Check link (and code) and return what the page shows, with a fresh secret for the authenticator app.

    :raises EnrolmentRefused: unknown, used, expired, ended, not_working, code_missing, wrong_code.
    """
    with transaction.atomic():
        refused, found = _checked(token, code, by=by, at=at)
    if found is None:
        raise EnrolmentRefused(refused)
    person = found.person
    secret = generate_totp_secret() if found.purpose != PASSWORD else ""
    adapter = MFAAdapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(person, secret)) if secret else ""
    return Begun(
        number=person.number,
        name=person.name,
        sets_password=found.purpose != FACTOR,
        sets_factor=found.purpose != PASSWORD,
        asks_password=found.purpose == FACTOR,
        asks_factor=found.purpose == PASSWORD and _has_factor(person),
        secret=secret,
        picture=picture,
    )


def complete(
    token: str, *, code: str = "", password: str, secret: str = "", totp: str = "", by: Actor, at: datetime
) -> Person:
    """Set password and factor, once. `password` is the new one, or the present one when only the factor is set;
    `totp` is a code of the new secret, or of the present factor when only the password is set.

    :raises EnrolmentRefused: as `begin`, and wrong_password, wrong_totp.
    :raises django.core.exceptions.ValidationError: the new password is too weak.
    """
    with transaction.atomic():
        refused, found = _checked(token, code, by=by, at=at)
        if found is not None:
            refused = _completed(found, password=password, secret=secret, totp=totp, by=by, at=at)
    if found is None or refused:
        raise EnrolmentRefused(refused)
    return found.person


def _completed(found: Enrolment, *, password: str, secret: str, totp: str, by: Actor, at: datetime) -> str:
    person = found.person
    if found.purpose == FACTOR and not person.check_password(password):
        return _wrong(found, "wrong_password", by=by, at=at)
    if found.purpose == PASSWORD and _has_factor(person):
        try:
            check_code(person, totp)
        except FactorRefused:
            return _wrong(found, "wrong_totp", by=by, at=at)
    if found.purpose != PASSWORD and not (secret and validate_totp_code(secret, totp)):
        return "wrong_totp"
    if found.purpose != FACTOR:
        validate_password(password, person)
        person.set_password(password)
        person.password_set_at = at
        person.save(update_fields=["password", "password_set_at"])
    if found.purpose != PASSWORD:
        Authenticator.objects.filter(user=person).delete()
        TOTP.activate(person, secret)
    found.used_at = at
    found.save(update_fields=["used_at"])
    sessions.end_all(person.pk)
    facts = {"enrolment": str(found.pk), "person": str(person.pk), "purpose": found.purpose}
    trail.record(ENROLLED, by=_as(by, person), at=at, facts=facts)
    return ""


def _checked(token: str, code: str, *, by: Actor, at: datetime) -> tuple[str, Enrolment | None]:
    """Return why the enrolment does not go on, or the enrolment, locked. Refusals of a real link are events."""
    found = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(token_digest=_digest(token))
        .first()
    )
    if found is None:
        return "unknown", None
    refused = _over(found, at)
    if not refused and found.code_for is not None:
        said = code.replace("-", "").replace(" ", "").upper()
        if not said:
            return "code_missing", None
        if not compare_digest(_digest(said), bytes(found.code_digest or b"")):
            return _wrong(found, "wrong_code", by=by, at=at), None
    if refused:
        _refuse(found, refused, by=by, at=at)
        return refused, None
    return "", found


def _over(found: Enrolment, at: datetime) -> str:
    if found.used_at is not None:
        return "used"
    if found.ended_at is not None or found.wrong_codes >= found.most_wrong:
        return "ended"
    if found.expires_at <= at:
        return "expired"
    return "" if person_state(found.person, at) == WORKING else "not_working"


def _wrong(found: Enrolment, why: str, *, by: Actor, at: datetime) -> str:
    found.wrong_codes += 1
    found.save(update_fields=["wrong_codes"])
    _refuse(found, why, by=by, at=at)
    return why


def _refuse(found: Enrolment, why: str, *, by: Actor, at: datetime) -> None:
    trail.record(ENROLMENT_REFUSED, by=by, at=at, facts={"enrolment": str(found.pk), "why": why})


def _has_factor(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def _as(by: Actor, person: Person) -> Actor:
    """Return the visitor as the person who has just proved to be that person."""
    department = person.department.code
    return replace(
        by, id=person.pk, number=person.number, name=person.name, department=department, mode="human"
    )


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
