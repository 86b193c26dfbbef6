"""L4: sealed on the restricted host, under its own KEK, with data keys that lie in its own database.

Format and AAD are those of every sealed value (`vault.envelope`); the keys come from whoever calls, because the
keyring of the main site knows nothing of them. Each value has a key of its own, so that destroying one leaves the
others; it is the AAD's subject, and its field is `<field>/<customer>/<part>`, so that no part can be swapped.
"""

from dataclasses import dataclass, field
from os import urandom
from typing import NamedTuple
from uuid import UUID

from trail.receipts import Receipt
from vault.away import Sealed
from vault.envelope import HEADER, CannotOpen, read_header, unlock
from vault.envelope import lock as lock_bytes
from vault.envelope import middle as aad_middle
from vault.keyfiles import KEY_BYTES
from vault.keyring import DataKeyInUse, aad_head, about
from vault.providers import KekProvider, how_sealed, restricted_provider

L4 = "L4"
LEVEL = 4


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The wrapped data key of one value, as it lies in the restricted database."""

    value: UUID
    version: int
    wrapped: bytes = field(repr=False)
    kek_version: int


class Part(NamedTuple):
    """The one spot that sealed bytes are good for: of which value, of whom, which field, which part of it."""

    value: UUID
    subject: UUID
    field: str
    part: str


class ApartKey:
    """The unwrapped data key of one value, in memory for one act."""

    __slots__ = ("_key", "value", "version")

    def __init__(self, held: Wrapped, deployment: UUID) -> None:
        clear = restricted_provider().unwrap(
            held.wrapped, about(held.value, L4, held.version), held.kek_version
        )
        self.value, self.version = held.value, held.version
        self._key = DataKeyInUse(clear, aad_head(deployment, L4, held.value), held.version)

    def __repr__(self) -> str:
        return "ApartKey(•••)"


def make_apart_key(value: UUID, to: int) -> Wrapped:
    """Make the data key of a value, wrapped under a version of the L4 KEK."""
    kek_version, wrapped = restricted_provider().wrap(urandom(KEY_BYTES), about(value, L4, 1), to)
    return Wrapped(value, 1, wrapped, kek_version)


def held_keks() -> KekProvider:
    """Return who holds the L4 KEKs, as they are at this moment."""
    return restricted_provider()


def how_sealed_apart() -> Sealed:
    """Return, to be raised, how many shares of the L4 KEK are in."""
    return how_sealed(restricted_provider())


def rewrap(held: Wrapped, to: int) -> Wrapped:
    """Wrap a data key anew under a version of the L4 KEK; what it seals stays as it is.

    :raises CannotOpen: when the KEK that it lies under is not there.
    """
    keks, spot = restricted_provider(), about(held.value, L4, held.version)
    kek_version, wrapped = keks.wrap(keks.unwrap(held.wrapped, spot, held.kek_version), spot, to)
    return Wrapped(held.value, held.version, wrapped, kek_version)


def seal_apart(data: bytes, place: Part, key: ApartKey) -> bytes:
    """Seal bytes for one spot of L4."""
    return lock_bytes(data, _aad(place, key), key._key.cipher, key._key.header)


def open_apart(sealed: bytes, place: Part, key: ApartKey, receipt: Receipt) -> bytes:
    """Return a part of an L4 value in the clear, after the trail has it on record. Imported by `restricted` only.

    :raises trail.receipts.ReceiptRefused: when the receipt does not cover this subject and field now.
    :raises CannotOpen: when the part does not open at this spot.
    """
    _insist(receipt)
    receipt.check(place.subject, place.field)
    return _opened(sealed, place, key)


def open_apart_text(sealed: bytes, id: UUID, place: Part, key: ApartKey, receipt: Receipt) -> str:
    """Return a sealed reason in the clear. Imported by `restricted` only; raises as `open_apart`."""
    _insist(receipt)
    receipt.check_open(id)
    return _opened(sealed, place, key).decode()


def _insist(receipt: object) -> None:
    # SECURITY: no look-alike of a receipt.
    if not isinstance(receipt, Receipt):
        raise TypeError("A value opens against a receipt of the trail.")


def _opened(sealed: bytes, place: Part, key: ApartKey) -> bytes:
    _, version = read_header(sealed[:HEADER])
    if version != key.version:
        raise CannotOpen
    return unlock(sealed, _aad(place, key), key._key.cipher)


def _aad(place: Part, key: ApartKey) -> bytes:
    if place.value != key.value:
        raise CannotOpen
    return key._key.aad(aad_middle(f"{place.field}/{place.subject}/{place.part}", LEVEL))
