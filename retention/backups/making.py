"""Make one backup: a snapshot counted, dumped and sealed in one go, then its manifest."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connections

from retention.backups import manifests, postgres
from retention.backups.manifests import Manifest
from retention.models.backups import DATA
from vault.dumps import counts, heads
from vault.keyfiles import read_recipient_file
from vault.keyring import deployment_id
from vault.whole_files import DRAFT, sha256_of, whole

_TRAIL = "select size, encode(root, 'hex') from trail_checkpoint order by size desc limit 1"
_STATE = "select number, to_regclass('vault_journalentry') is not null from vault_generation"
_JOURNAL = "select coalesce(max(id), 0) from vault_journalentry"


def make(kind: str, *, at: datetime) -> Manifest:
    """Write a backup and its manifest; killed at any instant, it leaves either both or nothing that counts.

    :raises manifests.NotSetUp: there is no place or no recipient.
    :raises vault.keyfiles.BadKeyFile: the recipient may not be used.
    :raises postgres.NotDumped: pg_dump failed.
    """
    place = manifests.place(kind)
    recipient = read_recipient_file(manifests.recipient_file(kind))
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{manifests.stem(kind, at)}.age"
    with postgres.snapshot(kind) as (connection, moment):
        generation, journal = key_state()
        counted = counts(connection)
        migrated = heads(connection)
        trail = checkpoint(connection) if kind == DATA else None
        with whole(path) as out:
            postgres.dump(kind, moment, out, recipient)
    made = Manifest(
        id=str(uuid4()),
        kind=kind,
        at=at.isoformat(),
        deployment=str(deployment_id()),
        file=path.name,
        size=path.stat().st_size,
        sha256=sha256_of(path),
        rows=counted,
        heads=migrated,
        trail=trail,
        generation=generation,
        journal=journal,
    )
    manifests.write(made)
    return made


def checkpoint(connection: psycopg.Connection) -> dict[str, Any] | None:
    """Return size and root of the trail's newest checkpoint."""
    row = connection.execute(_TRAIL).fetchone()
    return {"size": row[0], "root": row[1]} if row else None


def key_state() -> tuple[int, int]:
    """Return the generation of the keyring and the newest number in its destruction journal.

    Read before the dump looks at anything, or a key destroyed meanwhile would count as known to this backup.
    """
    with connections["keyring"].cursor() as cursor:
        cursor.execute(_STATE)
        generation, has_journal = cursor.fetchone()
        if not has_journal:
            return generation, 0
        cursor.execute(_JOURNAL)
        return generation, cursor.fetchone()[0]


def clear_debris(kind: str) -> None:
    """Remove what a kill left: drafts, and files that no manifest tells of."""
    place = manifests.place(kind)
    if place.is_dir():
        for path in place.iterdir():
            if _is_debris(path, kind):
                path.unlink(missing_ok=True)


def _is_debris(path: Path, kind: str) -> bool:
    if path.name.startswith(f"{DRAFT}{kind}-"):
        return True
    unlisted = path.name.startswith(f"{kind}-") and path.suffix == ".age"
    return unlisted and not path.with_suffix(".json").exists()
