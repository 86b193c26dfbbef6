"""Who holds the key-encryption key (KEK): a file, the keyholder of this host, or a PKCS#11 device."""

from collections.abc import Sequence
from functools import lru_cache
from os import urandom
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from vault.away import KeysAway, OlderKey, Sealed
from vault.envelope import NONCE, CannotOpen, framed, number
from vault.index_roots import add_root, remove_root
from vault.keeping import APART, MAIN, Keeping
from vault.kek_file import add_kek, remove_kek
from vault.keyfiles import KekFile, read_kek_file

WRAPPING = b"custinfo.wrapped.1"
INDEXING = b"custinfo.index.1"
_WRAPPING = framed(WRAPPING)


class KekProvider(Protocol):
    """Wrap and unwrap data keys, and derive index keys, without giving away the KEK."""

    def versions(self) -> Sequence[int]:
        """Return the KEK versions that unwrap, the current one last."""

    def epochs(self) -> Sequence[int]:
        """Return the live index epochs, newest first."""

    def wrap(self, key: bytes, about: bytes, version: int | None = None) -> tuple[int, bytes]:
        """Wrap a data key; return the KEK version and nonce, ciphertext and tag.

        :param version: which KEK wraps now, as `vault.keks` knows it; without it, the one named in the provider.
        :raises CannotOpen: when the KEK version is not held here.
        """

    def unwrap(self, wrapped: bytes, about: bytes, version: int) -> bytes:
        """Unwrap a data key.

        :raises CannotOpen: when the KEK version is unknown or the wrapped key is not `about` this.
        :raises vault.away.OlderKey: when the KEK version is above all that are served here.
        """

    def wrap_all(
        self, keys: Sequence[tuple[bytes, bytes]], version: int | None = None
    ) -> list[tuple[int, bytes]]:
        """Wrap many data keys, each with what it is about; raises as `wrap`."""

    def unwrap_all(self, wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
        """Unwrap many (wrapped, about, KEK version); None for each that does not open.

        :raises vault.away.OlderKey: as `unwrap`.
        """

    def index_key(self, about: bytes, epoch: int) -> bytes:
        """Derive the 32-byte key of one index in one epoch.

        :raises CannotOpen: when the epoch is no longer live.
        """

    def create_kek(self) -> int:
        """Make a KEK above all others and return its version; it wraps nothing before `vault.keks` says so."""

    def destroy_kek(self, version: int) -> None:
        """Destroy a KEK for good; one that is not there is destroyed already."""

    def create_epoch(self) -> int:
        """Make the index root of a new epoch, kept before this returns; return its number, the highest so far."""

    def destroy_epoch(self, epoch: int) -> None:
        """Destroy the index root of an epoch; that it is gone already is no error."""

    def reload(self) -> None:
        """Look at the keys anew, because another process made or destroyed some."""


class FileProvider:
    """Keep KEKs and index roots in the memory of this process, read from the KEK file."""

    def __init__(self, held: KekFile, path: Path | None = None) -> None:
        self._path = path
        self._take(held)

    def _take(self, held: KekFile) -> None:
        self._keks = {version: AESGCM(key) for version, key in held.kek.keys.items()}
        self._current = held.kek.current
        self._roots = dict(held.index)
        self._epochs = sorted(self._roots, reverse=True)
        self._index_keys: dict[tuple[bytes, int], bytes] = {}

    def __repr__(self) -> str:
        return f"FileProvider(current={self._current}, •••)"

    def versions(self) -> Sequence[int]:
        return sorted(self._keks, key=lambda version: (version == self._current, version))

    def epochs(self) -> Sequence[int]:
        return self._epochs

    def wrap(self, key: bytes, about: bytes, version: int | None = None) -> tuple[int, bytes]:
        version = version or self._current
        kek = self._keks.get(version)
        if kek is None:
            raise CannotOpen
        nonce = urandom(NONCE)
        return version, nonce + kek.encrypt(nonce, key, wrapping_aad(about, version))

    def unwrap(self, wrapped: bytes, about: bytes, version: int) -> bytes:
        if version > max(self._keks):
            raise OlderKey("the key that is served is older than the keyring")
        try:
            kek = self._keks[version]
            return kek.decrypt(wrapped[:NONCE], wrapped[NONCE:], wrapping_aad(about, version))
        except (KeyError, InvalidTag, ValueError):
            raise CannotOpen from None

    def wrap_all(
        self, keys: Sequence[tuple[bytes, bytes]], version: int | None = None
    ) -> list[tuple[int, bytes]]:
        return [self.wrap(key, about, version) for key, about in keys]

    def unwrap_all(self, wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
        return each_unwrapped(self, wrapped)

    def index_key(self, about: bytes, epoch: int) -> bytes:
        known = self._index_keys.get((about, epoch))
        return known or self._derive(about, epoch)

    def create_kek(self) -> int:
        version = add_kek(self._file())
        self.reload()
        return version

    def destroy_kek(self, version: int) -> None:
        remove_kek(self._file(), version)
        self.reload()

    def create_epoch(self) -> int:
        epoch = add_root(self._file())
        self.reload()
        return epoch

    def destroy_epoch(self, epoch: int) -> None:
        remove_root(self._file(), epoch)
        self.reload()

    def reload(self) -> None:
        if self._path is not None:
            self._take(read_kek_file(self._path))

    def _file(self) -> Path:
        if self._path is None:
            raise TypeError("These keys were given, not read from a file.")
        return self._path

    def _derive(self, about: bytes, epoch: int) -> bytes:
        root = self._roots.get(epoch)
        if root is None:
            raise CannotOpen
        key = HKDF(SHA256(), 32, salt=None, info=framed(INDEXING, about, number(epoch))).derive(root)
        self._index_keys[about, epoch] = key
        return key


def each_unwrapped(kek: KekProvider, wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
    """Unwrap one after the other, for providers to whom many at once are no cheaper."""
    keys: list[bytes | None] = []
    for each in wrapped:
        try:
            keys.append(kek.unwrap(*each))
        except CannotOpen:
            keys.append(None)
    return keys


def wrapping_aad(about: bytes, version: int) -> bytes:
    """Return what a wrapped data key is bound to: WRAPPING, what it is about and the KEK version, framed."""
    return _WRAPPING + number(len(about)) + about + _version_frame(version)


@lru_cache(maxsize=64)
def _version_frame(version: int) -> bytes:
    return framed(number(version))


@lru_cache(maxsize=4)
def _from_file(path: Path) -> FileProvider:
    return FileProvider(read_kek_file(path), path)


def provider() -> KekProvider:
    """Return the KEK provider of this process, as KEK_PROVIDER names it; a key file is read once.

    :raises vault.keyfiles.BadKeyFile: when the key file may not be used.
    """
    return _asked(MAIN) or _from_file(settings.KEK_FILE)


def restricted_provider() -> KekProvider:
    """Return the provider of the L4 KEK, as RESTRICTED_KEK_PROVIDER names it, looked at anew for each act.

    L4 is read seldom and one value at a time: so no process of that host has a key file to forget when it is sealed,
    and none misses that another made or destroyed a key.

    :raises vault.keyfiles.BadKeyFile: as `provider`.
    """
    keys = _asked(APART)
    if keys is None:
        path = Path(settings.RESTRICTED_KEK_FILE)
        return FileProvider(read_kek_file(path), path)
    keys.reload()
    return keys


def _asked(kept: Keeping) -> KekProvider | None:
    """Return the provider that another process or a device is asked by; None: a file keeps the key."""
    kind = kept.get("KEK_PROVIDER")
    if kind == "keyholder":
        return _from_keyholder(Path(kept.get("KEYHOLDER_SOCKET")), kept.get("KEYHOLDER_UID"))
    if kind == "pkcs11":
        return _from_token(
            kept.get("PKCS11_MODULE"), kept.get("PKCS11_TOKEN"), Path(kept.get("PKCS11_PIN_FILE"))
        )
    return None


@lru_cache(maxsize=4)
def _from_keyholder(path: Path, uid: int) -> KekProvider:
    from vault.holding.client import KeyholderProvider

    return KeyholderProvider(path, uid)


@lru_cache(maxsize=4)
def _from_token(module: str, token: str, pin_file: Path) -> KekProvider:
    from vault.holding.token import Pkcs11Provider

    return Pkcs11Provider(module, token, pin_file)


def how_sealed(keys: KekProvider | None = None) -> Sealed:
    """Return, to be raised, how far the site is from being open again.

    :param keys: who keeps the key; without it, the provider of this process.
    """
    said = getattr(keys or provider(), "state", None)
    if said is None:
        return Sealed()
    try:
        state = said()
    except KeysAway:
        return Sealed()
    return Sealed(len(state["brought"]), int(state["needed"]))
