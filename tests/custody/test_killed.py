"""A worker that is killed while it wraps keys anew: another goes on, and the end is the same. Reads never fail."""

import os
import time
from functools import partial
from random import Random
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import pytest
from django.db import connections

from custody import acts, run
from jobs import running
from jobs import services as jobs
from jobs.models import Job
from tests.custody.conftest import Vault, subjects
from tests.database import APP, WORKER, log_in_as
from tests.processes import Worker, wait_until
from trail.models import Event
from trail.services import clock
from vault import rewrapping
from vault.keyring import keys_for, make_keys
from vault.models import DataKey, KekUse
from vault.place import Place
from vault.sealing import seal
from vault.transform import mask

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "keyring"]),
    pytest.mark.usefixtures("worker"),
]
KILLS = 20 if os.environ.get("SOAK") else 2
ROWS = 20_000 if os.environ.get("SOAK") else 6_000


@pytest.fixture
def worker(transactional_db):
    """Be the worker; the end of a test with real transactions makes everybody the web again."""
    log_in_as(WORKER)
    yield
    log_in_as(APP)


def sealed_values(rows: int) -> dict[UUID, str]:
    """Make so many data keys, and a value under each."""
    refs = subjects(rows)
    keys = make_keys(refs, "L3", at=clock())
    return {ref: seal("v", Place(ref, "L3", "f", 3), keys) for ref in refs}


def all_open(sealed: dict[UUID, str]) -> bool:
    keys = keys_for(sealed, "L3")
    return all(mask("note", text, Place(ref, "L3", "f", 3), keys) for ref, text in sealed.items())


def second_kek(vault: Vault) -> Job:
    """Let a second KEK wrap, and return the job that brings everything under it."""
    vault.do(acts.CREATE, version=2)
    vault.do(acts.PROMOTE, version=2)
    return vault.start(acts.REWRAP, version=2)


def finished(job: Job) -> bool:
    held = Job.objects.get(pk=job.pk)
    assert held.error_code == ""
    return held.finished_at is not None


def is_time(moment: float, job: Job) -> bool:
    return time.monotonic() > moment or finished(job)


def taken(job: Job, before: UUID | None) -> bool:
    return Job.objects.get(pk=job.pk).lease != before or finished(job)


@pytest.mark.kills
def test_every_key_is_wrapped_anew_once_after_kill_9(vault: Vault) -> None:
    sealed = sealed_values(ROWS)
    job = second_kek(vault)
    instants = Random("custinfo rewrap kills")
    for number in range(KILLS + 1):
        worker = Worker()
        try:
            Job.objects.filter(pk=job.pk).update(lease_until=clock())
            lease = Job.objects.get(pk=job.pk).lease
            jobs.nudge(job)
            if number == KILLS:
                wait_until(partial(finished, job), seconds=120, what="the re-wrap")
                break
            wait_until(partial(taken, job, lease), what="this worker's turn")
            wait_until(partial(is_time, time.monotonic() + instants.uniform(0, 0.1), job))
        finally:
            worker.kill()
    job.refresh_from_db()
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {2}
    assert job.done == job.total == job.outcome["keys"]
    # Each key of before once; those made meanwhile lay under it from the start.
    assert KekUse.objects.get(kek_version=2).wraps >= DataKey.objects.count() - 10
    assert Event.objects.filter(kind="custody.rewrapped", facts__job=str(job.pk)).count() == 1
    assert all_open(sealed)


def test_two_at_once_share_the_work_and_lose_nothing(vault: Vault, monkeypatch) -> None:
    monkeypatch.setattr(rewrapping, "BATCH_KEYS", 50)
    sealed = sealed_values(600)
    first = second_kek(vault)
    second = jobs.start(acts.REWRAP_JOB, by=vault.first, at=clock(), parameters=first.parameters)
    made = DataKey.objects.count()

    def work(job: Job) -> None:
        try:
            running.run(job.pk, run.rewrap)
        finally:
            connections.close_all()

    stop, failures = Flag(), []

    def read() -> None:
        try:
            while not stop.is_set():
                if not all_open(dict(list(sealed.items())[:40])):
                    failures.append("closed")
                make_keys(subjects(1), "L3", at=clock())
        except Exception as error:  # noqa: BLE001  the thread tells the test
            failures.append(repr(error))
        finally:
            connections.close_all()

    reader = Thread(target=read)
    workers = [Thread(target=work, args=[job]) for job in (first, second)]
    for thread in (reader, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    stop.set()
    reader.join()
    assert failures == []
    assert finished(first)
    assert finished(second)
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {2}
    assert KekUse.objects.get(kek_version=2).wraps == DataKey.objects.count()
    assert made <= DataKey.objects.count()
    assert all_open(sealed)
