"""The blind index: find sealed values by equality, without opening them.

    key    = HKDF-SHA256(index root of the epoch; scheme, field, index, epoch)
    digest = first 16 bytes of HMAC-SHA256(key, normalised value)

Its limits: equal values show as equal rows, and whoever holds an index key can try all mobile numbers in
hours. So epochs rotate and their roots are destroyed; L4 and values of tiny range are never indexed.
"""

import hmac
from functools import lru_cache

from kinds import registry
from vault import epochs
from vault.envelope import framed
from vault.providers import provider

EXACT = "exact"
LAST_FOUR = "last_four"
DIGEST_BYTES = 16


class NotIndexable(ValueError):
    """This kind has no such index. Asking for one is a mistake of the program, never an empty result."""


class TooShort(ValueError):
    """The text has fewer than four characters, so it has no last four."""


def digests(field: str, index: str, kind: str, text: str) -> list[tuple[int, bytes]]:
    """Return (epoch, digest) of a value or of what was typed, for every live epoch, newest first.

    :param index: "exact", or "last_four" for the last four characters of a value or of what was typed.
    :raises NotIndexable: when the kind has no such index.
    :raises TooShort: when the text has no last four characters.
    """
    said = indexed_text(kind, index, text).encode()
    kek = provider()
    about = _about(field, index)
    return [
        (epoch, hmac.digest(kek.index_key(about, epoch), said, "sha256")[:DIGEST_BYTES])
        for epoch in epochs.live(kek)
    ]


def digest_in(epoch: int, field: str, index: str, kind: str, text: str) -> bytes:
    """Return the digest of a value in one epoch alone; raises as `digests` does."""
    said = indexed_text(kind, index, text).encode()
    return hmac.digest(provider().index_key(_about(field, index), epoch), said, "sha256")[:DIGEST_BYTES]


def live_epochs() -> tuple[int, ...]:
    """Return the epochs that are written and searched, newest first."""
    return epochs.live()


def indexed_text(kind: str, index: str, text: str) -> str:
    """Return the normalised text that an index keeps of a value.

    :raises NotIndexable: when the kind has no such index.
    :raises TooShort: when the text has no last four characters.
    """
    known = registry.get(kind)
    if index == EXACT and known.indexable:
        return known.normalise(text)
    if index == LAST_FOUR and known.last_four:
        four = known.normalise(text)[-4:]
        if len(four) < 4:
            raise TooShort
        return four
    raise NotIndexable(f"{kind} has no index {index!r}.")


@lru_cache(maxsize=1024)
def _about(field: str, index: str) -> bytes:
    return framed(field.encode(), index.encode())
