"""Who keeps the master key of L4 in a test: a file, a keyholder, a device; each can be lost, and comes back."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from restricted.keyholding import RestrictedSite
from tests.vault.holding.conftest import Custody, split
from tests.vault.holding.devices import Device, a_device, look_anew
from vault.holding.keeper import Keeper
from vault.holding.server import Answers, Peers, Server
from vault.holding.shares import read_identity
from vault.providers import restricted_provider

US = frozenset({os.geteuid()})


class InFile:
    """A key file of this test's own."""

    def __init__(self, settings: Any, home: Path) -> None:
        self.path = home / "restricted-kek.json"
        shutil.copy2(settings.RESTRICTED_KEK_FILE, self.path)
        settings.RESTRICTED_KEK_FILE = self.path

    def lose(self) -> None:
        self.path.rename(self.path.with_suffix(".away"))

    def bring_back(self) -> None:
        self.path.with_suffix(".away").rename(self.path)

    def close(self) -> None:
        """Nothing is left open."""


class WithKeyholder:
    """A keyholder in this process, on a socket, opened by two of three shares."""

    def __init__(self, settings: Any, home: Path) -> None:
        self.custody: Custody = split(Path(settings.RESTRICTED_KEK_FILE), home / "kek.sealed")
        self.socket = home / "l4.sock"
        settings.RESTRICTED_KEK_PROVIDER = "keyholder"
        settings.RESTRICTED_KEYHOLDER_SOCKET = str(self.socket)
        settings.RESTRICTED_KEYHOLDER_UID = os.geteuid()
        del settings.RESTRICTED_KEK_FILE
        self.bring_back()

    def lose(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.socket.unlink()
        # Who listens no more is not asked on the old line either.
        restricted_provider()._lines.line = None  # type: ignore[attr-defined]

    def bring_back(self, shares: int = 2) -> None:
        self.keeper = Keeper(self.custody.path, RestrictedSite())
        self.server = Server(self.socket, 0o600, Peers(US, US, US), Answers(self.keeper, lambda said: None))
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        for name in ("an", "cai")[:shares]:
            self.keeper.bring(read_identity(self.custody.share(name)), order=0)

    def close(self) -> None:
        self.lose()


class OnDevice:
    """A token of this test's own, with a first key."""

    def __init__(self, settings: Any, device: Device) -> None:
        settings.RESTRICTED_KEK_PROVIDER = "pkcs11"
        settings.RESTRICTED_PKCS11_MODULE, settings.RESTRICTED_PKCS11_TOKEN = device.module, device.token
        settings.RESTRICTED_PKCS11_PIN_FILE = str(device.pin)
        del settings.RESTRICTED_KEK_FILE
        self.module, self.tokens = device.module, device.pin.parent / "tokens"

    def lose(self) -> None:
        self.tokens.rename(self.tokens.with_name("away"))
        self.tokens.mkdir()
        look_anew(self.module)

    def bring_back(self) -> None:
        self.tokens.rmdir()
        self.tokens.with_name("away").rename(self.tokens)
        look_anew(self.module)

    def close(self) -> None:
        restricted_provider()._log_out()  # type: ignore[attr-defined]


Kept = InFile | WithKeyholder | OnDevice
KINDS = ("file", "keyholder", "pkcs11")


@contextmanager
def kept_by(kind: str, settings: Any, home: Path) -> Iterator[Kept]:
    """Let L4's key be kept so, until the test ends."""
    if kind == "pkcs11":
        with a_device(home) as device:
            yield from _closed(OnDevice(settings, device))
        return
    yield from _closed(InFile(settings, home) if kind == "file" else WithKeyholder(settings, home))


def _closed(kept: Kept) -> Iterator[Kept]:
    try:
        yield kept
    finally:
        kept.close()
