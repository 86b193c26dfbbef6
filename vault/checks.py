"""System checks: the key files are there, closed to others, and usable."""

from collections.abc import Callable, Sequence
from os import urandom
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from vault.envelope import CannotOpen
from vault.keyfiles import KEY_BYTES, BadKeyFile
from vault.providers import provider
from vault.sealing import login_keys


@register(Tags.security)
def keys_are_usable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Try both key files; in production a fault stops the start."""
    found: list[CheckMessage] = []
    for id, attempt in (("vault.E001", _wrap_and_unwrap), ("vault.E002", _read_login_key)):
        try:
            attempt()
        except (BadKeyFile, CannotOpen) as fault:
            found.append(_message()(str(fault), hint="manage.py make_keys makes missing files.", id=id))
    return found


def _message() -> Callable[..., CheckMessage]:
    return Error if settings.PRODUCTION else Warning


def _wrap_and_unwrap() -> None:
    kek = provider()
    key = urandom(KEY_BYTES)
    version, wrapped = kek.wrap(key, b"check")
    if kek.unwrap(wrapped, b"check", version) != key:
        raise CannotOpen


def _read_login_key() -> None:
    login_keys(settings.LOGIN_KEY_FILE)
