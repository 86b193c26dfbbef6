"""System checks: the key files are there, closed to others, and usable."""

import os
from collections.abc import Callable, Sequence
from os import urandom
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from vault import keeping
from vault.away import KeysAway
from vault.envelope import CannotOpen
from vault.keyfiles import (
    KEY_BYTES,
    BadKeyFile,
    read_deposit_file,
    read_receipt_file,
    read_recipient_file,
)
from vault.providers import KekProvider, provider, restricted_provider
from vault.sealing import login_keys


@register(Tags.security)
def keys_are_usable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Try the key files that this process has; in production a fault stops the start."""
    found: list[CheckMessage] = []
    for id, attempt in RESTRICTED if settings.RESTRICTED else PUBLIC if settings.PUBLIC else MAIN:
        try:
            attempt()
        except KeysAway as away:
            # Sealed at its start is how a site under split custody begins: it serves logins and waits.
            found.append(Warning(f"{away}.", hint="manage.py bring_share --state", id=id))
        except (BadKeyFile, CannotOpen) as fault:
            found.append(_message()(str(fault), hint="manage.py make_keys makes missing files.", id=id))
    return found


@register(Tags.security)
def the_provider_is_stated(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse production that keeps the KEK in a file without having said so, or beside split custody (S0-23)."""
    if not settings.PRODUCTION or settings.PUBLIC:
        return []
    kept = keeping.here()
    setting, file = kept.name("KEK_PROVIDER"), kept.name("KEK_FILE")
    if not kept.get("KEK_PROVIDER_IS_STATED"):
        hint = f"{setting}=keyholder or pkcs11; {setting}=file when a key file is meant (docs/keys.md)."
        return [Error(f"{setting} is not stated.", hint=hint, id="vault.E008")]
    if kept.get("KEK_PROVIDER") != "file" and os.environ.get(file):
        message = f"{file} is given although {setting} is {kept.get('KEK_PROVIDER')}."
        return [Error(message, hint="Destroy the file; docs/keys.md says how.", id="vault.E009")]
    return []


def _message() -> Callable[..., CheckMessage]:
    return Error if settings.PRODUCTION else Warning


def _wrap_and_unwrap() -> None:
    _try(provider())


def _wrap_and_unwrap_apart() -> None:
    _try(restricted_provider())


def _try(kek: KekProvider) -> None:
    key = urandom(KEY_BYTES)
    version, wrapped = kek.wrap(key, b"check")
    if kek.unwrap(wrapped, b"check", version) != key:
        raise CannotOpen


def _read_login_key() -> None:
    login_keys(settings.LOGIN_KEY_FILE)


def _read_receipt_key() -> None:
    read_receipt_file(settings.RECEIPT_KEY_FILE)


def _read_recipient() -> None:
    read_recipient_file(settings.DEPOSIT_RECIPIENT_FILE)


def _read_apart_recipient() -> None:
    if settings.RESTRICTED_RECIPIENT_FILE:
        read_recipient_file(Path(settings.RESTRICTED_RECIPIENT_FILE))


def _read_restricted_keys() -> None:
    login_keys(settings.RESTRICTED_LOGIN_KEY_FILE)
    read_deposit_file(settings.RESTRICTED_KEY_FILE)


PUBLIC = (("vault.E003", _read_receipt_key), ("vault.E004", _read_recipient))
MAIN = (
    ("vault.E001", _wrap_and_unwrap),
    ("vault.E002", _read_login_key),
    *PUBLIC,
    ("vault.E006", _read_apart_recipient),
)
RESTRICTED = (("vault.E001", _wrap_and_unwrap_apart), ("vault.E007", _read_restricted_keys))
"""What each process tries of the keys that it has."""


def deposits_can_be_opened() -> list[CheckMessage]:
    """Refuse a worker that could not open what the public pages deposit. Web and beat have no such key."""
    try:
        recipient = read_recipient_file(settings.DEPOSIT_RECIPIENT_FILE)
        identities = read_deposit_file(Path(settings.DEPOSIT_KEY_FILE))
    except BadKeyFile as fault:
        return [_message()(str(fault), hint="DEPOSIT_KEY_FILE is the worker's.", id="vault.E005")]
    if str(recipient) in {str(identity.to_public()) for identity in identities}:
        return []
    message = (
        f"{settings.DEPOSIT_KEY_FILE} does not open what is sealed to {settings.DEPOSIT_RECIPIENT_FILE}."
    )
    return [_message()(message, id="vault.E005")]
