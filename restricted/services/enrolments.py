"""Enrol a person on this host: a custodian makes a one-time code here and hands it over in person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import transaction

from restricted import attempts, events, factors, people, totp
from restricted.factors import FactorRefused
from restricted.models import Enrolment, Factor, Session
from restricted.place import ALIAS
from staff import queries as staff
from staff.models import Person
from staff.queries import WORKING
from trail import services as trail
from trail.actor import Actor

GOOD_FOR = timedelta(hours=24)
CODE_BYTES = 15


class EnrolmentRefused(Exception):
    """The number, the code, the password or the first one-time code is not right; `code` says which to the trail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Begun:
    """An enrolment whose code was right: the secret for the person's app."""

    person: UUID
    number: str
    secret: str = field(repr=False)


def make(number: str, *, by: Actor, at: datetime) -> tuple[Person, list[str], str]:
    """Make a one-time code for a person; return the person, the roles they will have here, and the code, shown once.

    :raises EnrolmentRefused: unknown, not_working, no_role.
    """
    person = people.by_number(number)
    found = staff.standing(person.pk, at) if person else None
    if person is None or found is None:
        raise EnrolmentRefused("unknown")
    if found.state != WORKING:
        raise EnrolmentRefused("not_working")
    roles = sorted(found.roles & people.ADMITTED)
    if not roles:
        raise EnrolmentRefused("no_role")
    code = secrets.token_hex(CODE_BYTES)
    facts = {"person": str(person.pk), "number": person.number, "roles": roles}
    with transaction.atomic(using=ALIAS):
        trail.record(events.ENROLMENT_MADE, by=by, at=at, facts=facts)
        Enrolment.objects.create(
            person=person.pk,
            number=person.number,
            roles=roles,
            code_sha256=_digest(code),
            made_by=by.name,
            made_at=at,
            expires_at=at + GOOD_FOR,
        )
    return person, roles, code


def begin(number: str, code: str, password: str, *, by: Actor, at: datetime) -> Begun:
    """Check number, code and password of the main site; return the secret that the app is to be given.

    :raises EnrolmentRefused: and nothing is used up.
    :raises attempts.TooMany: too many wrong tries.
    """
    row = _checked(number, code, password, by=by, at=at)
    with transaction.atomic(using=ALIAS):
        secret = totp.new_secret()
        row.secret = factors.sealed(secret, row.person)
        row.save(update_fields=["secret"])
    return Begun(row.person, row.number, secret)


def finish(number: str, code: str, password: str, totp_code: str, *, by: Actor, at: datetime) -> None:
    """Take the first code of an app, or a new security key, as this person's factor here. Their sessions end.

    :raises EnrolmentRefused, attempts.TooMany: as `begin`; wrong_code.
    """
    row = _checked(number, code, password, by=by, at=at)
    try:
        kept = factors.first(row.secret, row.person, totp_code, at=at)
    except FactorRefused:
        raise EnrolmentRefused("wrong_code") from None
    with transaction.atomic(using=ALIAS):
        if not Enrolment.objects.filter(pk=row.pk, used_at=None).update(used_at=at, secret=""):
            raise EnrolmentRefused("used")
        Factor.objects.update_or_create(
            person=row.person,
            defaults={
                "number": row.number,
                "roles": row.roles,
                "added_at": at,
                "ended_at": None,
                **kept,
            },
        )
        Session.objects.filter(person=row.person, ended_at=None).update(ended_at=at)
        facts = {"person": str(row.person), "roles": row.roles, "factor": kept["kind"]}
        trail.record(events.FACTOR_ADDED, by=by, at=at, facts=facts)


def _checked(number: str, code: str, password: str, *, by: Actor, at: datetime) -> Enrolment:
    """Return the enrolment that all three belong to; count and record what does not fit."""
    person = people.by_number(number)
    try:
        with attempts.counted(person.pk if person else None, ip=by.ip, at=at):
            return _found(person, code, password, at)
    except EnrolmentRefused as refused:
        facts = {"number": person.number if person else "", "why": refused.code}
        trail.record(events.ENROLMENT_REFUSED, by=by, at=at, facts=facts)
        raise


def _found(person: Person | None, code: str, password: str, at: datetime) -> Enrolment:
    row = Enrolment.objects.filter(code_sha256=_digest(code.strip())).first()
    if person is None or row is None or row.person != person.pk:
        raise EnrolmentRefused("unknown")
    if row.used_at is not None:
        raise EnrolmentRefused("used")
    if row.expires_at <= at:
        raise EnrolmentRefused("expired")
    found = staff.standing(person.pk, at)
    if found is None or found.state != WORKING:
        raise EnrolmentRefused("not_working")
    if not check_password(password, person.password):
        raise EnrolmentRefused("password")
    return row


def _digest(code: str) -> bytes:
    return sha256(code.encode()).digest()
