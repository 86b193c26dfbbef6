"""The job that archives a month, and the one that verifies values, killed at any instant: the same end, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic
from uuid import UUID

import pytest
from django.db import connection

from audit.archive import run, writing
from customers.verification.run import start_due, verify
from jobs import running
from jobs.models import Job
from tests.audit.test_archive import NEXT, OLD, House, files
from tests.database import APP, OWNER, log_in_as
from tests.processes import BASE_DIR, environment, wait_until
from tests.trail.cast import ALICE
from tests.trail.sealing.acts import seal_all
from trail import archive
from trail.models import Event
from trail.sealing.walls import TABLES
from trail.services import clock

pytestmark = [
    pytest.mark.kills,
    pytest.mark.django_db(transaction=True, databases=["default", "keyring"]),
]
PARTS = 256
"""As of a million customers, so that there are many instants to be killed at."""
KILLS = 20 if os.environ.get("SOAK") else 2
WORKS = """
import importlib, sys
from uuid import UUID
import django
django.setup()
from jobs import running
name, _, work = sys.argv[1].rpartition(".")
work = getattr(importlib.import_module(name), work)
print("ready", flush=True)
running.run(UUID(sys.argv[2]), work)
"""


@pytest.fixture
def house(transactional_db: None, settings, tmp_path: Path) -> Iterator[House]:
    """A trail that is emptied afterwards: what left it is in no other test's archive."""
    settings.TRAIL_ARCHIVE = str(tmp_path / "archive")
    yield House()
    log_in_as(OWNER)
    try:
        names = ", ".join(TABLES)
        triggers = "; ".join(f"alter table {name} disable trigger never_emptied" for name in _each())
        back = "; ".join(f"alter table {name} enable always trigger never_emptied" for name in _each())
        with connection.cursor() as cursor:
            cursor.execute(f"{triggers}; truncate {names} cascade; {back}")
            # A month of long ago that stays would be a gap of years to whoever verifies next.
            cursor.execute(f"drop table if exists {', '.join(_long_ago())}")
    finally:
        log_in_as(APP)


def _long_ago() -> list[str]:
    months = (OLD, NEXT)
    return [f"{name}_{month:%Y_%m}" for name in ("trail_event", "trail_exposure") for month in months]


def _each() -> list[str]:
    """Return the tables of the trail with their partitions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = any(%s::regclass[])",
            [["trail_event", "trail_exposure"]],
        )
        return [*TABLES, *(name for (name,) in cursor.fetchall())]


def killed(work: str, job: Job, settings, seconds: float) -> None:
    """Let another process work on a job, and kill it after so many seconds."""
    names = environment(keyring="KEYRING_DATABASE_WORKER_URL")
    names |= {"DJANGO_SETTINGS_MODULE": "custinfo.settings", "CUSTINFO_MODE": "test"}
    names |= {"TRAIL_ARCHIVE": settings.TRAIL_ARCHIVE}
    command = [sys.executable, "-c", WORKS, work, str(job.id)]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=names, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    moment = monotonic() + seconds
    wait_until(lambda: monotonic() > moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    # The dead one's lease runs out, as ten minutes would have it.
    Job.objects.filter(id=job.id, finished_at=None).update(lease_until=clock())


def test_a_month_leaves_once_however_often_its_job_is_killed(house, settings) -> None:
    seal_all()
    job = house.sign(house.propose())
    Job.objects.filter(id=job.id).update(cursor={"months": 0, "part": 0, "parts": PARTS})
    draw = Random("custinfo archive kills")
    for _ in range(KILLS):
        killed("audit.archive.run.run", job, settings, draw.uniform(0.05, 2.5))
        gone = OLD not in archive.months_online()
        assert gone == bool(archive.archived())
        assert Event.objects.filter(id__in=house.events).count() == (0 if gone else 2)
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert (job.error_code, job.done) == ("", PARTS + 1)
    (one,) = archive.archived()
    assert writing.is_there(one.file, one.sha256)
    assert [name for name in files(settings) if not name.startswith(".")] == [one.file]
    assert Event.objects.filter(kind="trail.archived").count() == 1
    assert sum(Event.objects.filter(kind="values.carried").values_list("facts__customers", flat=True)) == 3


def test_values_are_verified_once_however_often_the_run_is_killed(house, settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update customers_customer set sealed = '{}' where ref = %s", [house.refs[0]])
    job = start_due(by=ALICE, at=clock())
    assert job is not None
    Job.objects.filter(id=job.id).update(total=PARTS)
    draw = Random("custinfo verify kills")
    for _ in range(KILLS):
        killed("customers.verification.run.verify", job, settings, draw.uniform(0.05, 1.5))
    running.run(job.id, verify)
    job.refresh_from_db()
    assert (job.error_code, job.done) == ("", PARTS)
    told = [
        UUID(ref)
        for event in Event.objects.filter(kind="values.tampered")
        for ref in event.facts["customers"]
    ]
    assert [ref for ref in told if ref in house.refs] == [house.refs[0]]
