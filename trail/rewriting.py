"""Rewrite tables, so that their files hold no byte of what was deleted from them (S0-45, PIPL 47).

PostgreSQL keeps a deleted row for as long as anybody's transaction may still read it, and rewriting a table (VACUUM
FULL) carries such rows over. It says how many; whoever wants bytes gone has to look, and to come again.
"""

import re
from time import sleep

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.errors import Diagnostic

PAUSES = (0.0, 0.2, 1.0, 5.0, 15.0, 40.0)
"""Seconds before each try: reading pages and planners' samples end within the first, reports within the last."""
_NUMBER = re.compile(r"\d+")


class StillRead(Exception):
    """Somebody's transaction reads a table as it was, so its file still holds deleted rows; to be tried again later."""


def rewrite(*tables: str, using: str = DEFAULT_DB_ALIAS, longest_wait: str = "0") -> None:
    """Rewrite tables until their files hold nothing of deleted rows; whoever reads them waits meanwhile.

    :param longest_wait: how long to wait for those at work on a table, in PostgreSQL's words; "0" is for ever.
    :raises StillRead: a minute was not enough.
    :raises RuntimeError: inside a transaction, where PostgreSQL cannot.
    """
    if connections[using].in_atomic_block:
        raise RuntimeError("VACUUM FULL runs outside any transaction.")
    with connections[using].cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, false)", [longest_wait])
        try:
            for table in tables:
                _rewrite(cursor, table)
        finally:
            cursor.execute("reset lock_timeout")


def _rewrite(cursor: CursorWrapper, table: str) -> None:
    for pause in PAUSES:
        sleep(pause)
        if not _kept(cursor, table):
            return
    raise StillRead(table)


def _kept(cursor: CursorWrapper, table: str) -> int:
    """Rewrite a table once; return how many deleted rows were carried over."""
    told: list[str] = []

    def hear(said: Diagnostic) -> None:
        if said.message_detail:
            told.append(said.message_detail)

    link = cursor.connection
    link.add_notice_handler(hear)
    try:
        cursor.execute(sql.SQL("vacuum (full, verbose) {}").format(sql.Identifier(table)))
    finally:
        link.remove_notice_handler(hear)
    # The one detail that it gives begins with the number, in the language of the server: "3 dead row versions …".
    (detail,) = told
    (number, *_seconds) = _NUMBER.findall(detail)
    return int(number)
