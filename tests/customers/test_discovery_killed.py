"""A worker that is killed in mid-run: another goes on, and the doubts are those of an undisturbed run."""

import os
import time
from functools import partial
from random import Random

import pytest

from customers.discovery.run import BATCH_ROWS
from customers.models import DoubtSighting, LabelDoubt
from customers.services import doubts
from jobs import services as jobs
from jobs.models import Job
from tests.customers.discovering import MOBILE, RESIDENT_ID, hold, in_short, run_now
from tests.processes import Worker, wait_until
from trail.actor import Actor
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
ROWS = (KILLS + 2) * 8 * BATCH_ROWS + 100


def documents():
    for number in range(ROWS):
        document = {"service_note": "老客户", "business_number": f"B-{number:06d}", "city": "上海"}
        if number % 997 == 0:
            document["service_note"] = f"回电{MOBILE}"
        if number % 10 == 0:
            document["business_number"] = RESIDENT_ID
        yield document


def resume(job: Job) -> None:
    """Let the dead worker's lease run out, as half a minute would, and nudge the job again."""
    Job.objects.filter(id=job.id).update(lease_until=clock())
    jobs.rescue(by=Actor.system("jobs.rescue"), at=clock())


def held(job: Job) -> Job:
    found = Job.objects.get(id=job.id)
    assert found.error_code == ""
    return found


def goes_on(job: Job, before: int) -> bool:
    return held(job).done > before or held(job).finished_at is not None


def is_past(moment: float) -> bool:
    return time.monotonic() > moment


@pytest.mark.kills
def test_resumes_after_kill_9_with_the_doubts_of_an_undisturbed_run(committed_house):
    hold(committed_house.north, *documents())
    first_event = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    job = doubts.start_now(by=committed_house.officer, at=clock())
    instants = Random("custinfo discovery kills")
    for number in range(KILLS):
        before, worker = held(job).done, Worker()
        try:
            if number:
                resume(job)
            wait_until(partial(goes_on, job, before), what="another batch")
            moment = time.monotonic() + instants.uniform(0, 0.1)
            wait_until(partial(is_past, moment))
        finally:
            worker.kill()
    killed = held(job)
    worker = Worker()
    try:
        if killed.finished_at is None:
            resume(job)
        wait_until(lambda: held(job).finished_at is not None, seconds=120, what="the run")
    finally:
        worker.stop()
    disturbed, outcome = in_short(), held(job).outcome
    assert outcome["customers"] == ROWS
    assert outcome["values"] == 3 * ROWS
    assert ("field", "business_number", "resident_id", "open", ROWS, ROWS // 10 + (ROWS % 10 > 0)) in {
        one[:6] for one in disturbed
    }
    assert DoubtSighting.objects.count() == LabelDoubt.objects.count(), "nothing was noted twice"
    assert Event.objects.filter(id__gt=first_event, kind="discovery.finished").count() == 1
    again = run_now(committed_house.officer)
    assert in_short() == disturbed
    assert again.outcome["seen"] == outcome["new"], "what was noted is known; the rest of a long list follows"
