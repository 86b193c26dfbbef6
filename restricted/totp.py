"""Time-based one-time codes (RFC 6238): six digits, half a minute, SHA-1, as authenticator apps know them."""

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from os import urandom
from urllib.parse import quote

SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
SLACK = (-1, 0, 1)
"""A clock may be off by one step."""


def new_secret() -> str:
    """Return a fresh secret in base32."""
    return b32encode(urandom(SECRET_BYTES)).decode("ascii")


def step_at(at: datetime) -> int:
    """Return the number of the half minute at `at`."""
    return int(at.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code of one step (RFC 4226, section 5.3)."""
    digest = hmac.new(b32decode(secret), step.to_bytes(8, "big"), "sha1").digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, at: datetime, *, after: int = 0) -> int | None:
    """Return the step after `after` that a code belongs to; None for a wrong or used one."""
    given = "".join(code.split())
    now = step_at(at)
    for step in (now + slack for slack in SLACK):
        if step > after and given.isascii() and hmac.compare_digest(code_at(secret, step), given):
            return step
    return None


def address(secret: str, *, number: str, issuer: str) -> str:
    """Return the otpauth address that an authenticator app reads."""
    name = quote(f"{issuer}:{number}")
    return f"otpauth://totp/{name}?secret={secret}&issuer={quote(issuer)}"
