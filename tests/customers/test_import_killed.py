"""A worker that is killed in mid-import: another goes on, and the end is the same."""

import os
import time
from functools import partial
from random import Random

import pytest

from customers.imports.run import BATCH_ROWS
from customers.models import Customer, ImportProblem
from jobs import services as jobs
from jobs.models import Job
from tests.customers.files import text_file
from tests.customers.importing import HEADER, bring_in, check, counts, final_state, reported, start, table_row
from tests.processes import Worker, wait_until
from trail.actor import Actor
from trail.models import Event, Exposure
from trail.services import clock

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
KILLS = 20 if os.environ.get("SOAK") else 2
ROWS = (KILLS + 1) * BATCH_ROWS + 300
DEFECTS = (5, BATCH_ROWS + 7, 3 * BATCH_ROWS + 1)


def the_file() -> bytes:
    rows = [table_row(number) for number in range(ROWS)]
    for row in DEFECTS:
        rows[row][HEADER.index("手机号")] = "12345"
    rows.append(rows[10])
    return text_file(HEADER, rows, "gb18030")


def resume(job: Job) -> None:
    """Let the dead worker's lease run out, as half a minute would, and nudge the job again."""
    Job.objects.filter(id=job.id).update(lease_until=clock())
    jobs.rescue(by=Actor.system("jobs.rescue"), at=clock())


def done(job: Job) -> int:
    return Job.objects.values_list("done", flat=True).get(id=job.id)


def finished(job: Job) -> bool:
    held = Job.objects.get(id=job.id)
    assert held.error_code == ""
    return held.finished_at is not None


def goes_on(job: Job, before: int) -> bool:
    return done(job) > before or finished(job)


def is_time(moment: float, job: Job) -> bool:
    return time.monotonic() > moment or finished(job)


@pytest.mark.kills
def test_resumes_after_kill_9_with_the_same_final_state(committed_house):
    first_event = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    tried = check(the_file(), committed_house.supervisor)
    job = start(tried, committed_house.supervisor)
    instants = Random("custinfo import kills")
    for number in range(KILLS):
        before, worker = done(job), Worker()
        try:
            if number:
                resume(job)
            if number % 2 == 0:
                wait_until(partial(goes_on, job, before), what="another batch")
            moment = time.monotonic() + instants.uniform(0, 0.5)
            wait_until(partial(is_time, moment, job))
        finally:
            worker.kill()
        if finished(job):
            break
    worker = Worker()
    try:
        resume(job)
        wait_until(lambda: finished(job), seconds=300, what="the import")
    finally:
        worker.stop()
    job.refresh_from_db()
    assert counts(job) == counts(tried) == (ROWS - len(DEFECTS), 0, 0, len(DEFECTS) + 1)
    assert reported(job) == reported(tried)
    assert ImportProblem.objects.filter(job=job.id).count() == len(DEFECTS) + 1
    state = final_state()
    assert len(state) == ROWS - len(DEFECTS)
    assert all(
        version == 1 and all(right.values()) and len(index) == 7 for _, _, version, _, right, index in state
    )
    written = Exposure.objects.filter(event_id__gt=first_event, act="written")
    assert written.count() == Customer.objects.count()
    ends = Event.objects.filter(id__gt=first_event, kind="import.finished")
    assert ends.count() == 1


def test_the_same_state_comes_from_an_undisturbed_import(committed_house):
    data = text_file(HEADER, [table_row(number) for number in range(50)], "utf-8")
    bring_in(data, committed_house.supervisor)
    before = final_state()
    assert counts(check(data, committed_house.supervisor)) == (0, 0, 50, 0)
    assert final_state() == before
