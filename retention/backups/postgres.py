"""PostgreSQL's own programs on the databases of this site: which login reads what is backed up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pyrage
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from retention.models.backups import DATA
from vault import dumps
from vault.dumps import NotDumped as NotDumped
from vault.dumps import NotRestored as NotRestored
from vault.dumps import WrongIdentity as WrongIdentity
from vault.dumps import load as load
from vault.dumps import login as login

ALIAS = {DATA: "default", "keyring": "keyring"}
"""The database that a kind of backup is of."""


def reading(kind: str) -> dict[str, Any]:
    """Return how to reach what is backed up: the data with a login of its own, which may read all of it."""
    own = login(ALIAS[kind])
    if kind == DATA and settings.BACKUP_DATABASE_URL:
        return dict(conninfo_to_dict(settings.BACKUP_DATABASE_URL)) | {"dbname": own["dbname"]}
    return own


@contextmanager
def snapshot(kind: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """Hold one moment of a database: counts and the dump that names it are of the same rows."""
    with dumps.snapshot(reading(kind)) as held:
        yield held


def dump(kind: str, moment: str, out: Any, recipient: pyrage.x25519.Recipient) -> None:
    """Write a database as it was at a snapshot into `out`, sealed on the way.

    :raises NotDumped: pg_dump failed.
    """
    dumps.dump(reading(kind), moment, out, recipient)
