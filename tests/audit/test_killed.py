"""An audit's worker that is killed in mid-run: another goes on, and nothing is found twice or left out."""

import os
from random import Random
from time import monotonic

import pytest

from audit.models import Audit, Finding
from audit.queries import audits as asking
from audit.services import audits
from jobs import services as jobs
from jobs.models import Job
from tests.processes import Worker, wait_until
from trail import services as trail
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
ALARMS = 300


def held(audit: Audit) -> Job:
    job = asking.last_job(audit)
    assert job is not None
    assert job.error_code == ""
    return job


def resume(job: Job) -> None:
    """Let the dead worker's lease run out, as ten minutes would, and nudge the job again.

    Its attempts are counted anew: that a job is given up after some without progress is another test's matter.
    """
    Job.objects.filter(id=job.id).update(lease_until=clock(), attempts=0)
    jobs.rescue(by=Actor.system("jobs.rescue"), at=clock())


@pytest.mark.kills
def test_goes_on_after_kill_9_and_finds_everything_once(cast):
    agent, officer = cast.agent(), cast.officer()
    start = Event.objects.latest("id").id if Event.objects.exists() else 0
    for _ in range(ALARMS):
        facts = {"proposal": "x", "proposal_kind": "y"}
        trail.record(get("approvals.self_approval"), by=agent, at=clock(), facts=facts)
    now = clock()
    audit = audits.start_by_hand(since=cast.at.replace(hour=0), until=now, by=officer, at=now)
    draw = Random("custinfo audit kills")
    for number in range(KILLS):
        worker = Worker()
        try:
            if number and held(audit).finished_at is None:
                resume(held(audit))
            wait_until(
                lambda: held(audit).attempts > 0 or held(audit).finished_at is not None, what="the worker"
            )
            moment = monotonic() + draw.uniform(0, 0.3)
            wait_until(lambda: monotonic() > moment)  # noqa: B023
        finally:
            worker.kill()
    worker = Worker()
    try:
        if held(audit).finished_at is None:
            resume(held(audit))
        wait_until(lambda: held(audit).finished_at is not None, seconds=120, what="the audit")
    finally:
        worker.stop()
    events = Event.objects.filter(id__gt=start)
    assert Finding.objects.filter(source="alarm", event__gt=start).count() == ALARMS
    assert events.filter(kind="finding.opened").count() == Finding.objects.count()
    assert events.filter(kind="audit.finished").count() == 1
