"""Several sealers by mistake, and sealers that are killed: no fork, nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from random import Random

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests.processes import BASE_DIR, environment
from tests.trail.cast import TOLD
from tests.trail.sealing.acts import BY
from trail import services
from trail.models import Checkpoint, Event
from trail.sealing import hashing, sealer
from trail.sealing.verification import verify

KILLS = 20 if os.environ.get("SOAK") else 2
EVENTS = 3000
SEALER = """
import os, sys
import django
django.setup()
from trail import services
from trail.actor import Actor
from trail.sealing import hashing, sealer
sealer.MOST = 40
print("ready", flush=True)
while sealer.seal(by=Actor.system("trail.seal"), at=services.clock()) or "--wait" in sys.argv:
    pass
"""


def start(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SEALER, *words],
        cwd=BASE_DIR,
        env=environment() | {"DJANGO_SETTINGS_MODULE": "custinfo.settings", "CUSTINFO_MODE": "test"},
        stdout=subprocess.PIPE,
        text=True,
    )


def fill() -> int:
    """Make events; return how many in all have no leaf yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trail_event (at, actor_number, actor_name, roles, department, site, site_region,"
            " acting_as, mode, kind, facts, decision, rule, purpose, request, zone, session_hash)"
            " select clock_timestamp(), 'A', 'A', '{}',"
            " '', '', '', '', 'human', 'test.shown', '{}', '', '', '', '', '', '' from generate_series(1, %s)",
            [EVENTS],
        )
    return Event.objects.count()


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_neither_fork_nor_lose_when_two_seal_and_are_killed(capsys, monkeypatch):
    monkeypatch.setattr(hashing, "BATCH", 256)  # here several connections hash side by side
    while sealer.seal(by=BY, at=services.clock(), everything=True):
        pass
    count, instants = fill(), Random("custinfo sealer kills")
    for _ in range(KILLS):
        pair = [start("--wait"), start("--wait")]
        for one in pair:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        time.sleep(instants.uniform(0.05, 0.4))  # a random instant is what is tested
        for one in pair:
            one.send_signal(signal.SIGKILL)
            one.communicate()
    while sealer.seal(by=BY, at=services.clock(), everything=True):
        pass
    assert Checkpoint.objects.latest("size").size == count
    verdict = verify()
    assert (verdict.bad, verdict.missing) == ([], [])
    with pytest.raises(SystemExit) as left:
        call_command("verify_trail")
    said = capsys.readouterr().out.splitlines()
    assert (left.value.code, said[-1]) == (0, "WHOLE")
    assert f"{count} sealed events" in said[0]


@pytest.mark.django_db(transaction=True)
def test_lets_one_work_while_another_waits():
    """The lock is the other's: nothing is sealed, and nobody waits."""
    here = connection.settings_dict
    with psycopg.connect(
        dbname=here["NAME"],
        host=here["HOST"],
        port=here["PORT"],
        user=here["USER"],
        password=here["PASSWORD"],
    ) as other:
        other.execute("select pg_advisory_xact_lock(hashtext('trail.sealing'))")
        services.record(TOLD, by=BY, at=services.clock(), facts={"count": 1, "fields": []})
        size = getattr(Checkpoint.objects.order_by("size").last(), "size", 0)
        assert sealer.seal(by=BY, at=services.clock()) is None
        assert getattr(Checkpoint.objects.order_by("size").last(), "size", 0) == size
        other.rollback()
        assert sealer.seal(by=BY, at=services.clock()) is not None
