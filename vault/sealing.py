"""Seal values, file chunks and login secrets."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault.envelope import FORMAT, SUITE, framed, lock, middle, number, to_text
from vault.keyfiles import read_login_file
from vault.keyring import CannotSeal, Keys
from vault.place import Place

__all__ = ["CannotSeal", "login_aad", "login_keys", "seal", "seal_bytes", "seal_login", "seal_values"]

LOGIN_SCHEME = b"custinfo.login.1"


def seal(value: str, place: Place, keys: Keys) -> str:
    """Seal a text for one place; return base64url. The empty text is sealed like any other.

    :raises CannotSeal: when the subject has no data key in `keys`, or the text is not valid Unicode.
    """
    return to_text(seal_bytes(_clear(value), place, keys))


def seal_values(values: Mapping[str, str], spot: Place, keys: Keys) -> dict[str, str]:
    """Seal the values of one subject by field, in one domain and level: one look at the keys for all.

    :param spot: where they belong; its field is each value's own.
    :raises CannotSeal: as `seal`.
    """
    subject, domain, _, level = spot
    key = keys.to_seal(subject, domain)
    return {
        field: to_text(lock(_clear(value), key.aad(middle(field, level)), key.cipher, key.header))
        for field, value in values.items()
    }


def _clear(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise CannotSeal from None


def seal_bytes(data: bytes, place: Place, keys: Keys) -> bytes:
    """Seal bytes for one place.

    :raises CannotSeal: when the subject has no data key in `keys`.
    """
    subject, domain, field, level = place
    key = keys.to_seal(subject, domain)
    return lock(data, key.aad(middle(field, level)), key.cipher, key.header)


def seal_login(text: str, about: str, *, file: Path | None = None) -> str:
    """Seal a login secret (second factor, session) under the login key, bound to what it is `about`.

    :param file: another login key file than the main site's: that of the restricted host.
    """
    version, ciphers = login_keys(file or settings.LOGIN_KEY_FILE)
    header = bytes((FORMAT, SUITE)) + number(version)
    return to_text(lock(text.encode(), login_aad(about, version), ciphers[version], header))


@lru_cache(maxsize=4)
def login_keys(path: Path) -> tuple[int, dict[int, AESGCM]]:
    """Return the current version and the ciphers of the login key file, read once."""
    held = read_login_file(path)
    return held.current, {version: AESGCM(key) for version, key in held.keys.items()}


def login_aad(about: str, version: int) -> bytes:
    """Return what a login secret is bound to."""
    return framed(LOGIN_SCHEME, about.encode(), number(version))
