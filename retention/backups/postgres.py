"""PostgreSQL's own programs on the databases of this site. No password stands in a command line."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pyrage
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from retention.models.backups import DATA

ALIAS = {DATA: "default", "keyring": "keyring"}
"""The database that a kind of backup is of."""
_NOT_TO_US = "No matching keys"
_OBJECT = re.compile(rb"from TOC entry [^\n]*")

Login = Mapping[str, Any]


class NotDumped(Exception):
    """pg_dump failed; the message is its first line."""


class NotRestored(Exception):
    """The file is damaged, or pg_restore failed at the object that the message names."""


class WrongIdentity(Exception):
    """The file was not sealed to any of these identities."""


def login(alias: str) -> dict[str, Any]:
    """Return how this process reaches a database, in libpq's words."""
    held = connections[alias].settings_dict
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return {word: held[name] for word, name in names.items() if held[name]} | _libpq(held["OPTIONS"])


def reading(kind: str) -> dict[str, Any]:
    """Return how to reach what is backed up: the data with a login of its own, which may read all of it."""
    own = login(ALIAS[kind])
    if kind == DATA and settings.BACKUP_DATABASE_URL:
        return dict(conninfo_to_dict(settings.BACKUP_DATABASE_URL)) | {"dbname": own["dbname"]}
    return own


@contextmanager
def snapshot(kind: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """Hold one moment of a database: counts and the dump that names it are of the same rows."""
    with psycopg.connect(make_conninfo(**reading(kind)), autocommit=True) as connection:
        connection.execute("begin isolation level repeatable read, read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, row[0]
        connection.execute("commit")


def dump(kind: str, moment: str, out: Any, recipient: pyrage.x25519.Recipient) -> None:
    """Write a database as it was at a snapshot into `out`, sealed on the way: nothing lies anywhere in the clear.

    :raises NotDumped: pg_dump failed.
    """
    words = [
        "pg_dump",
        "--format=custom",
        "--exclude-schema=restoring",
        "--no-password",
        f"--snapshot={moment}",
    ]
    with _program(words, reading(kind), stdout=subprocess.PIPE) as process:
        pyrage.encrypt_io(process.stdout, out, [recipient])
        said = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise NotDumped(said.decode(errors="replace").partition("\n")[0])


def load(sealed: Path, identities: list[pyrage.x25519.Identity], alias: str) -> None:
    """Restore a sealed dump into an empty database, whole or not at all.

    :raises WrongIdentity: it was sealed to others.
    :raises NotRestored: it could not be opened or restored.
    """
    words = ["pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-password"]
    opened = True
    with _program(words, login(alias), stdin=subprocess.PIPE) as process, sealed.open("rb") as file:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            pyrage.decrypt_io(file, process.stdin, identities)
            process.stdin.close()
        except (pyrage.DecryptError, OSError) as error:
            process.kill()  # or it would take a beginning for the whole
            if _NOT_TO_US in str(error):
                raise WrongIdentity from None
            opened = False
        said = process.stderr.read()
    if process.returncode or not opened:
        # SECURITY: what PostgreSQL says of a row carries the row; the object's name is all that is told.
        found = _OBJECT.search(said)
        raise NotRestored(found[0].decode(errors="replace") if found else "it does not open")


@contextmanager
def _program(words: list[str], given: Login, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    address = {word: value for word, value in given.items() if word != "password"}
    command = [str(settings.POSTGRES_BIN / words[0]), *words[1:], f"--dbname={make_conninfo(**address)}"]
    environment = {"PGPASSWORD": str(given.get("password") or ""), "LC_ALL": "C", "TZ": "UTC"}
    pipes.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **pipes)
    try:
        yield process
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):  # of a program that was killed
                    pipe.close()


def _libpq(options: Mapping[str, Any]) -> dict[str, Any]:
    known = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "tcp_user_timeout"}
    return {word: value for word, value in options.items() if word in known}
