"""Backups of L4's wrapped data keys: hourly, in a place of their own, sealed to a keeper of their own, for a week.

    keys-<time>.age   the wrapped data keys of that moment
    keys-<time>.json  its manifest: size, SHA-256, how many keys there are and under which versions of the master key

What `restricted.backups` keeps opens nothing without one of these. So a destroyed value ends everywhere a week later,
and the keepers of both would have to act together, with the master key of L4 besides.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from restricted.models import DataKey
from restricted.place import deployment_id
from vault.deposit import seal_deposit
from vault.whole_files import sha256_of, whole

EVERY = timedelta(minutes=50)
"""How old the newest may grow before the next is made: asked every few seconds, so never an hour."""
KEPT = timedelta(days=7)
STAMP = "%Y%m%dT%H%M%SZ"


class NotSetUp(Exception):
    """There is no directory or no recipient for backups of L4, so none is made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup of keys that was made: how many it holds, and its SHA-256."""

    keys: int
    sha256: str


def is_set_up() -> bool:
    """Tell whether there is somewhere to write keys to, and somebody who can open them."""
    return bool(settings.RESTRICTED_KEYS_BACKUP_DIR and settings.RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE)


def place() -> Path:
    """Return where backups of keys lie.

    :raises NotSetUp: there is no such place.
    """
    if not settings.RESTRICTED_KEYS_BACKUP_DIR:
        raise NotSetUp
    return Path(settings.RESTRICTED_KEYS_BACKUP_DIR)


def due(at: datetime) -> bool:
    """Tell whether the newest backup is an hour old, or keys lie under other master keys than in it.

    Otherwise a master key could be destroyed before any backup holds the keys that were wrapped anew.
    """
    last = newest()
    if last is None:
        return True
    return at - point_of(last) >= EVERY or _manifest(last)["keks"] != _keks()


def write(*, at: datetime) -> Kept:
    """Write every wrapped data key and a manifest, and drop what is past its week.

    :raises NotSetUp: without a directory or a recipient.
    :raises vault.keyfiles.BadKeyFile: when the recipient may not be used.
    """
    if not is_set_up():
        raise NotSetUp
    directory, stamp = place(), at.astimezone(UTC).strftime(STAMP)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, keks, content = directory / f"keys-{stamp}.age", _keks(), _content()
    sealed = seal_deposit(json.dumps(content).encode(), Path(settings.RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE))
    with whole(path) as file:
        file.write(sealed)
    made = Kept(len(content["keys"]), sha256_of(path))
    manifest = {
        "format": 1,
        "deployment": content["deployment"],
        "at": at.isoformat(),
        "keys": made.keys,
        "keks": keks,
        "file": {"name": path.name, "size": path.stat().st_size, "sha256": made.sha256},
    }
    with whole(path.with_suffix(".json")) as file:
        file.write(json.dumps(manifest, indent=1).encode())
    _drop(directory, at)
    return made


def newest() -> Path | None:
    """Return the newest backup of keys that has a manifest; None where nothing is set up, or none was made."""
    if not settings.RESTRICTED_KEYS_BACKUP_DIR:
        return None
    found = sorted(place().glob("keys-*.json"))
    return found[-1].with_suffix(".age") if found else None


def is_whole(path: Path) -> bool:
    """Tell whether a backup of keys is there, as its manifest says."""
    return path.exists() and sha256_of(path) == _manifest(path)["file"]["sha256"]


def point_of(path: Path) -> datetime:
    """Return the recovery point of a backup of keys."""
    return datetime.fromisoformat(_manifest(path)["at"])


def _manifest(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_bytes())
    return found


def _keks() -> list[int]:
    """Return the versions of the master key that data keys lie under."""
    return sorted(DataKey.objects.order_by().values_list("kek_version", flat=True).distinct())


def _content() -> dict[str, Any]:
    keys = [
        [str(row.value_id), row.version, b64encode(bytes(row.wrapped)).decode(), row.kek_version]
        for row in DataKey.objects.order_by("value")
    ]
    return {"format": 1, "deployment": str(deployment_id()), "keys": keys}


def _drop(directory: Path, at: datetime) -> None:
    oldest = (at - KEPT).astimezone(UTC).strftime(STAMP)
    for path in directory.glob("keys-*"):
        if path.name.removeprefix("keys-").partition(".")[0] < oldest:
            path.unlink()
