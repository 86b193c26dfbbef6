"""A database notes what others migrate, makes what is its own, and goes on where it broke off."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import make_conninfo

from custinfo.migrating import Executor
from tests.database import OWNER

ENDS = [("vault", "0005_destruction_journal"), ("trail", "0008_notes_of_witnesses")]
"""The keyring's own migrations, and some of an app that lives in another database."""
MADE = """
select relname, attname, format_type(atttypid, atttypmod), attnotnull from pg_class
    join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid), true from pg_constraint
    where connamespace = 'public'::regnamespace
union all select tgrelid::regclass::text, tgname, tgenabled::text, true from pg_trigger where not tgisinternal
order by 1, 2, 3
"""


@pytest.fixture
def keyring(django_db_setup: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give an empty keyring in the place of that of this test run."""
    name = f"migrating_{os.getpid()}"
    server = make_conninfo(os.environ["KEYRING_DATABASE_OWNER_URL"], dbname="postgres")
    with django_db_blocker.unblock(), psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"drop database if exists {name}")
        owner.execute(f"create database {name} template template0")
        held = connections["keyring"]
        empty = connections["keyring"] = connections.create_connection("keyring")
        empty.settings_dict = held.settings_dict | OWNER["keyring"] | {"NAME": name}
        yield empty
        empty.close()
        connections["keyring"] = held
        owner.execute(f"drop database {name}")


def asked(connection: BaseDatabaseWrapper, query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def noted(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    return set(asked(connection, "select app, name from django_migrations"))


def migrate(executor: MigrationExecutor, ends: list[tuple[str, str]] = ENDS) -> None:
    """Do what `manage.py migrate` does with an executor."""
    plan = executor.migration_plan(ends)
    assert not {(step.app_label, step.name) for step, _ in plan} & noted(executor.connection)
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    executor.migrate(ends, plan=plan, state=state)


@pytest.fixture
def djangos(keyring: BaseDatabaseWrapper) -> tuple[list[Any], set[tuple[str, str]]]:
    """What Django's own executor makes and notes."""
    executor = MigrationExecutor(keyring)
    executor.recorder.ensure_schema()
    migrate(executor)
    made = asked(keyring, MADE), noted(keyring)
    with keyring.cursor() as cursor:
        cursor.execute("drop schema public cascade; create schema public")
    return made


def test_makes_what_django_makes_and_goes_on_where_it_broke_off(
    keyring: BaseDatabaseWrapper, djangos: tuple[list[Any], set[tuple[str, str]]]
) -> None:
    Executor(keyring).recorder.ensure_schema()
    migrate(Executor(keyring), [("vault", "0002_kek_life")])
    assert noted(keyring) == {("vault", "0001_keyring"), ("vault", "0002_kek_life")}

    with keyring.cursor() as cursor:
        cursor.execute("create table vault_tombstone (in_the_way int)")
    with pytest.raises(ProgrammingError, match="already exists"):
        migrate(Executor(keyring))
    with keyring.cursor() as cursor:
        cursor.execute("drop table vault_tombstone")
    assert ("vault", "0004_sealing_the_site") in noted(keyring)
    assert ("vault", "0005_destruction_journal") not in noted(keyring)
    assert not [
        row for row in asked(keyring, MADE) if row[0] == "vault_journalentry"
    ]  # the first half of 0005

    migrate(Executor(keyring))
    assert (asked(keyring, MADE), noted(keyring)) == djangos
    assert {app for app, _ in noted(keyring)} == {"vault", "trail"}
    assert not [row for row in asked(keyring, MADE) if row[0].startswith("trail_")]
