"""PostgreSQL's own programs on the databases of this process: dumped and sealed in one go, restored from that.

No password stands in a command line, and nothing lies anywhere in the clear.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pyrage
from django.conf import settings
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

_NOT_TO_US = "No matching keys"
_OBJECT = re.compile(rb"from TOC entry [^\n]*")
_TABLES = """
select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname
"""
_HEADS = "select app, max(name) from django_migrations group by app order by app"

Login = Mapping[str, Any]
Identities = list[pyrage.x25519.Identity]


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


@contextmanager
def snapshot(given: Login) -> Iterator[tuple[psycopg.Connection, str]]:
    """Hold one moment of a database: counts and the dump that names it are of the same rows."""
    with psycopg.connect(make_conninfo(**given), autocommit=True) as connection:
        connection.execute("begin isolation level repeatable read, read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, row[0]
        connection.execute("commit")


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    found: dict[str, int] = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        assert row is not None
        found[table] = row[0]
    return found


def heads(connection: psycopg.Connection) -> dict[str, str]:
    """Return the newest migration of each app."""
    return dict(connection.execute(_HEADS).fetchall())


def dump(
    given: Login, moment: str, out: Any, recipient: pyrage.x25519.Recipient, *, without: Sequence[str] = ()
) -> None:
    """Write a database as it was at a snapshot into `out`, sealed on the way.

    :param without: tables whose rows are left out.
    :raises NotDumped: pg_dump failed.
    """
    words = [
        "pg_dump",
        "--format=custom",
        "--exclude-schema=restoring",
        "--no-password",
        f"--snapshot={moment}",
        *(f"--exclude-table-data={table}" for table in without),
    ]
    with _program(words, given, stdout=subprocess.PIPE) as process:
        pyrage.encrypt_io(process.stdout, out, [recipient])
        said = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise NotDumped(said.decode(errors="replace").partition("\n")[0])


def load(sealed: Path, identities: Identities, alias: str) -> None:
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
