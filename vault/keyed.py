"""Keyed digests of texts that are no value of a field: a leaked list, a decoy row of an export.

    key    = HKDF-SHA256(index root of the epoch; scheme, what it is about, epoch)
    digest = HMAC-SHA256(key, text)

As with the blind index, what was digested in an epoch is recognised as long as that epoch lives.
"""

import hmac
from collections.abc import Sequence

from vault.envelope import framed
from vault.providers import provider


def current(about: str, said: bytes) -> bytes:
    """Return the digest of a text in the newest epoch, 32 bytes."""
    return keyed(about, said)[0][1]


def keyed(about: str, said: bytes) -> Sequence[tuple[int, bytes]]:
    """Return (epoch, digest) of a text in every live epoch, newest first; a digest has 32 bytes.

    :param about: a code that keeps one use's digests apart from those of others.
    """
    kek = provider()
    # One part: the keys of fields are about two (field and index), so that none of them is one of these.
    name = framed(about.encode())
    return [(epoch, hmac.digest(kek.index_key(name, epoch), said, "sha256")) for epoch in kek.epochs()]
