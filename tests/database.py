"""Which database role the tests are: the owner makes and empties databases, the limited roles do the rest."""

import os
from typing import Any

from django.db import connections
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


def empty(alias: str) -> None:
    """Empty the tables that hold rows, as their owner.

    Django's own flush empties all of them, some two hundred, and then writes content types and permissions anew: half a
    second after each test that commits.
    """
    connection = connections[alias]
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    if not tables:
        return
    one = sql.SQL("select {} where exists (select from {})")
    held = sql.SQL(" union all ").join(one.format(name, sql.Identifier(name)) for name in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(held)
        filled = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        if filled:
            cursor.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(filled)))
