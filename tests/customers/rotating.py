"""Short ways through a rotation, for tests."""

from customers import rotating
from customers.reindex import run as reindexing
from customers.rekey import run as rekeying
from customers.rotating import REINDEX, REKEY, RESEAL
from jobs import running
from jobs.models import Job
from trail.actor import Actor
from trail.services import clock

WORKS = {REKEY: rekeying.rekey, RESEAL: rekeying.change_suite, REINDEX: reindexing.reindex}
BY = Actor.system("tests")


def begin(kind: str, **parameters: object) -> Job:
    return rotating.start(kind, parameters=parameters, by=BY, at=clock())


def work(job: Job) -> Job:
    running.run(job.id, WORKS[job.kind])
    job.refresh_from_db()
    return job


def rotate(kind: str, **parameters: object) -> Job:
    job = work(begin(kind, **parameters))
    assert (job.error_code, job.finished_at is None) == ("", False)
    return job
