"""This host is closed while its data are brought back: a table in a schema of its own, which no backup contains.

Its web process and its jobs look for it when they start, and do not. It goes when a restore has ended well.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, connections, transaction

from restricted.place import ALIAS

_EMPTY = """
select not exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'))
"""
_CLOSE = """
drop schema if exists restoring cascade;
create schema restoring;
create table restoring.site (since timestamptz not null, manifest text not null);
grant usage on schema restoring to public;
grant select on restoring.site to public;
"""
_OTHERS = """
select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and usename is not null and application_name is distinct from 'custinfo.keyholder'
"""
"""The keyholder stays: without it the data keys that come back could not be tried, and it keeps to `closed`."""


def closed() -> datetime | None:
    """Return since when this host is being restored; None: it is open."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("select to_regclass('restoring.site') is not null")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("select since from restoring.site")
        found: datetime = cursor.fetchone()[0]
    return found


def close(manifest: str, *, at: datetime, emptied: bool) -> None:
    """Close this host, in one transaction with emptying its database where that is asked."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        if emptied:
            # Everything in this database is the owner's, and the owner's alone is dropped: the database itself stays.
            cursor.execute("drop owned by current_user")
        cursor.execute(_CLOSE)
        cursor.execute("insert into restoring.site values (%s, %s)", [at, manifest])


def open_again() -> None:
    """Open this host; the last step of a restore."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("drop schema restoring cascade")


def main_is_closed() -> bool:
    """Tell whether the main site is being restored: its data may have forgotten what was ordered destroyed."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('restoring.site') is not null")
        return bool(cursor.fetchone()[0])


def is_empty() -> bool:
    """Tell whether the database holds no table."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_EMPTY)
        return bool(cursor.fetchone()[0])


def others() -> int:
    """Return how many other connections the database has."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_OTHERS)
        return int(cursor.fetchone()[0])
