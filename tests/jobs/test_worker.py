"""A real worker: nudged, killed, rescued, and every number counted once."""

import pytest
from celery import current_app
from django.db import close_old_connections

from jobs import services
from jobs.models import Job, State
from tests.jobs.counting import KIND, counted, gate
from tests.jobs.worker import broker_at, eventually, worker
from trail.services import clock

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


def finished(job: Job) -> bool:
    return Job.objects.get(id=job.id).state(clock()) is State.FINISHED


def rescued(job: Job) -> bool:
    """Do what beat does every few seconds."""
    current_app.send_task("jobs.tasks.rescue")
    return finished(job)


def test_works_on_what_it_is_nudged_about(ann):
    with worker("tests.jobs.counting") as ours:
        ours.start()
        job = services.start(KIND, by=ann, at=clock(), parameters={}, total=20)
        eventually(lambda: finished(job), what="the job")
        ours.stop()

    assert counted() == list(range(1, 21))
    assert Job.objects.get(id=job.id).outcome == {"counted": 20}


def test_resumes_after_kill_9_in_mid_batch(ann):
    with worker("tests.jobs.counting") as ours:
        ours.start()
        job = services.start(KIND, by=ann, at=clock(), parameters={"wait_at": 8}, total=20)
        assert gate().blpop(f"reached:{job.id}", timeout=60)
        ours.kill()
        row = Job.objects.get(id=job.id)
        assert (row.done, counted()) == (7, [1, 2, 3, 4, 5, 6, 7])

        ours.start()
        eventually(lambda: rescued(job), what="the job to be resumed")

    assert counted() == list(range(1, 21))
    assert Job.objects.get(id=job.id).attempts <= 2


def test_leaves_its_batch_when_stopped(ann):
    with worker("tests.jobs.counting") as ours:
        ours.start()
        job = services.start(KIND, by=ann, at=clock(), parameters={"wait_at": 3}, total=20)
        assert gate().blpop(f"reached:{job.id}", timeout=60)
        services.stop(job.id, by=ann, at=clock())
        gate().lpush(f"go_on:{job.id}", 1)
        other = services.start(KIND, by=ann, at=clock(), parameters={}, total=0)
        eventually(lambda: finished(other), what="the next job")

    assert counted() == [1, 2]
    assert Job.objects.get(id=job.id).state(clock()) is State.STOPPED


def test_loses_no_job_when_the_broker_is_away(ann, caplog):
    with broker_at("redis+socket:///nowhere/redis.sock"):
        job = services.start(KIND, by=ann, at=clock(), parameters={}, total=2)

    assert "was not delivered" in caplog.text
    Job.objects.filter(id=job.id).update(nudged_at=job.created_at.replace(year=2020))
    with worker("tests.jobs.counting") as ours:
        ours.start()
        eventually(lambda: rescued(job), what="the job to be rescued")
    close_old_connections()
    assert counted() == [1, 2]
