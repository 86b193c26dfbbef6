"""Rights of the public pages' database role: single columns, given by migrations of the apps that own the tables.

The role has no default rights, so a table that no migration names here is closed to it (architecture.md §3). Which
rows it sees of a table with secrets, the owning app's policies say (`consent`).
"""

from collections.abc import Iterator, Sequence

from django.db.migrations import RunSQL

ROLE = "custinfo_public"


def may(table: str, *, select: Sequence[str] = (), insert: Sequence[str] = ()) -> RunSQL:
    """Return the operation that lets the public pages read or write these columns of a table, no others."""
    rights = ", ".join(_rights(select, insert))
    return RunSQL(f"grant {rights} on {table} to {ROLE}", f"revoke {rights} on {table} from {ROLE}")


def _rights(select: Sequence[str], insert: Sequence[str]) -> Iterator[str]:
    for right, columns in (("select", select), ("insert", insert)):
        if columns:
            # Quoted: a column may be called as a word of SQL is.
            named = ", ".join(f'"{column}"' for column in columns)
            yield f"{right} ({named})"
