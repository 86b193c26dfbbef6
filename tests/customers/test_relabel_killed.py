"""A worker that is killed while values move: another goes on, and the end is the same."""

import os
import time
from functools import partial
from random import Random

import pytest
from django.db.models import Q

from customers.models import Customer, IndexEntry
from customers.relabel.run import BATCH_ROWS, RELABEL
from customers.values import place
from files.models import ApartDeposit, ApartPart
from jobs import services as jobs
from jobs.models import Job
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.labels import signed
from tests.processes import Worker, wait_until
from trail.exposed import WRITTEN
from trail.models import Event, Exposure
from trail.services import clock
from vault.keyring import keys_for
from vault.transform import unchanged

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
ROWS = (KILLS + 1) * BATCH_ROWS + 300


def resume(job: Job) -> None:
    """Let the dead worker's lease run out, as half a minute would, and nudge the job again."""
    Job.objects.filter(id=job.id).update(lease_until=clock())
    jobs.nudge(job)


def finished(job: Job) -> bool:
    held = Job.objects.get(id=job.id)
    assert held.error_code == ""
    return held.finished_at is not None


def goes_on(job: Job, before: int) -> bool:
    return Job.objects.values_list("done", flat=True).get(id=job.id) > before or finished(job)


def is_time(moment: float, job: Job) -> bool:
    return time.monotonic() > moment or finished(job)


def killed_and_finished(job: Job, kills: int) -> None:
    """Let workers begin a job and die at random instants, and one more finish it."""
    instants = Random(f"custinfo relabel kills {job.parameters['field']}")
    for number in range(kills):
        before, worker = Job.objects.values_list("done", flat=True).get(id=job.id), Worker()
        try:
            resume(job)
            if number % 2 == 0:
                wait_until(partial(goes_on, job, before), what="another batch")
            moment = time.monotonic() + instants.uniform(0, 0.3)
            wait_until(partial(is_time, moment, job))
        finally:
            worker.kill()
    worker = Worker()
    try:
        resume(job)
        wait_until(partial(finished, job), seconds=300, what="the relabelling")
    finally:
        worker.stop()
    job.refresh_from_db()


@pytest.mark.kills
def test_every_value_is_sealed_once_after_kill_9(committed_house):
    bulk_make(ROWS, portfolio=committed_house.north, at=clock())
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    signed(committed_house, "full_name", level=3)
    job = Job.objects.get(kind=RELABEL)
    killed_and_finished(job, KILLS)
    assert (job.outcome["moved"], job.done, job.total) == (ROWS, ROWS, ROWS)
    rows = list(Customer.objects.order_by("number"))
    keys = keys_for([row.ref for row in rows], "L3")
    for number, row in enumerate(rows):
        name = synthetic_values(number)["full_name"]
        assert (row.version, "full_name" in row.open) == (2, False)
        assert unchanged(row.sealed["full_name"], place(row.ref, "full_name"), keys, name)
    assert IndexEntry.objects.filter(field="mobile").count() == 2 * ROWS
    written = Exposure.objects.filter(event_id__gt=start, act=WRITTEN)
    assert written.count() == ROWS
    assert Event.objects.filter(id__gt=start, kind="relabel.finished").count() == 1


@pytest.mark.kills
def test_every_value_is_handed_over_to_l4_once_after_kill_9(committed_house):
    rows = 2 * BATCH_ROWS + 100
    bulk_make(rows, portfolio=committed_house.north, at=clock())
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    signed(committed_house, "mobile", level=4, index="none")
    job = Job.objects.get(kind=RELABEL)
    killed_and_finished(job, KILLS)
    assert (job.outcome["moved"], job.outcome["misfits"], job.done) == (rows, 0, rows)
    assert not Customer.objects.filter(Q(open__has_key="mobile") | Q(sealed__has_key="mobile")).exists()
    assert not IndexEntry.objects.filter(field="mobile").exists()
    handed = list(ApartDeposit.objects.filter(field="mobile").values_list("subject", flat=True))
    assert len(handed) == len(set(handed)) == rows
    assert ApartPart.objects.count() == rows
    assert Event.objects.filter(id__gt=start, kind="relabel.finished").count() == 1
