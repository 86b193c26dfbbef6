"""Work that fails: told apart, tried again, never logged with its values."""

import logging

import pytest

from jobs import running, services
from jobs.models import ATTEMPTS, Job, State
from tests.jobs.counting import KIND, counted, work
from trail.actor import Actor
from trail.services import clock
from vault.away import Sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(ann, at) -> Job:
    return services.start(KIND, by=ann, at=at, parameters={}, total=3)


def state(job: Job, at) -> State:
    return Job.objects.get(id=job.id).state(at)


def test_works_to_the_end(job, at):
    running.run(job.id, work)

    assert state(job, at) is State.FINISHED
    assert Job.objects.get(id=job.id).outcome == {"counted": 3}
    assert counted() == [1, 2, 3]


def test_does_nothing_the_second_time(job):
    running.run(job.id, work)
    running.run(job.id, work)

    assert counted() == [1, 2, 3]


def test_fails_at_once_when_the_work_says_so(job, at):
    def refuse(turn):
        raise running.JobFailed("unreadable", line=2)

    running.run(job.id, refuse)

    assert state(job, at) is State.FAILED
    assert Job.objects.get(id=job.id).error_params == {"line": 2}


def test_tries_again_after_an_error_and_then_gives_up(job, at, caplog):
    def break_down(turn):
        raise RuntimeError("15400000018 is not in the log")

    with caplog.at_level(logging.DEBUG):
        for _ in range(ATTEMPTS - 1):
            running.run(job.id, break_down)
            assert state(job, at) is State.INTERRUPTED
        running.run(job.id, break_down)

    assert state(job, at) is State.FAILED
    assert "RuntimeError" in caplog.text
    assert "15400000018" not in caplog.text


def test_leaves_a_stopped_job_alone(job, ann, at):
    def stopped_meanwhile(turn):
        services.stop(job.id, by=ann, at=at)
        turn.progress(done=1, cursor={})
        raise AssertionError("not reached")

    running.run(job.id, stopped_meanwhile)

    assert state(job, at) is State.STOPPED


def test_waits_for_a_sealed_site_however_long_and_then_goes_on(job, at):
    def sealed(turn):
        turn.progress(done=1, cursor={"n": 1})
        raise Sealed(1, 2)

    for _ in range(3 * ATTEMPTS):
        running.run(job.id, sealed)
        held = Job.objects.get(id=job.id)
        assert (held.state(at), held.attempts, held.done) == (State.INTERRUPTED, 0, 1)
        assert job.id in services.rescue(by=Actor.system("tests"), at=clock())
    running.run(job.id, work)

    assert state(job, at) is State.FINISHED
