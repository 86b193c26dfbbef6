"""A worker that is killed while keys or index epochs rotate: another goes on, and the end is the same."""

import os
import time
from datetime import timedelta
from functools import partial
from io import BytesIO
from random import Random

import pytest

from customers.models import Customer, IndexEntry
from customers.reindex import run as reindexing
from customers.rekey import run as rekeying
from customers.rotating import REINDEX, REKEY
from customers.values import place
from files import services as files
from files.rekeying import CHUNKS, TEXT, shut
from jobs.models import Job
from tests.customers.builders import bulk_make, synthetic_values
from tests.customers.rotating import begin
from tests.customers.test_rekey import headers, tampered, versions
from tests.customers.test_relabel_killed import finished, is_time, resume
from tests.files.conftest import ann, at
from tests.processes import Worker, wait_until
from trail.exposed import WRITTEN
from trail.models import Event, Exposure
from trail.services import clock
from vault import epochs
from vault.keyring import keys_for
from vault.models import DataKey
from vault.opening import EVIDENCE, FILES
from vault.transform import unchanged

__all__ = ["ann", "at"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
WAITED = timedelta(minutes=1)


def killed_again_and_again(job: Job, *, waits: str, on: str = "") -> None:
    """Kill so many workers, the last one while it waits for readers; let that wait seem over, and finish.

    :param on: the shelf that one more of them is killed on.
    """
    instants = Random(f"custinfo {job.kind} kills")
    for number in range(KILLS + bool(on)):
        before, worker = Job.objects.get(id=job.id).cursor, Worker()
        if number < KILLS - 1:
            reached = partial(goes_on, job, before)
        else:
            reached = partial(is_on, job, on) if number == KILLS - 1 and on else partial(has, job, waits)
        try:
            resume(job)
            wait_until(reached, seconds=300, what="another batch")
            wait_until(partial(is_time, time.monotonic() + instants.uniform(0, 0.3), job))
        finally:
            worker.kill()
    forget_the_wait(job, waits)
    worker = Worker()
    try:
        resume(job)
        wait_until(partial(finished, job), seconds=300, what="the rotation")
    finally:
        worker.stop()
    job.refresh_from_db()


def goes_on(job: Job, before: object) -> bool:
    return Job.objects.get(id=job.id).cursor != before or finished(job)


def is_on(job: Job, shelf: str) -> bool:
    return Job.objects.get(id=job.id).cursor.get("shelf") == shelf or finished(job)


def has(job: Job, moment: str) -> bool:
    return bool(Job.objects.get(id=job.id).cursor.get(moment))


def forget_the_wait(job: Job, moment: str) -> None:
    cursor = Job.objects.get(id=job.id).cursor
    cursor[moment] = (clock() - WAITED).isoformat()
    Job.objects.filter(id=job.id).update(cursor=cursor)


@pytest.mark.kills
def test_every_value_file_and_text_opens_under_one_new_key_after_kill_9(committed_house, worker, ann, at):
    rows = (KILLS + 1) * rekeying.BATCH_ROWS // 2 + 100
    refs = bulk_make(rows, portfolio=committed_house.north, at=clock())
    put = partial(files.put_file, name="a.csv", purpose="t", by=ann, at=at)
    held = [put(BytesIO(b"%d" % number), domain=(FILES, EVIDENCE)[number % 2]) for number in range(60)]
    told = [files.put_text("来电", about="t", subject=one, by=ann, at=at) for one in (*refs[:5], None)]
    job = begin(REKEY)

    killed_again_and_again(job, waits="resealed_at", on=CHUNKS.name)

    assert (job.outcome["customers"], job.outcome["values"], job.outcome["unreadable"]) == (rows, 5 * rows, 0)
    assert (job.outcome["files"], job.outcome["texts"]) == (2 * len(held), len(told))
    assert (headers(refs), versions(refs)) == ({(1, 2)}, {2})
    assert set(
        DataKey.objects.exclude(domain__in=("digests", "journal")).values_list("version", flat=True)
    ) == {2}
    for number, file in enumerate(held):
        receipt = files.record_read(file.id, by=ann, at=clock())
        assert b"".join(files.read_file(file.id, at=clock(), receipt=receipt)) == b"%d" % number
    assert not list(shut(TEXT))
    keys = keys_for(refs, "L3")
    for number, row in enumerate(Customer.objects.order_by("number")):
        mobile = synthetic_values(number)["mobile"]
        assert unchanged(row.sealed["mobile"], place(row.ref, "mobile"), keys, mobile)
    assert tampered() == []
    events = Event.objects.filter(facts__job=str(job.pk))
    assert Exposure.objects.filter(event__in=events, act=WRITTEN).count() == rows
    assert events.filter(kind="customers.rekeyed").count() == 1


@pytest.mark.kills
def test_everybody_is_indexed_once_in_one_epoch_after_kill_9(committed_house, worker, own_kek_file):
    rows = (KILLS + 1) * reindexing.BATCH_ROWS // 2 + 100
    bulk_make(rows, portfolio=committed_house.north, at=clock())
    before = list(IndexEntry.objects.order_by("customer", "field").values_list("customer", "field"))
    epochs.create(2, at=clock() - WAITED)
    job = begin(REINDEX, epoch=2)

    killed_again_and_again(job, waits="superseded_at")

    after = IndexEntry.objects.order_by("customer", "field")
    assert list(after.values_list("customer", "field")) == before
    assert set(after.values_list("epoch", flat=True)) == {2}
    assert (job.outcome["indexed"], job.outcome["deleted"]) == (len(before), len(before))
    assert Event.objects.filter(kind="customers.reindexed", facts__job=str(job.pk)).count() == 1
