"""A PKCS#11 device keeps the KEKs and index roots; nothing of them is ever outside it.

    custinfo-kek-1      AES-256, wraps data keys with AES-256-GCM as the file does: same nonce, AAD and tag
    custinfo-index-1    generic secret, 256 bits; an index key = HMAC-SHA256(root, scheme, what it is about, epoch),
                        so that the digests of a device are its own

Made on the device, marked sensitive and not extractable. The PIN is read from a file of mode 0600. A device that was
away is logged into anew at the next question: no process needs a restart.
"""

import os
import threading
from collections.abc import Callable, Sequence
from os import urandom
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pkcs11.mechanisms import GCMParams

from vault.away import OlderKey, ProviderLost
from vault.envelope import NONCE, CannotOpen, framed, number
from vault.keyfiles import read_closed
from vault.providers import INDEXING, each_unwrapped, wrapping_aad

KEK, INDEX = "custinfo-kek-", "custinfo-index-"
KEY_BITS = 256
FRESH_FOR = 5.0
T = TypeVar("T")


class Pkcs11Provider:
    """Ask a token; one session per process, one question at a time."""

    def __init__(self, module: str, token: str, pin_file: Path) -> None:
        self._module = module
        self._token = token
        self._pin_file = pin_file
        self._lock = threading.RLock()
        self._session: Any = None
        self._process = 0
        self._found: dict[str, Any] = {}
        self._found_until = 0.0
        self._index_keys: dict[tuple[bytes, int], tuple[float, bytes]] = {}

    def __repr__(self) -> str:
        return f"Pkcs11Provider({self._token!r}, •••)"

    def versions(self) -> Sequence[int]:
        return sorted(self._ask(lambda: self._numbers(KEK)))

    def epochs(self) -> Sequence[int]:
        return sorted(self._ask(lambda: self._numbers(INDEX)), reverse=True)

    def wrap(self, key: bytes, about: bytes, version: int | None = None) -> tuple[int, bytes]:
        used = version or max(self.versions(), default=0)
        nonce = urandom(NONCE)

        def encrypt() -> bytes:
            kek = self._held(KEK, used)
            return bytes(
                kek.encrypt(key, mechanism=Mechanism.AES_GCM, mechanism_param=_gcm(nonce, about, used))
            )

        return used, nonce + self._ask(encrypt)

    def wrap_all(
        self, keys: Sequence[tuple[bytes, bytes]], version: int | None = None
    ) -> list[tuple[int, bytes]]:
        return [self.wrap(key, about, version) for key, about in keys]

    def unwrap_all(self, wrapped: Sequence[tuple[bytes, bytes, int]]) -> list[bytes | None]:
        return each_unwrapped(self, wrapped)

    def unwrap(self, wrapped: bytes, about: bytes, version: int) -> bytes:
        if version > max(self.versions(), default=0):
            raise OlderKey("the device's key is older than the keyring")
        nonce, sealed = wrapped[:NONCE], wrapped[NONCE:]
        if len(nonce) < NONCE:
            raise CannotOpen

        def decrypt() -> bytes:
            kek = self._held(KEK, version)
            parameters = _gcm(nonce, about, version)
            try:
                return bytes(kek.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=parameters))
            except PKCS11Error:
                # Devices say the same of a wrong tag and of their own failure. One that still encrypts has not failed.
                parameters = _gcm(urandom(NONCE), about, version)
                kek.encrypt(b"alive", mechanism=Mechanism.AES_GCM, mechanism_param=parameters)
                raise CannotOpen from None

        return self._ask(decrypt)

    def index_key(self, about: bytes, epoch: int) -> bytes:
        until, known = self._index_keys.get((about, epoch), (0.0, b""))
        if monotonic() < until:
            return known
        said = framed(INDEXING, about, number(epoch))
        key = self._ask(lambda: bytes(self._held(INDEX, epoch).sign(said, mechanism=Mechanism.SHA256_HMAC)))
        self._index_keys[about, epoch] = (monotonic() + FRESH_FOR, key)
        return key

    def create_kek(self) -> int:
        return self._make(KEK, KeyType.AES, MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT)

    def destroy_kek(self, version: int) -> None:
        self._destroy(KEK, version)

    def create_epoch(self) -> int:
        return self._make(INDEX, KeyType.GENERIC_SECRET, MechanismFlag.SIGN | MechanismFlag.VERIFY)

    def destroy_epoch(self, epoch: int) -> None:
        self._destroy(INDEX, epoch)

    def reload(self) -> None:
        with self._lock:
            self._found_until = 0.0
            self._index_keys.clear()

    def _make(self, kind: str, type: KeyType, uses: MechanismFlag) -> int:
        def make() -> int:
            self._found_until = 0.0
            made = max(self._numbers(kind), default=0) + 1
            self._session.generate_key(
                type,
                KEY_BITS,
                label=f"{kind}{made}",
                store=True,
                capabilities=uses,
                template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
            self._found_until = 0.0
            return made

        return self._ask(make)

    def _destroy(self, kind: str, version: int) -> None:
        def destroy() -> None:
            self._found_until = 0.0
            self._look()
            held = self._found.get(f"{kind}{version}")
            if held is None:
                return
            if len(self._numbers(kind)) == 1:
                raise ValueError("The last one stays.")
            held.destroy()
            self._found_until = 0.0

        self._ask(destroy)
        self.reload()

    def _numbers(self, kind: str) -> list[int]:
        self._look()
        return [int(label.removeprefix(kind)) for label in self._found if label.startswith(kind)]

    def _held(self, kind: str, version: int) -> Any:
        self._look()
        try:
            return self._found[f"{kind}{version}"]
        except KeyError:
            raise CannotOpen from None

    def _look(self) -> None:
        """Find the keys of the token, at most every FRESH_FOR seconds: another process may have made some."""
        if monotonic() < self._found_until:
            return
        secrets = self._session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
        self._found = {str(key.label): key for key in secrets if _is_ours(str(key.label))}
        self._found_until = monotonic() + FRESH_FOR

    def _ask(self, question: Callable[[], T]) -> T:
        with self._lock:
            try:
                self._log_in()
                return question()
            except PKCS11Error:
                self._log_out()
                raise ProviderLost("the key device does not answer") from None

    def _log_in(self) -> None:
        if self._session is not None and self._process == os.getpid():
            return
        pin = read_closed(self._pin_file).decode("ascii").strip()
        try:
            library = pkcs11.lib(self._module)
        except RuntimeError:
            raise ProviderLost("the module of the key device cannot be loaded") from None
        if self._process != os.getpid():
            library.reinitialize()  # a module does not survive a fork
        self._found_until = 0.0
        self._session = library.get_token(token_label=self._token).open(user_pin=pin, rw=True)
        self._process = os.getpid()

    def _log_out(self) -> None:
        session, self._session, self._process = self._session, None, 0
        self._found.clear()
        self._found_until = 0.0
        if session is not None:
            try:
                session.close()
            except PKCS11Error:
                return  # the device is gone, and the session with it


def _gcm(nonce: bytes, about: bytes, version: int) -> GCMParams:
    return GCMParams(nonce, wrapping_aad(about, version), 128)


def _is_ours(label: str) -> bool:
    return any(label.startswith(kind) and label.removeprefix(kind).isdecimal() for kind in (KEK, INDEX))
