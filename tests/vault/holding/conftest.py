"""A key sealed to three custodians, and a keyholder in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pyrage import x25519

from tests.processes import BASE_DIR, environment, wait_until
from vault.away import ProviderLost
from vault.holding import shares
from vault.holding.client import KeyholderProvider
from vault.holding.shares import Share
from vault.keyfiles import read_closed

NAMES = ("an", "bo", "cai")


@dataclass(frozen=True)
class Custody:
    """A KEK of the tests, sealed two of three."""

    path: Path
    identities: dict[str, x25519.Identity]

    def share(self, name: str) -> str:
        return f"# the share of {name}\n{self.identities[name]}\n"


@pytest.fixture
def custody(tmp_path: Path) -> Custody:
    return split(Path(settings.KEK_FILE), tmp_path / "kek.sealed")


def split(kek: Path, path: Path) -> Custody:
    """Seal a KEK file to three new custodians, two of whom open it."""
    identities = {name: x25519.Identity.generate() for name in NAMES}
    people = [Share(name, str(identity.to_public())) for name, identity in identities.items()]
    shares.write_sealed(path, shares.seal(read_closed(kek), people, 2))
    return Custody(path, identities)


class Keyholder:
    """A real `manage.py keyholder`, or the host of L4's own; `kill` is `kill -9`."""

    command, prefix = "keyholder", ""

    def __init__(self, sealed: Path, path: Path, **extra: str) -> None:
        self.path = path
        self.settings = {
            f"{self.prefix}KEK_PROVIDER": "keyholder",
            f"{self.prefix}KEYHOLDER_SOCKET": str(path),
            f"{self.prefix}KEK_SHARES_FILE": str(sealed),
        } | extra
        given = self.given()
        self.environment = {name: given[name] for name in given.keys() - {f"{self.prefix}KEK_FILE"}}
        self.environment |= self.settings
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", self.command],
            cwd=BASE_DIR,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers, what="the keyholder")

    def given(self) -> dict[str, str]:
        return environment()

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"the keyholder ended with {self.process.returncode}"
        try:
            self.state()
        except ProviderLost:
            return False
        return True

    def bring(self, custody: Custody, *names: str) -> None:
        provider = KeyholderProvider(self.path, os.geteuid())
        for name in names:
            provider.ask("share", share=custody.share(name))

    def bring_by_command(self, share: str) -> "subprocess.CompletedProcess[str]":
        """Bring a share as a custodian at the host does, through a descriptor."""
        return subprocess.run(
            [sys.executable, "manage.py", "bring_share", "--descriptor", "0"],
            cwd=BASE_DIR,
            env=self.environment,
            input=share,
            capture_output=True,
            text=True,
            check=False,
        )

    def state(self) -> dict[str, Any]:
        return KeyholderProvider(self.path, os.geteuid()).state()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start_keyholder(
    custody: Custody, tmp_path: Path, transactional_db: None
) -> Iterator[Callable[..., Keyholder]]:
    """Return a function that starts a keyholder on the test databases."""
    started: list[Keyholder] = []

    def start(**extra: str) -> Keyholder:
        started.append(Keyholder(custody.path, tmp_path / "keyholder.sock", **extra))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def under_custody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be one of split custody: it knows the socket and no KEK file."""
    monkeypatch.delattr(settings, "KEK_FILE")
    monkeypatch.setattr(settings, "KEK_PROVIDER", "keyholder")
    monkeypatch.setattr(settings, "KEYHOLDER_SOCKET", str(tmp_path / "keyholder.sock"), raising=False)
    monkeypatch.setattr(settings, "KEYHOLDER_UID", os.geteuid(), raising=False)
