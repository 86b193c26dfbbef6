"""Security keys (WebAuthn) as factors of this host: resident, with the user verified, for this address alone.

A challenge is signed with its time instead of being stored, is good for five minutes, and counts once, whatever it is
for: like a code of an app.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from restricted.models import UsedChallenge
from restricted.place import ALIAS

SECONDS = 5 * 60
NAME = "custinfo L4"
LONGEST = 6000
"""Characters of an answer, at most."""


class KeyRefused(Exception):
    """The answer is not of this key, this address or a fresh challenge."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A key that answered: the number of its challenge, and how often it says it has signed."""

    challenge: int
    counter: int


def challenge(at: datetime) -> str:
    """Return a fresh challenge; nothing is stored until it is used."""
    return _signer().sign_object({"once": token_urlsafe(16), "at": int(at.timestamp())})


def address() -> str:
    """Return the name of this host as keys know it."""
    return urlsplit(settings.RESTRICTED_URL).hostname or ""


def is_answer(given: str) -> bool:
    """Tell an answer of a key from a code of an app."""
    return given.startswith("{")


def registered(answer: str, *, at: datetime) -> tuple[str, Touched]:
    """Return a new key as it is kept.

    :raises KeyRefused: see there.
    """
    response = _read(RegistrationResponse, answer)
    asked = response.response.client_data.challenge
    number = _use(asked, at)
    try:
        made = _server().register_complete(_state(asked), response)
    except Exception:  # noqa: BLE001  whatever the library finds wrong in what a client sent
        raise KeyRefused from None
    return b64encode(bytes(made.credential_data or b"")).decode(), Touched(number, made.counter)


def touched(answer: str, key: str, *, after: int, at: datetime) -> Touched:
    """Return that this key answered a fresh challenge.

    :param after: how often it had signed when it was last used; a copy of the key would say less.
    :raises KeyRefused: see there.
    """
    response = _read(AuthenticationResponse, answer)
    asked = response.response.client_data.challenge
    number = _use(asked, at)
    try:
        _server().authenticate_complete(_state(asked), [AttestedCredentialData(b64decode(key))], response)
    except Exception:  # noqa: BLE001  as above
        raise KeyRefused from None
    counter = response.response.authenticator_data.counter
    if counter <= after and (counter or after):
        raise KeyRefused
    return Touched(number, counter)


def _read(kind: Any, answer: str) -> Any:
    try:
        return kind.from_dict(json.loads(answer[:LONGEST]))
    except Exception:  # noqa: BLE001  as above
        raise KeyRefused from None


def _use(asked: bytes, at: datetime) -> int:
    """Use a challenge up; return its number."""
    try:
        said = _signer().unsign_object(asked.decode())
    except (BadSignature, ValueError):
        raise KeyRefused from None
    if not 0 <= int(at.timestamp()) - said["at"] < SECONDS:
        raise KeyRefused
    try:
        with transaction.atomic(using=ALIAS):
            return UsedChallenge.objects.create(digest=sha256(asked).digest(), at=at).pk
    except IntegrityError:
        raise KeyRefused from None


def _signer() -> Signer:
    return Signer(salt="restricted.challenge")


def _state(asked: bytes) -> dict[str, Any]:
    return {
        "challenge": websafe_encode(asked),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }


def _server() -> Fido2Server:
    # SECURITY: an answer that a look-alike of this site obtained names another origin.
    parts = urlsplit(settings.RESTRICTED_URL)
    here = f"{parts.scheme}://{parts.netloc}"
    entity = PublicKeyCredentialRpEntity(name=NAME, id=address())
    return Fido2Server(entity, verify_origin=lambda origin: origin == here)
