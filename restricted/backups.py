"""A backup of L4 values on disk: files that only the recipient of the settings opens, and a manifest of their digests.

    value-<id>.age       a line of JSON (whose value it is, how long its parts are) and the parts, sealed as in the
                         database; written once, because a value never changes, and gone when the value is
    rest-<time>.age      a pg_dump of every table but parts of values and keys: people's factors, requests with their
                         signatures, openings, acts on the master key, seals; kept for a week
    manifest-<time>.json the files of one backup with size and SHA-256

The wrapped data keys lie elsewhere (`restricted.key_backups`). To read a backup takes both recipients' identities and
the L4 KEK: none lies in it. `restricted.restoring` brings one back.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from restricted import key_backups
from restricted.key_backups import STAMP, Kept, NotSetUp
from restricted.models import Value, ValuePart
from restricted.place import ALIAS, deployment_id
from vault import dumps
from vault.deposit import seal_deposit
from vault.keyfiles import read_recipient_file
from vault.whole_files import sha256_of, whole

EVERY = timedelta(days=1)
TABLES_KEPT = timedelta(days=7)
APART = ("restricted_valuepart", "restricted_datakey")
"""Tables whose rows lie in files of their own."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: how many values it holds, how many of them were new, all bytes, the SHA-256 of the manifest, and the
    keys that were backed up with it."""

    values: int
    written: int
    bytes: int
    manifest: str
    keys: Kept


def is_set_up() -> bool:
    """Tell whether there is somewhere to write values, tables and keys to, and somebody who can open each."""
    values = settings.RESTRICTED_BACKUP_DIR and settings.RESTRICTED_BACKUP_RECIPIENT_FILE
    return bool(values) and key_backups.is_set_up()


def due(at: datetime) -> bool:
    """Tell whether the last backup is a day old."""
    last = _last()
    return last is None or at - datetime.fromisoformat(last["at"]) >= EVERY


def write(*, at: datetime) -> Made:
    """Write what the last backup lacks, and a manifest of it all. Cut short, the next one goes on.

    :raises NotSetUp: without a directory or a recipient.
    :raises vault.keyfiles.BadKeyFile: when the recipient may not be used.
    :raises vault.dumps.NotDumped: pg_dump failed.
    """
    if not is_set_up():
        raise NotSetUp
    directory, stamp = place(), at.astimezone(UTC).strftime(STAMP)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The tables first: a value that is taken in meanwhile is told of by its own file, none is told of and lost.
    rest = directory / f"rest-{stamp}.age"
    rows, heads = _write_rest(rest)
    held = Value.objects.filter(destroyed_at=None).order_by("taken_at", "pk")
    wanted = {f"value-{id}.age": id for id in held.values_list("pk", flat=True)}
    written = sum(_write_value(directory / name, wanted[name]) for name in _lacking(directory, wanted))
    # The keys after the values, so that none is kept whose key no backup has; the manifest last, as it makes it count.
    keys = key_backups.write(at=at)
    _drop(directory, wanted, at)
    values = [_entry(directory / name) for name in wanted if (directory / name).exists()]
    files = [*values, _entry(rest)]
    manifest = {
        "format": 3,
        "deployment": str(deployment_id()),
        "at": at.isoformat(),
        "rows": rows,
        "heads": heads,
        "files": files,
    }
    content = json.dumps(manifest, indent=1).encode()
    _write(directory / f"manifest-{stamp}.json", content)
    total = sum(one["size"] for one in files)
    return Made(len(values), written, total, sha256(content).hexdigest(), keys)


def wrong() -> list[str]:
    """Return the names of files of the last backup, and of the last of the keys, that are missing or changed."""
    last = _last()
    if last is None:
        raise NotSetUp
    directory, keys = place(), key_backups.newest()
    found = [
        one["name"]
        for one in last["files"]
        if not (directory / one["name"]).exists() or sha256_of(directory / one["name"]) != one["sha256"]
    ]
    return found + [keys.name if keys else "keys-*.age"] * (keys is None or not key_backups.is_whole(keys))


def _lacking(directory: Path, wanted: Mapping[str, UUID]) -> list[str]:
    """Return the files that are missing, or are not what the last manifest says."""
    last = _last()
    known = {one["name"]: one["sha256"] for one in last["files"]} if last else {}
    there = {name: sha256_of(directory / name) for name in wanted if (directory / name).exists()}
    return [name for name in wanted if name not in there or known.get(name, there[name]) != there[name]]


def _write_rest(path: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Write the tables, and return how many rows each has and the newest migrations."""
    recipient = read_recipient_file(Path(settings.RESTRICTED_BACKUP_RECIPIENT_FILE))
    given = dumps.login(ALIAS)
    with dumps.snapshot(given) as (connection, moment):
        counted, heads = dumps.counts(connection), dumps.heads(connection)
        with whole(path) as out:
            dumps.dump(given, moment, out, recipient, without=APART)
    return counted, heads


def told(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a value as the first line of its file tells them."""
    columns = ("subject", "field", "media_type", "size", "portfolio", "region", "by_number")
    return {name: header[name] for name in columns} | {
        "name": b64decode(header["name"]),
        "parts": len(header["parts"]),
        "deposited_at": datetime.fromisoformat(header["deposited_at"]),
        "taken_at": datetime.fromisoformat(header["taken_at"]),
    }


def _write_value(path: Path, id: UUID) -> bool:
    """Write one value as it lies sealed; one that was destroyed meanwhile is left out."""
    with transaction.atomic(using=ALIAS):
        value = Value.objects.select_for_update().filter(pk=id, destroyed_at=None).first()
        if value is None:
            return False
        parts = [bytes(one.sealed) for one in ValuePart.objects.filter(value=value).order_by("number")]
    header = {
        "format": 1,
        "deployment": str(deployment_id()),
        "value": str(value.pk),
        "subject": str(value.subject),
        "field": value.field,
        "media_type": value.media_type,
        "name": b64encode(bytes(value.name)).decode(),
        "size": value.size,
        "portfolio": value.portfolio,
        "region": value.region,
        "by_number": value.by_number,
        "deposited_at": value.deposited_at.isoformat(),
        "taken_at": value.taken_at.isoformat(),
        "parts": [len(part) for part in parts],
    }
    _write(path, _sealed(json.dumps(header).encode() + b"\n" + b"".join(parts)))
    return True


def _sealed(content: bytes) -> bytes:
    return seal_deposit(content, Path(settings.RESTRICTED_BACKUP_RECIPIENT_FILE))


def _drop(directory: Path, wanted: Mapping[str, UUID], at: datetime) -> None:
    """Remove values that are held no more, and tables and manifests past their week."""
    oldest = (at - TABLES_KEPT).astimezone(UTC).strftime(STAMP)
    for path in directory.iterdir():
        kind, _, rest = path.name.partition("-")
        gone = path.name not in wanted if kind == "value" else rest.partition(".")[0] < oldest
        # Keys lay here before they had a place of their own.
        if kind in {"value", "keys", "rest", "manifest"} and gone:
            path.unlink()


def _last() -> dict[str, Any] | None:
    if not settings.RESTRICTED_BACKUP_DIR:
        return None
    found = sorted(place().glob("manifest-*.json"))
    return json.loads(found[-1].read_bytes()) if found else None


def place() -> Path:
    """Return where backups lie.

    :raises NotSetUp: there is no such place.
    """
    if not settings.RESTRICTED_BACKUP_DIR:
        raise NotSetUp
    return Path(settings.RESTRICTED_BACKUP_DIR)


def _entry(path: Path) -> dict[str, Any]:
    return {"name": path.name, "size": path.stat().st_size, "sha256": sha256_of(path)}


def _write(path: Path, content: bytes) -> None:
    with whole(path) as file:
        file.write(content)
