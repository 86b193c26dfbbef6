"""The sealed format, byte for byte. Only `vault` imports this module.

    format 1 | suite 1 | data-key version 4 | nonce 12 | ciphertext | tag 16        (big-endian)

The additional data (AAD) is a list of byte strings, each after its own length in four bytes:

    scheme, deployment id, domain, subject UUID, field code, level, data-key version

so that a value moved to another field, subject, level or deployment no longer opens. In documents a sealed
value is base64url without padding. An unknown format, suite or version is refused, never tried as plain text.
The format is frozen: tests/vault/golden.json holds vectors that must open for ever.
"""

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from os import urandom
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

SCHEME = b"custinfo.sealed.1"
FORMAT = 1
SUITE = 1
"""AES-256-GCM."""
SIV = 2
"""AES-256-GCM-SIV (RFC 8452): a nonce met twice tells only that two texts are equal."""
HEADER = 6
NONCE = 12
TAG = 16
SHORTEST = HEADER + NONCE + TAG


class CannotOpen(Exception):
    """The sealed value does not open here. It never says why: reasons help only those who try."""

    def __init__(self) -> None:
        super().__init__("This value cannot be opened.")


class Cipher(Protocol):
    """An authenticated cipher with a 12-byte nonce and a 16-byte tag."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


SUITES: dict[int, type[AESGCM] | type[AESGCMSIV]] = {SUITE: AESGCM, SIV: AESGCMSIV}
"""Suite byte → cipher over a 256-bit key. Another suite is one line here."""


def framed(*parts: bytes) -> bytes:
    """Join byte strings so that no two lists give the same bytes: each part after its length."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def number(value: int) -> bytes:
    """Write a whole number in four bytes."""
    return value.to_bytes(4, "big")


@lru_cache(maxsize=4096)
def middle(code: str, of: int) -> bytes:
    """Return two parts of an AAD, a code and a number (field and level), made once for each pair."""
    return framed(code.encode(), number(of))


def lock(clear: bytes, aad: bytes, cipher: Cipher, header: bytes) -> bytes:
    """Seal bytes under a cipher; `header` is format, suite and key version."""
    nonce = urandom(NONCE)  # SECURITY: fresh for every value; a repeated nonce gives the key away.
    return header + nonce + cipher.encrypt(nonce, clear, aad)


def unlock(sealed: bytes, aad: bytes, cipher: Cipher) -> bytes:
    """Open sealed bytes.

    :raises CannotOpen: for a wrong tag, key or place, or when they are too short.
    """
    if len(sealed) < SHORTEST:
        raise CannotOpen
    try:
        return cipher.decrypt(sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :], aad)
    except InvalidTag:
        raise CannotOpen from None


def read_header(header: bytes) -> tuple[int, int]:
    """Return (suite, key version) of the first HEADER bytes.

    :raises CannotOpen: when they are too few, or of an unknown format or suite.
    """
    if len(header) != HEADER or header[0] != FORMAT or header[1] not in SUITES:
        raise CannotOpen
    return header[1], int.from_bytes(header[2:], "big")


def to_text(sealed: bytes) -> str:
    """Write sealed bytes as base64url without padding."""
    return b2a_base64(sealed, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


# SECURITY: `+`, `/` and `=` are no base64url letters here, and the bits after the last byte must be zero:
# else two texts would stand for one sealed value, and a flipped bit would go unseen.
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FOREIGN = bytes(
    {ord("-"): ord("+"), ord("_"): ord("/")}.get(byte, byte) if byte in _ALPHABET else ord("!")
    for byte in range(256)
)
_PADDING = {0: b"", 2: b"==", 3: b"="}
_LAST = {0: frozenset(_ALPHABET), 2: frozenset(_ALPHABET[::16]), 3: frozenset(_ALPHABET[::4])}


def from_text(text: str) -> bytes:
    """Read base64url without padding.

    :raises CannotOpen: for anything that `to_text` would not have written.
    """
    try:
        letters = text.encode("ascii")
        rest = len(letters) % 4
        if letters[-1] not in _LAST[rest]:
            raise CannotOpen
        return a2b_base64(letters.translate(_FOREIGN) + _PADDING[rest], strict_mode=True)
    except (AttributeError, IndexError, KeyError, NotBase64, UnicodeEncodeError):
        raise CannotOpen from None
