"""Rights of the public pages' database role: single columns, and of a table with secrets one row, given by migrations.

The role has no default rights, so a table that no migration names here is closed to it (architecture.md §3).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations import RunSQL

ROLE = "custinfo_public"
APPLICATION = "custinfo_app"
GIVEN = "custinfo.link"
"""The session setting that names, as hex, the hash of the one link or receipt a request was given."""


def may(table: str, *, select: Sequence[str] = (), insert: Sequence[str] = ()) -> RunSQL:
    """Return the operation that lets the public pages read or write these columns of a table, no others."""
    rights = [f"{right} ({', '.join(columns)})" for right, columns in _named(select, insert)]
    listed = ", ".join(rights)
    return RunSQL(
        f"grant {listed} on {table} to {ROLE}",
        f"revoke {listed} on {table} from {ROLE}",
    )


def sees_one(table: str, column: str) -> RunSQL:
    """Return the operation that shows the public pages only the row whose `column` is the hash in `GIVEN`.

    The application goes on seeing all rows. What may be inserted is left to the grants and constraints.
    """
    shown = f"{column} = decode(nullif(current_setting('{GIVEN}', true), ''), 'hex')"
    return RunSQL(
        f"alter table {table} enable row level security;"
        f" create policy all_rows on {table} to {APPLICATION} using (true) with check (true);"
        f" create policy the_given_one on {table} for select to {ROLE} using ({shown});"
        f" create policy may_add on {table} for insert to {ROLE} with check (true)",
        f"drop policy all_rows on {table}; drop policy the_given_one on {table};"
        f" drop policy may_add on {table}; alter table {table} disable row level security",
    )


@contextmanager
def showing(digest: bytes) -> Iterator[None]:
    """Name the hash of the link or receipt that was given, for the length of a transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config(%s, %s, true)", [GIVEN, digest.hex()])
        yield


def _named(select: Sequence[str], insert: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    if select:
        yield "select", select
    if insert:
        yield "insert", insert
