"""The site is closed while it is restored: a table of its own, outside what a restore replaces, says so.

Web, public pages, worker and beat look for it when they start, and do not. It lies in a schema of its own in the
database of the data, which no backup contains; there is no other way to remove it than to end the restore.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, connections, transaction

_EMPTY = """
select not exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))
"""
_CLOSE = """
drop schema if exists restoring cascade;
create schema restoring;
create table restoring.site (since timestamptz not null, data text not null, keyring text not null);
create unique index only_one_restore on restoring.site ((true));
grant usage on schema restoring to public;
grant select on restoring.site to public;
"""
_FORGET = "drop owned by current_user"
"""Everything in this database is the owner's, and the owner's alone is dropped: the database itself stays."""
_OTHERS = """
select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and usename is not null
"""


def closed() -> tuple[datetime, str, str] | None:
    """Return since when the site is being restored and from which files; None: it is open."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('restoring.site') is not null")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("select since, data, keyring from restoring.site")
        found: tuple[datetime, str, str] = cursor.fetchone()
    return found


def close(data: str, keyring: str, *, at: datetime, emptied: bool) -> None:
    """Close the site, in one transaction with emptying the data where that is asked."""
    with transaction.atomic(), connection.cursor() as cursor:
        if emptied:
            cursor.execute(_FORGET)
        cursor.execute(_CLOSE)
        cursor.execute("insert into restoring.site values (%s, %s, %s)", [at, data, keyring])


def empty(alias: str) -> None:
    """Drop every table of a database."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(_FORGET)


def open_again() -> None:
    """Open the site; part of the transaction that records the restore."""
    with connection.cursor() as cursor:
        cursor.execute("drop schema restoring cascade")


def is_empty(alias: str) -> bool:
    """Tell whether a database holds no table."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_EMPTY)
        return bool(cursor.fetchone()[0])


def others(alias: str) -> int:
    """Return how many other connections a database has."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_OTHERS)
        return int(cursor.fetchone()[0])
