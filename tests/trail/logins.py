"""Other logins than the application's, for what only they may try, and the outage that tests of others borrow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from tests.database import OWNER


def _login(user: str, password: str) -> psycopg.Connection[Any]:
    here = connection.settings_dict
    return psycopg.connect(
        dbname=here["NAME"],
        host=here["HOST"],
        port=here["PORT"],
        user=user,
        password=password,
        autocommit=True,
    )


def owner() -> psycopg.Connection[Any]:
    """Log in to the test database as its owner."""
    return _login(OWNER["default"]["USER"], OWNER["default"]["PASSWORD"])


def mightiest() -> Iterator[psycopg.Connection[Any]]:
    """Log in as the owner, and on embedded servers, whose password we know, as a superuser that silences triggers."""
    with owner() as login:
        yield login
    if os.environ.get("CUSTINFO_EMBEDDED"):
        from custinfo.servers import credentials
        from custinfo.servers.place import Place

        with _login(
            "postgres", credentials.keep(Place(Path(os.environ["KEK_FILE"]).parents[1]).secrets)["postgres"]
        ) as login:
            login.execute("set session_replication_role = replica")
            yield login


@contextmanager
def trail_refuses() -> Iterator[None]:
    """Take from the application the right to write events, for as long as the block lasts."""
    with owner() as login:
        granted = login.execute(
            "select string_agg(quote_ident(column_name), ', ') from information_schema.column_privileges"
            " where table_schema = 'public' and table_name = 'trail_event' and grantee = 'custinfo_app'"
            " and privilege_type = 'INSERT'"
        ).fetchone()
        assert granted is not None
        login.execute("revoke insert on trail_event from custinfo_app")
        try:
            yield
        finally:
            login.execute(f"grant insert ({granted[0]}) on trail_event to custinfo_app")
