"""Which database role the tests are: the owner makes and empties databases, the limited roles do the rest."""

import os
from typing import Any

from django.db import connections, transaction
from psycopg import sql

from custinfo.databases import settings_for

Login = dict[str, dict[str, Any]]


def login(default: str, keyring: str, restricted: str = "RESTRICTED_DATABASE_URL") -> Login:
    """Return who to be in each database, from the names of environment variables."""
    wanted = ("USER", "PASSWORD")
    names = {"default": default, "keyring": keyring, "restricted": restricted}
    urls = {alias: os.environ[name] for alias, name in names.items()}
    return {alias: {name: settings_for(url)[name] for name in wanted} for alias, url in urls.items()}


OWNER = login("DATABASE_OWNER_URL", "KEYRING_DATABASE_OWNER_URL", "RESTRICTED_DATABASE_OWNER_URL")
APP = login("DATABASE_URL", "KEYRING_DATABASE_URL")
PUBLIC = login("PUBLIC_DATABASE_URL", "KEYRING_DATABASE_URL")
RESTRICTED = login("RESTRICTED_MAIN_DATABASE_URL", "KEYRING_DATABASE_URL")
"""The restricted host: its own role in its own database, and a narrow one in the main data."""
WORKER = login("DATABASE_URL", "KEYRING_DATABASE_WORKER_URL")


def log_in_as(who: Login) -> None:
    """Become another login in every database. The settings are shared by all threads, a live server's too."""
    for connection in connections.all():
        connection.close()
        connection.settings_dict.update(who[connection.alias])


KEPT = {"django_content_type", "auth_permission", "django_migrations"}
"""What migrations wrote about models, the same for every test."""

Rows = list[tuple[sql.Composable, bytes]]
"""What tables hold: for each the statement that takes it in, and what PostgreSQL copied out."""


def shipped(alias: str) -> Rows:
    """Return what migrations wrote, of a database in which nothing was committed since."""
    filled = _filled(alias)
    with connections[alias].cursor() as cursor:
        return [_copied(cursor, table) for table in filled]


def renew(alias: str, rows: Rows) -> None:
    """Empty the tables that hold rows, as their owner, and put back what migrations wrote.

    Django's own flush empties all of them, some two hundred, then writes content types and permissions anew: half a
    second after each test that commits; and its next test would have to install what is shipped, for a second more.
    """
    filled = [sql.Identifier(table) for table in _filled(alias)]
    with transaction.atomic(alias), connections[alias].cursor() as cursor:
        if filled:
            cursor.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(filled)))
        for statement, held in rows:
            with cursor.copy(statement) as copy:
                copy.write(held)


def _filled(alias: str) -> list[str]:
    connection = connections[alias]
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    if not tables:
        return []
    one = sql.SQL("select {} where exists (select from {})")
    held = sql.SQL(" union all ").join(one.format(name, sql.Identifier(name)) for name in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(held)
        return [name for (name,) in cursor.fetchall()]


def _copied(cursor: Any, table: str) -> tuple[sql.Composable, bytes]:
    cursor.execute(
        "select attname from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
        [table],
    )
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
    names = {"table": sql.Identifier(table), "columns": columns}
    with cursor.copy(sql.SQL("copy (select {columns} from {table}) to stdout").format(**names)) as copy:
        held = b"".join(bytes(part) for part in copy)
    return sql.SQL("copy {table} ({columns}) from stdin").format(**names), held
