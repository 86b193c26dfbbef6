"""Seal and open one value, against AES-256-GCM of the library with the same key."""

import os
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.measure import Line, seconds
from trail import services as trail
from vault import opening
from vault.keyring import make_keys
from vault.place import Place
from vault.sealing import seal

TIMES = 100_000
VALUE = "154001234567890123456789012345AB"


def lines() -> list[Line]:
    """Measure on one core, with a cached data key."""
    subject = uuid.uuid4()
    keys = make_keys([subject], "L3", at=trail.clock())
    place = Place(subject, "L3", "mobile", 3)
    sealed = seal(VALUE, place, keys)
    cipher, clear, aad = AESGCM(os.urandom(32)), VALUE.encode(), b"a" * 80
    locked = cipher.encrypt(b"n" * 12, clear, aad)

    def raw_seal() -> None:
        for _ in range(TIMES):
            cipher.encrypt(os.urandom(12), clear, aad)

    def raw_open() -> None:
        for _ in range(TIMES):
            cipher.decrypt(b"n" * 12, locked, aad)

    def our_seal() -> None:
        for _ in range(TIMES):
            seal(VALUE, place, keys)

    def our_open() -> None:
        for _ in range(TIMES):
            opening._clear_text(sealed, place, keys)

    return [
        _line("seal a 32-byte value", our_seal, raw_seal, "300 k/s"),
        _line("open a 32-byte value", our_open, raw_open, "400 k/s"),
    ]


def _line(work: str, ours: object, raw: object, goal: str) -> Line:
    mine, peer = TIMES / seconds(ours), TIMES / seconds(raw)  # type: ignore[arg-type]
    return Line(
        work, f"{mine / 1000:.0f} k/s", f"AES-GCM {peer / 1000:.0f} k/s", f"{peer / mine:.1f}x", f">= {goal}"
    )
