"""What the trail keeps of a sealed document, so that a change behind the application's back is found and named.

A digest is format 1 | version of the record 4 | SHA-256 over the whole 32 | for each field its code, led by its length
in one byte, and the first 8 bytes of a SHA-256 of its own. The whole decides; the short ones only tell which field it
was. Open values stay out: a digest of a value of tiny range would give the value away.
Of an erased customer the trail says with a digest of its own that no document is held any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from customers.models import Customer, Portfolio
from trail.exposed import WRITTEN, Exposed

FORMAT = 1
ERASED = bytes([2])
_WHOLE, _SHORT = 32, 8


@dataclass(frozen=True, slots=True)
class Told:
    """What a digest says: the version of the record, the whole, and each field."""

    version: int
    whole: bytes
    fields: Mapping[str, bytes]


def document_digest(ref: UUID, version: int, sealed: Mapping[str, str]) -> bytes:
    """Return the digest of a sealed document: of exactly these ciphertexts in these fields, of this customer."""
    told = _told(ref, version, sealed)
    short = b"".join(bytes([len(code.encode())]) + code.encode() + mark for code, mark in told.fields.items())
    return bytes([FORMAT]) + version.to_bytes(4, "big") + told.whole + short


def read_digest(digest: bytes) -> Told | None:
    """Return what a digest says; None for one of another format, from before records were told this way."""
    if digest[:1] != bytes([FORMAT]) or len(digest) < 5 + _WHOLE:
        return None
    fields, rest = {}, digest[5 + _WHOLE :]
    while rest:
        end = 1 + rest[0]
        fields[rest[1:end].decode()], rest = rest[end : end + _SHORT], rest[end + _SHORT :]
    return Told(int.from_bytes(digest[1:5], "big"), digest[5 : 5 + _WHOLE], fields)


def differing(told: Told, ref: UUID, version: int, sealed: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the fields whose sealed value is not the one told; None when nothing differs.

    An empty answer says that only the version of the record differs.
    """
    now = _told(ref, version, sealed)
    if now == told:
        return None
    codes = sorted({*now.fields, *told.fields})
    return tuple(code for code in codes if now.fields.get(code) != told.fields.get(code))


def written(ref: UUID, version: int, sealed: Mapping[str, str], *, held_in: Portfolio) -> Exposed:
    """Return the exposure of a write: nothing shown, the digest of the sealed document as it lies now."""
    digest = document_digest(ref, version, sealed)
    return Exposed(ref, WRITTEN, portfolio=held_in.code, region=held_in.region, digest=digest)


def written_exposure(customer: Customer) -> Exposed:
    """Return the exposure of a write to a customer; every writer of customers records it in its transaction."""
    return written(customer.ref, customer.version, customer.sealed, held_in=customer.portfolio)


def erased_exposure(ref: UUID, portfolio: str, region: str) -> Exposed:
    """Return the exposure of an erasure, after which the trail expects no record of this customer."""
    return Exposed(ref, WRITTEN, portfolio=portfolio, region=region, digest=ERASED)


def _told(ref: UUID, version: int, sealed: Mapping[str, str]) -> Told:
    whole = sha256(b"custinfo sealed document 1" + ref.bytes + version.to_bytes(4, "big"))
    fields = {}
    for code in sorted(sealed):
        part = _led(code.encode()) + _led(sealed[code].encode())
        whole.update(part)
        fields[code] = sha256(ref.bytes + part).digest()[:_SHORT]
    return Told(version, whole.digest(), fields)


def _led(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text
