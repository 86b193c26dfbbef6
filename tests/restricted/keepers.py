"""Two people who keep backups of L4, one of the values and one of the keys: the host knows their public keys only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage

from vault.dumps import Identities


@dataclass(frozen=True)
class Keepers:
    """The files of their identities."""

    values: Path
    keys: Path

    @property
    def held(self) -> Identities:
        return [identity(path) for path in (self.values, self.keys)]

    @property
    def words(self) -> list[str]:
        return [f"--identity={self.values}", f"--identity={self.keys}"]


def identity(path: Path) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(path.read_text())


def appointed(settings: Any, home: Path) -> Keepers:
    """Give the host of a test two keepers, and places for what they keep."""
    for name in ("BACKUP", "KEYS_BACKUP"):
        made, stem = pyrage.x25519.Identity.generate(), home / name.lower()
        for suffix, content in ((".key", made), (".recipient", made.to_public())):
            path = stem.with_suffix(suffix)
            path.write_text(str(content))
            path.chmod(0o600)
        setattr(settings, f"RESTRICTED_{name}_RECIPIENT_FILE", str(stem.with_suffix(".recipient")))
        setattr(settings, f"RESTRICTED_{name}_DIR", str(stem))
    return Keepers(home / "backup.key", home / "keys_backup.key")
