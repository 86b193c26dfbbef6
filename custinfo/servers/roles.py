"""Apply `deploy/roles.sql` through psycopg, for machines without psql."""

from pathlib import Path

import psycopg
from psycopg import sql

ROLES = Path(__file__).resolve().parents[2] / "deploy" / "roles.sql"


def apply(url: str, settings: dict[str, str]) -> None:
    """Make databases and roles; safe to repeat.

    The file is plain SQL but for psql's `\\gexec`, which runs each value that the query before it returns.

    :param url: a superuser's address.
    :param settings: `custinfo.*` session settings that the file reads, passwords above all.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, false)", [name, value])
        *queries, last = _without_comments(ROLES.read_text()).split("\\gexec")
        for text in queries:
            *before, query = text.rstrip().rsplit(";", 1)
            for statement in before:
                connection.execute(sql.SQL(statement))
            for (command,) in connection.execute(sql.SQL(query)).fetchall():
                connection.execute(command)
        if last.strip():
            connection.execute(sql.SQL(last))


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
