"""What the trail keeps of a record, so that a change behind the application's back is found and named.

A digest is format 5 | version of the record 4 | SHA-256 over the whole 32 | for each field its code, led by its length
in one byte, and the first 8 bytes of a digest of its own. The whole decides; the short ones only tell which field it
was. A sealed value's own digest is the SHA-256 of its ciphertext. An open one may have a tiny range, so that a plain
digest would give it away: its own is a keyed BLAKE2b under the record's salt, 122 random bits that lie beside the
value and nowhere else, are drawn anew whenever the documents change, and go with the row. Whoever still has the salt
has the value; whoever lost the value (erased, replaced, in the trail alone) has no salt to try others with. No key of
the vault is needed, so that records are verified while it is sealed, and data keys may rotate. What the record holds
in columns of its own (number, portfolio, tier, dates of the relationship) is told as one more open value, `RECORD`.

Format 3, from before columns were told, holds values only, format 1 sealed values only; format 4 is of deposits. Of an
erased customer the trail says with a digest of its own that no document is held any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Protocol
from uuid import UUID

from customers.models import Customer, Portfolio
from customers.values import Open
from trail.exposed import WRITTEN, Exposed

SEALED_ALONE, VALUES_ALONE, FORMAT = 1, 3, 5
ERASED = bytes([2])
RECORD = "RECORD"
"""Stands for the columns of the record among its fields; no field has such a code."""
_HEADS = {
    SEALED_ALONE: b"custinfo sealed document 1",
    VALUES_ALONE: b"custinfo record 3",
    FORMAT: b"custinfo record 5",
}
_WHOLE, _SHORT = 32, 8


class Record(Protocol):
    """A customer's documents and columns, as they lie in the database or are about to."""

    @property
    def ref(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def open(self) -> Mapping[str, Open]: ...
    @property
    def sealed(self) -> Mapping[str, str]: ...
    @property
    def salt(self) -> UUID: ...
    @property
    def number(self) -> str: ...
    @property
    def portfolio_id(self) -> int: ...
    @property
    def tier(self) -> str: ...
    @property
    def relationship_since(self) -> date | None: ...
    @property
    def relationship_until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What a digest says: the version of the record, the whole, and each field."""

    version: int
    whole: bytes
    fields: Mapping[str, bytes]
    format: int = FORMAT


def document_digest(record: Record) -> bytes:
    """Return the digest of a record: of exactly these values in these fields, of this customer."""
    told = _told(record, FORMAT)
    # In front of each code, its length in one byte: the last of the four that lead it elsewhere.
    short = b"".join([_code(code)[3:] + mark for code, mark in told.fields.items()])
    return bytes([FORMAT]) + told.version.to_bytes(4, "big") + told.whole + short


def read_digest(digest: bytes) -> Told | None:
    """Return what a digest says; None for one of another format, from before records were told this way."""
    if not digest or digest[0] not in _HEADS or len(digest) < 5 + _WHOLE:
        return None
    fields, rest = {}, digest[5 + _WHOLE :]
    while rest:
        end = 1 + rest[0]
        fields[rest[1:end].decode()], rest = rest[end : end + _SHORT], rest[end + _SHORT :]
    return Told(int.from_bytes(digest[1:5], "big"), digest[5 : 5 + _WHOLE], fields, digest[0])


def differing(told: Told, record: Record) -> tuple[str, ...] | None:
    """Return the fields whose value is not the one told; None when nothing differs that was told.

    An empty answer says that only the version of the record, or its salt, differs.
    """
    now = _told(record, told.format)
    if now == told:
        return None
    codes = sorted({*now.fields, *told.fields})
    return tuple(code for code in codes if now.fields.get(code) != told.fields.get(code))


def written(record: Record, *, held_in: Portfolio) -> Exposed:
    """Return the exposure of a write: nothing shown, the digest of the record as it lies now."""
    digest = document_digest(record)
    return Exposed(record.ref, WRITTEN, portfolio=held_in.code, region=held_in.region, digest=digest)


def written_exposure(customer: Customer) -> Exposed:
    """Return the exposure of a write to a customer; every writer of customers records it in its transaction."""
    return written(customer, held_in=customer.portfolio)


def erased_exposure(ref: UUID, portfolio: str, region: str) -> Exposed:
    """Return the exposure of an erasure, after which the trail expects no record of this customer."""
    return Exposed(ref, WRITTEN, portfolio=portfolio, region=region, digest=ERASED)


def _told(record: Record, form: int) -> Told:
    ref, sealed, fields = record.ref.bytes, record.sealed, {}
    whole = [_HEADS[form], ref, record.version.to_bytes(4, "big")]
    for code in sorted(sealed):
        part = _code(code) + _led(sealed[code].encode())
        whole.append(part)
        fields[code] = sha256(ref + part).digest()[:_SHORT]
    if form != SEALED_ALONE:
        # What follows is of another sort: no sealed value can be moved over this line.
        salt = record.salt.bytes
        whole += len(sealed).to_bytes(4, "big"), salt
        told = [(RECORD, _columns(record))] if form == FORMAT else []
        begun = blake2b(ref, key=salt, digest_size=_WHOLE)  # what all have in common, once
        for code, value in [*told, *sorted(record.open.items())]:
            one = begun.copy()
            one.update(_code(code) + _said(value))
            own = one.digest()
            whole.append(own)
            fields[code] = own[:_SHORT]
    return Told(record.version, sha256(b"".join(whole)).digest(), fields, form)


def _columns(record: Record) -> Open:
    """Return what the record holds beside its documents, in an order that stays."""
    days = (record.relationship_since, record.relationship_until)
    texts = [record.number, str(record.portfolio_id), record.tier]
    return [*texts, *("" if day is None else day.isoformat() for day in days)]


def _said(value: Open) -> bytes:
    """Return an open value as its digest takes it in."""
    if isinstance(value, str):
        return b"text" + _led(value.encode())
    return b"list" + b"".join([_led(text.encode()) for text in value])


@lru_cache(maxsize=4096)
def _code(code: str) -> bytes:
    """Return a field's code, led."""
    return _led(code.encode())


def _led(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text
