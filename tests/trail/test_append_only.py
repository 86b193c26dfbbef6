"""Nobody changes, empties or backdates the trail: not the application, not the owner, not a superuser."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.trail.cast import ALICE, SHOWN, WANG
from tests.trail.logins import mightiest
from trail import services
from trail.exposed import Exposed
from trail.models import AppendOnly, Event, Exposure

TABLES = ("trail_event", "trail_exposure")


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = any(%s::regclass[]) order by 1",
            [list(TABLES)],
        )
        return [name for (name,) in cursor.fetchall()]


def tampering(table: str) -> list[str]:
    return [
        f"update {table} set actor_id = null",
        f"delete from {table}",
        f"truncate {table}",
        f"truncate {table} cascade",
        f"insert into {table} select * from {table} on conflict (id, at) do update set actor_id = null",
        f"merge into {table} one using {table} other on one.id = other.id when matched then delete",
    ]


@pytest.fixture
def written(db) -> None:
    services.record(SHOWN, by=ALICE, at=services.clock(), exposures=[Exposed(WANG, "opened")])


def test_the_application_cannot_tamper(written):
    services.make_partitions(by=ALICE, at=services.clock(), months=30)
    parts = partitions()
    assert len(parts) >= 60
    for table in (*TABLES, *parts):
        for statement in tampering(table):
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                transaction.atomic(),
            ):
                connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "drop table trail_event",
        "alter table trail_event disable trigger all",
        "alter table trail_event add column more text",
        "drop function trail_refuse() cascade",
        "create trigger harmless before insert on trail_event for each row execute function trail_refuse()",
        "insert into trail_event (id) values (1)",
        "insert into trail_event (recorded_at) values (now())",
        "select setval('trail_event_id_seq', 1)",
        "insert into {month} (kind) values ('x')",
        "select * from {month}",
    ],
)
def test_the_application_cannot_take_down_the_walls_or_write_around_them(db, statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement.replace("{month}", f"trail_event_{services.clock():%Y_%m}"))


@pytest.mark.django_db(transaction=True)
def test_neither_owner_nor_superuser_tampers():
    at = services.clock()
    event = services.record(SHOWN, by=ALICE, at=at, exposures=[Exposed(WANG, "opened")]).event
    tried = 0
    for login in mightiest():
        for table in TABLES:
            parts = [part for part in partitions() if part == f"{table}_{at:%Y_%m}"]
            assert parts
            for place in (table, *parts):
                for statement in tampering(place):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                        login.execute(statement)
                    tried += 1
    assert tried
    assert Event.objects.get(id=event, at=at).actor_id == ALICE.id
    assert Exposure.objects.get(event_id=event, at=at).actor_id == ALICE.id


def test_every_partition_has_both_triggers_always(db):
    services.make_partitions(by=ALICE, at=services.clock(), months=30)
    everything = {*TABLES, *partitions()}
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger"
            " where tgrelid = any(%s::regclass[])",
            [list(everything)],
        )
        found = cursor.fetchall()
    assert sorted(found) == sorted(
        (table, name, "A") for table in everything for name in ("append_only", "never_emptied")
    )


def test_the_models_say_so_before_the_database_does(written):
    event = Event.objects.latest("at")
    for tamper in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(kind="x"),
        lambda: Event.objects.create(kind="x"),
        lambda: Exposure.objects.bulk_create([Exposure()]),
        lambda: event.exposures.all().delete(),
    ):
        with pytest.raises(AppendOnly):
            tamper()
