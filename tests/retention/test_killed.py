"""A worker that is killed while a batch is destroyed: another goes on, and the end is the same."""

import os
import time
from functools import partial
from random import Random

import pytest

from customers.models import Customer
from jobs import services as jobs
from jobs.models import Job
from retention.destroying import DESTROY
from retention.models import DestructionRecord
from tests.customers.builders import bulk_make
from tests.processes import Worker, wait_until
from tests.retention.destroying import approved, proposed
from trail.models import Event, Exposure
from trail.services import clock
from vault.models import DataKey, JournalEntry, Tombstone

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
ROWS = 1200


def resume(job: Job) -> None:
    """Let the dead worker's lease run out, as minutes would, and nudge the job again."""
    Job.objects.filter(id=job.id).update(lease_until=clock())
    jobs.nudge(job)


def finished(job: Job) -> bool:
    held = Job.objects.get(id=job.id)
    assert held.error_code == ""
    return held.finished_at is not None


def begun(job: Job) -> bool:
    return Job.objects.get(id=job.id).total is not None or finished(job)


def is_time(moment: float, job: Job) -> bool:
    return time.monotonic() > moment or finished(job)


@pytest.mark.kills
def test_destroys_everything_once_after_kill_9(worker_house):
    refs = bulk_make(ROWS, portfolio=worker_house.north, at=clock())
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    batch = proposed(refs[5:])
    job = approved(batch, worker_house)
    instants = Random("custinfo destruction kills")
    for _number in range(KILLS):
        worker = Worker()
        try:
            resume(job)
            wait_until(partial(begun, job), what="the worker")
            moment = time.monotonic() + instants.uniform(0, 0.5)
            wait_until(partial(is_time, moment, job))
        finally:
            worker.kill()
    worker = Worker()
    try:
        resume(job)
        wait_until(partial(finished, job), seconds=120, what="the destruction")
    finally:
        worker.stop()
    gone = ROWS - 5
    assert set(Customer.objects.values_list("ref", flat=True)) == set(refs[:5])
    assert set(DataKey.objects.filter(domain="L3").values_list("subject", flat=True)) == set(refs[:5])
    assert JournalEntry.objects.count() == gone
    assert Tombstone.objects.count() == 2 * gone
    erased = Event.objects.filter(id__gt=start, kind="customer.erased")
    assert sum(facts["customers"] for facts in erased.values_list("facts", flat=True)) == gone
    assert Exposure.objects.filter(event_id__in=erased.values("id")).count() == gone
    assert Event.objects.filter(id__gt=start, kind="retention.destroyed").count() == 1
    content = DestructionRecord.objects.get(batch=batch).content
    assert (content["customers"], content["before"]["customers"]) == (gone, gone)
    assert set(content["left"].values()) == {0}
    assert Job.objects.filter(kind=DESTROY).count() == 1
