"""The blind index: find sealed values by equality, without opening them.

    key    = HKDF-SHA256(index root of the epoch; scheme, field, index, epoch)
    digest = first 16 bytes of HMAC-SHA256(key, normalised value)

Its limits: equal values show as equal rows, and whoever holds an index key can try all mobile numbers in
hours. So epochs rotate and their roots are destroyed; L4 and values of tiny range are never indexed.
"""

from collections.abc import Iterable
from functools import lru_cache

from kinds import registry
from kinds.base import Kind
from vault import epochs
from vault.envelope import framed
from vault.macs import Mac
from vault.providers import KekProvider, provider

EXACT = "exact"
LAST_FOUR = "last_four"
DIGEST_BYTES = 16


class NotIndexable(ValueError):
    """This kind has no such index. Asking for one is a mistake of the program, never an empty result."""


class TooShort(ValueError):
    """The text has fewer than four characters, so it has no last four."""


class Live:
    """What is written and searched now: settled once for the values of a batch, and gone with it."""

    __slots__ = ("_kek", "_macs", "epochs")

    def __init__(self, kek: KekProvider, epochs: tuple[int, ...]) -> None:
        self._kek = kek
        self._macs: dict[tuple[str, str], list[tuple[int, Mac]]] = {}
        self.epochs = epochs

    def digests(self, field: str, index: str, kept: str) -> list[tuple[int, bytes]]:
        """Return (epoch, digest) of what an index keeps of a value, for every live epoch."""
        macs = self._macs.get((field, index)) or self._ready(field, index)
        said = kept.encode()
        return [(epoch, mac.digest(said)[:DIGEST_BYTES]) for epoch, mac in macs]

    def _ready(self, field: str, index: str) -> list[tuple[int, Mac]]:
        about = _about(field, index)
        macs = [(epoch, Mac(self._kek.index_key(about, epoch))) for epoch in self.epochs]
        self._macs[field, index] = macs
        return macs


def live() -> Live:
    """Return the epochs that are written and searched, newest first, with the keys of their indexes."""
    kek = provider()
    return Live(kek, epochs.live(kek))


def digests(field: str, index: str, kind: str, text: str) -> list[tuple[int, bytes]]:
    """Return (epoch, digest) of a value or of what was typed, for every live epoch, newest first.

    :param index: "exact", or "last_four" for the last four characters of a value or of what was typed.
    :raises NotIndexable: when the kind has no such index.
    :raises TooShort: when the text has no last four characters.
    """
    return live().digests(field, index, indexed_text(kind, index, text))


def value_digests(
    field: str, indexes: Iterable[str], kind: str, text: str, now: Live | None = None
) -> list[tuple[int, bytes]]:
    """Return (epoch, digest) of a value in each of these indexes; it is in none that it is too short for.

    :raises NotIndexable: as `digests`.
    """
    known, now = registry.get(kind), now or live()
    normal = known.normalise(text)
    found: list[tuple[int, bytes]] = []
    for index in indexes:
        try:
            found += now.digests(field, index, _kept(known, index, normal))
        except TooShort:
            continue
    return found


def digest_in(epoch: int, field: str, index: str, kind: str, text: str) -> bytes:
    """Return the digest of a value in one epoch alone; raises as `digests` does."""
    said = indexed_text(kind, index, text).encode()
    return Mac(provider().index_key(_about(field, index), epoch)).digest(said)[:DIGEST_BYTES]


def live_epochs() -> tuple[int, ...]:
    """Return the epochs that are written and searched, newest first."""
    return epochs.live()


def indexed_text(kind: str, index: str, text: str) -> str:
    """Return the normalised text that an index keeps of a value.

    :raises NotIndexable: when the kind has no such index.
    :raises TooShort: when the text has no last four characters.
    """
    known = registry.get(kind)
    return _kept(known, index, known.normalise(text))


def _kept(kind: Kind, index: str, normal: str) -> str:
    if index == EXACT and kind.indexable:
        return normal
    if index == LAST_FOUR and kind.last_four:
        if len(normal) < 4:
            raise TooShort
        return normal[-4:]
    raise NotIndexable(f"{kind.code} has no index {index!r}.")


@lru_cache(maxsize=1024)
def _about(field: str, index: str) -> bytes:
    return framed(field.encode(), index.encode())
