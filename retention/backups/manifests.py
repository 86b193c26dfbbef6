"""What lies beside each backup and tells of it, without a word about any person.

    data-<time>.age       a pg_dump of the data, sealed to the recipient of the settings
    data-<time>.json      its manifest
    keyring-<time>.age    the same of the keyring, in a directory of its own, sealed to a recipient of its own
    keyring-<time>.json

A file without a manifest was cut short and is nobody's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from retention.models.backups import DATA, KEYRING
from vault.whole_files import whole

FORMAT = 1
STAMP = "%Y%m%dT%H%M%S%fZ"


class NotAManifest(Exception):
    """The file is no manifest of this format."""


class NotSetUp(Exception):
    """There is no directory or no recipient for this kind of backup, so none is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `trail` is size and root of the newest checkpoint in the data, None before the first;
    `journal` the newest number in the destruction journal; `heads` the newest migration of each app."""

    id: str
    kind: str
    at: str
    deployment: str
    file: str
    size: int
    sha256: str
    rows: Mapping[str, int]
    heads: Mapping[str, str]
    trail: Mapping[str, Any] | None
    generation: int
    journal: int

    @property
    def moment(self) -> datetime:
        """Return the moment that the backup brings back."""
        return datetime.fromisoformat(self.at)

    @property
    def uuid(self) -> UUID:
        """Return the number of the backup."""
        return UUID(self.id)

    @property
    def content(self) -> bytes:
        """Return what is written."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1).encode()

    @property
    def path(self) -> Path:
        """Return where the backup itself lies."""
        return place(self.kind) / self.file

    def digest(self) -> str:
        """Return the SHA-256 of the manifest."""
        return sha256(self.content).hexdigest()


def place(kind: str) -> Path:
    """Return the directory of a kind of backup.

    :raises NotSetUp: there is none.
    """
    named = settings.BACKUP_DIR if kind == DATA else settings.KEYRING_BACKUP_DIR
    if not named:
        raise NotSetUp
    return Path(named)


def recipient_file(kind: str) -> Path:
    """Return the file that names to whom a kind of backup is sealed.

    :raises NotSetUp: there is none.
    """
    named = settings.BACKUP_RECIPIENT_FILE if kind == DATA else settings.KEYRING_BACKUP_RECIPIENT_FILE
    if not named:
        raise NotSetUp
    return Path(named)


def is_set_up() -> bool:
    """Tell whether there are places for both kinds of backup."""
    return bool(settings.BACKUP_DIR and settings.KEYRING_BACKUP_DIR)


def stem(kind: str, at: datetime) -> str:
    """Return how the names of the files of a backup begin."""
    return f"{kind}-{at.astimezone(UTC).strftime(STAMP)}"


def write(manifest: Manifest) -> None:
    """Write a manifest beside its backup."""
    with whole(manifest.path.with_suffix(".json")) as out:
        out.write(manifest.content)


def read(path: Path) -> Manifest:
    """Return what a manifest says.

    :raises NotAManifest: it says nothing of this format.
    """
    try:
        said = json.loads(path.read_bytes())
        if said.pop("format") != FORMAT or said["kind"] not in (DATA, KEYRING):
            raise NotAManifest(path.name)
        found = Manifest(**said)
        UUID(found.id)
        datetime.fromisoformat(found.at)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise NotAManifest(path.name) from None
    return found


def lying(kind: str) -> list[Manifest]:
    """Return the manifests that lie in the place of a kind, oldest first; what is none is passed over."""
    found = []
    for path in sorted(place(kind).glob(f"{kind}-*.json")):
        try:
            found.append(read(path))
        except NotAManifest:
            continue
    return [one for one in found if one.kind == kind]
