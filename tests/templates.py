"""Databases with every table made, once per run: the databases of the tests are copies of them, and so are the sites'.

Making some two hundred tables takes half a minute of a processor; copying them takes a second.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from custinfo.databases import postgres_programs
from custinfo.servers.running import BASE_DIR, data_dir

OWNERS = {
    "default": "DATABASE_OWNER_URL",
    "keyring": "KEYRING_DATABASE_OWNER_URL",
    "restricted": "RESTRICTED_DATABASE_OWNER_URL",
}
READ = OWNERS | {"restricted": "RESTRICTED_DATABASE_URL"}
"""What settings read of each database while `migrate` runs in a process that holds all of them."""


def name_of(alias: str) -> str:
    """Return the name of a template."""
    return f"template_{urlsplit(os.environ[OWNERS[alias]]).path.lstrip('/')}"


def make() -> None:
    """Make the templates; processes that run side by side make them once."""
    _make(os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process {os.getpid()}")


def restore(alias: str, address: str) -> None:
    """Fill an empty database of other servers with what a template holds.

    :param address: of their superuser, because tables keep their owners.
    """
    make()
    words = ["--exit-on-error", "--single-transaction", f"--dbname={address}", str(_dump(alias))]
    _together([[str(postgres_programs() / "pg_restore"), *words]])


@cache
def _make(run: str) -> None:
    with (data_dir("test") / "templates").open("a+") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        made.seek(0)
        if made.read() == run:
            return
        made.truncate(0)
        for alias in OWNERS:
            _empty(alias)
        migrate = [sys.executable, "manage.py", "migrate", "--noinput", "-v0"]
        # Each knows one template: the record of a command is no part of any.
        _together(
            ([*migrate, f"--database={alias}"] for alias in OWNERS),
            [{READ[alias]: _address(alias, name_of(alias))} for alias in OWNERS],
        )
        dump = [str(postgres_programs() / "pg_dump"), "--format=custom"]
        _together([*dump, f"--file={_dump(alias)}", _address(alias, name_of(alias))] for alias in OWNERS)
        made.write(run)


def _empty(alias: str) -> None:
    name = sql.Identifier(name_of(alias))
    with psycopg.connect(_address(alias, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        connection.execute(sql.SQL("create database {} template template0").format(name))


def _address(alias: str, database: str) -> str:
    """Return the owner's address of a database beside the one that the environment names."""
    return urlsplit(os.environ[OWNERS[alias]])._replace(path=f"/{database}").geturl()


def _dump(alias: str) -> Path:
    return data_dir("test") / f"{name_of(alias)}.dump"


def _together(commands: Iterable[Sequence[str]], names: Sequence[dict[str, str]] = ()) -> None:
    """Run commands side by side, each with variables of its own, and insist on every one."""
    given = list(commands)
    started = [
        subprocess.Popen(words, cwd=BASE_DIR, env=os.environ | more, stderr=subprocess.PIPE, text=True)
        for words, more in zip(given, names or [{}] * len(given), strict=True)
    ]
    told = [process.communicate()[1] for process in started]
    assert not any(process.returncode for process in started), "\n".join(told)[-3000:]
