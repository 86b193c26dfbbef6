"""A trail of one's own, as a superuser: emptied, filled and tampered with in one transaction that is rolled back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.database import APP, OWNER
from tests.trail.sealing.acts import BY
from trail.models import Checkpoint
from trail.sealing import sealer
from trail.sealing.walls import TABLES
from trail.services import clock

EVENTS = 1200
SEALED_AT = (400, 800, 1200)
WITNESSED = 2
"""How many of the checkpoints the witness has."""
_FILL = """
with made as (
    insert into trail_event (at, recorded_at, actor_id, actor_number, actor_name, roles, department, site, site_region,
        acting_as, mode, kind, facts, decision, rule, purpose, request, zone, session_hash)
    select %(start)s + n * interval '1 minute', %(start)s + n * interval '1 minute', gen_random_uuid(), 'A' || n,
        '王' || n, '{agent}', 'north', '', '', '', 'human', 'test.shown', jsonb_build_object('n', n),
        'clear', 'r1', '', '', '', ''
    from generate_series(0, %(last)s) n returning id, at
)
insert into trail_exposure (at, event_id, customer, portfolio, portfolio_region, clear, masked, level, act)
select at, id, gen_random_uuid(), 'north', '', '{mobile}', '{}', 3, 'revealed' from made, generate_series(1, 2)
"""


@dataclass
class Mighty:
    """The trail that is tampered with: `ids[n]` is the event of leaf n."""

    start: datetime
    ids: list[int]
    kept: list[str]
    """Notes that a witness has."""

    def execute(self, sql: str, parameters: dict[str, int | str] | None = None) -> None:
        """Run statements with all triggers off, and have the walls stand again afterwards."""
        with walls_down(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)

    def seal(self, size: int) -> None:
        """Seal as the true sealer, or the thief of its key, does when `size` events are there."""
        sealer.seal(by=BY, at=self.start + timedelta(minutes=size))


@contextmanager
def walls_down() -> Iterator[None]:
    """Take the triggers off, as an owner or superuser can, and put them back."""
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"alter table {name} disable trigger append_only" for name in TABLES))
        yield
        cursor.execute("; ".join(f"alter table {name} enable always trigger append_only" for name in TABLES))


def _superuser() -> dict[str, str]:
    """On servers of others the owner is the mightiest whose password we know; it can take the triggers off too."""
    if not os.environ.get("CUSTINFO_EMBEDDED"):
        return OWNER["default"]
    from custinfo.servers import credentials
    from custinfo.servers.place import Place

    held = credentials.keep(Place(Path(os.environ["KEK_FILE"]).parents[1]).secrets)
    return {"USER": "postgres", "PASSWORD": held["postgres"]}


@pytest.fixture
def as_superuser(django_db_setup: None) -> Iterator[None]:
    """Be a superuser in the test that `db` wraps into a transaction: it is asked for after this."""
    connection.close()
    connection.settings_dict.update(_superuser())
    yield
    connection.close()
    connection.settings_dict.update(APP["default"])


@pytest.fixture
def mighty(as_superuser: None, db: None) -> Mighty:
    """Give a trail of 1,200 events, sealed three times, witnessed twice."""
    return _fill()


def _fill() -> Mighty:
    start = clock() - timedelta(minutes=EVENTS + 60)
    with connection.cursor() as cursor:
        cursor.execute("select trail_make_partitions(%s::date, 1)", [start.date()])
        with walls_down():
            cursor.execute("; ".join(f"delete from {name}" for name in reversed(TABLES)))
        first = 0
        for size in SEALED_AT:
            cursor.execute(_FILL, {"start": start + timedelta(minutes=first), "last": size - first - 1})
            sealer.seal(by=BY, at=start + timedelta(minutes=size))
            first = size
        cursor.execute("select event_id from trail_leaf order by index")
        ids = [id for (id,) in cursor.fetchall()]
    notes = list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert (len(ids), len(notes)) == (EVENTS, len(SEALED_AT))
    assert settings.TRAIL_OUTBOX == ""
    return Mighty(start, ids, notes[:WITNESSED])
