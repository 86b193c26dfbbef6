"""Databases made for one look at a backup, and this process looking at them instead of the site's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from vault.dumps import login
from vault.keyring import deployment_id

_LEFT = """
select datname from pg_database where starts_with(datname, %s)
    and not exists (select from pg_stat_activity used where used.datname = pg_database.datname)
"""


class MayNotMakeDatabases(Exception):
    """This login may not make databases."""


@contextmanager
def databases(*aliases: str) -> Iterator[dict[str, str]]:
    """Make an empty database on the server of each alias, closed to other roles; they are gone when the block ends.

    What a kill left of an earlier look is dropped first.

    :raises MayNotMakeDatabases: the owner's login may not make databases.
    """
    names = {alias: f"{_prefix(alias)}{uuid4().hex[:12]}" for alias in aliases}
    try:
        for alias, name in names.items():
            _drop_left(alias)
            _make(alias, name)
        yield names
    finally:
        for alias, name in names.items():
            _drop(alias, name)


@contextmanager
def pointed_at(names: Mapping[str, str]) -> Iterator[None]:
    """Let this process's connections lead to other databases; for commands, which have one thread."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in names}
    _point(names)
    try:
        yield
    finally:
        _point(before)


def _point(names: Mapping[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    deployment_id.cache_clear()
    ContentType.objects.clear_cache()


def _prefix(alias: str) -> str:
    return f"{connections[alias].settings_dict['NAME']}_scratch_"


def _make(alias: str, name: str) -> None:
    with psycopg.connect(make_conninfo(**login(alias)), autocommit=True) as connection:
        made = sql.Identifier(name)
        try:
            connection.execute(sql.SQL("create database {} encoding 'UTF8' template template0").format(made))
        except psycopg.errors.InsufficientPrivilege:
            raise MayNotMakeDatabases from None
        # SECURITY: it holds every open value for as long as it is there; roles keep no way in.
        connection.execute(sql.SQL("revoke all on database {} from public").format(made))


def _drop_left(alias: str) -> None:
    with psycopg.connect(make_conninfo(**login(alias)), autocommit=True) as connection:
        left = connection.execute(_LEFT, [_prefix(alias)]).fetchall()
    for (name,) in left:
        _drop(alias, name)


def _drop(alias: str, name: str) -> None:
    with psycopg.connect(make_conninfo(**login(alias)), autocommit=True) as connection:
        # Not by force: that asks for the right to end an autovacuum worker, which a plain drop sends away by itself.
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
