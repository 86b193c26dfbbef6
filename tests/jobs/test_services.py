"""Jobs by their rows: claimed once, moved on by their holder only, given up after five attempts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from jobs import registry, services
from jobs.models import ATTEMPTS, Job, State
from jobs.parameters import NotPlain
from tests.jobs.counting import KIND
from trail.actor import Actor
from trail.models import Event

pytestmark = pytest.mark.django_db
LEASE = registry.get(KIND).lease
SYSTEM = Actor.system("jobs.rescue")


@pytest.fixture
def job(ann, at) -> Job:
    return services.start(KIND, by=ann, at=at, parameters={"file": str(uuid4()), "rows": 3}, total=10)


def claimed(job: Job, at) -> Job:
    held = services.claim(job.id, at=at)
    assert held is not None
    return held


def nudges_of(calls: list[Job], monkeypatch) -> list[Job]:
    monkeypatch.setattr(services, "nudge", calls.append)
    return calls


def test_nudges_after_the_commit(ann, at, monkeypatch, django_capture_on_commit_callbacks):
    calls = nudges_of([], monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        job = services.start(KIND, by=ann, at=at, parameters={})
        assert calls == []

    assert calls == [job]
    assert (job.owner_id, job.owner_number) == (ann.id, "1001")


def test_refuses_an_unknown_kind(ann, at):
    with pytest.raises(registry.UnknownKind):
        services.start("tests.nobody", by=ann, at=at, parameters={})


@pytest.mark.parametrize(
    "value", ["王小明", "a b", "x" * 129, b"raw", object(), ["张"], {"k": "张"}, {"张": 1}]
)
def test_holds_no_values_in_parameters_cursor_or_outcome(value, ann, at, job):
    with pytest.raises(NotPlain, match="name"):
        services.start(KIND, by=ann, at=at, parameters={"name": value})
    held = claimed(job, at)
    with pytest.raises(NotPlain):
        services.progress(held, done=1, cursor={"name": value}, at=at)
    with pytest.raises(NotPlain):
        services.finish(held, outcome={"name": value}, at=at)


def test_is_claimed_by_one_worker(job, at):
    held = claimed(job, at)

    assert services.claim(job.id, at=at) is None
    assert held.state(at) is State.RUNNING
    assert held.attempts == 1


def test_is_claimed_again_when_the_lease_is_over(job, at):
    dead = claimed(job, at)
    later = at + LEASE
    held = claimed(job, later)

    assert dead.state(later) is State.INTERRUPTED
    assert held.attempts == 2
    assert held.started_at == at
    for write in (
        lambda: services.progress(dead, done=1, cursor={}, at=later),
        lambda: services.finish(dead, outcome={}, at=later),
        lambda: services.fail(dead, "code", by=SYSTEM, at=later),
    ):
        with pytest.raises(services.JobLost):
            write()
    services.let_go(dead, at=later)
    assert Job.objects.get(id=job.id).lease == held.lease


def test_moves_on_and_keeps_its_lease(job, at):
    held = claimed(job, at)
    later = at + LEASE / 2
    services.progress(held, done=4, cursor={"line": 4}, at=later)
    row = Job.objects.get(id=job.id)

    assert (row.done, row.cursor, row.lease_until) == (4, {"line": 4}, later + LEASE)
    assert row.state(at + LEASE) is State.RUNNING
    with pytest.raises(services.WentBack):
        services.progress(held, done=3, cursor={}, at=later)


def test_never_goes_back_even_for_a_stale_copy(job, at):
    held = claimed(job, at)
    stale = Job.objects.get(id=job.id)
    services.progress(held, done=4, cursor={}, at=at)
    with pytest.raises(services.JobLost):
        services.progress(stale, done=3, cursor={}, at=at)


def test_finishes_once(job, at):
    held = claimed(job, at)
    services.finish(held, outcome={"rows": 10}, at=at)

    assert Job.objects.get(id=job.id).state(at) is State.FINISHED
    assert services.claim(job.id, at=at + LEASE) is None
    assert not services.stop(job.id, by=SYSTEM, at=at)
    with pytest.raises(services.JobLost):
        services.finish(held, outcome={}, at=at)


def test_fails_with_a_code_and_an_event(job, at):
    services.fail(claimed(job, at), "unreadable", {"line": 3}, by=SYSTEM, at=at)
    row = Job.objects.get(id=job.id)

    assert row.state(at) is State.FAILED
    assert (row.error_code, row.error_params) == ("unreadable", {"line": 3})
    event = Event.objects.filter(kind="jobs.failed").latest("id")
    assert event.facts == {"job": str(job.id), "job_kind": KIND, "error": "unreadable"}


def test_stops_at_the_next_batch(job, ann, at):
    held = claimed(job, at)

    assert services.stop(job.id, by=ann, at=at)
    assert Job.objects.get(id=job.id).state(at) is State.STOPPED
    assert services.claim(job.id, at=at + LEASE) is None
    with pytest.raises(services.JobLost):
        services.progress(held, done=1, cursor={}, at=at)
    assert Event.objects.filter(kind="jobs.stopped").latest("id").facts["job"] == str(job.id)


def test_stops_all_jobs_of_a_person_and_no_others(job, ann, at):
    other = services.start(KIND, by=Actor.system("tests"), at=at, parameters={})
    done = services.start(KIND, by=ann, at=at, parameters={})
    services.finish(claimed(done, at), outcome={}, at=at)

    assert services.stop_all(ann.id, by=SYSTEM, at=at) == [job.id]
    assert Job.objects.get(id=other.id).state(at) is State.QUEUED
    assert Job.objects.get(id=done.id).state(at) is State.FINISHED


def test_rescues_what_nobody_works_on(job, at, monkeypatch):
    calls = nudges_of([], monkeypatch)

    assert services.rescue(by=SYSTEM, at=at) == []  # its first nudge is on the way
    assert services.rescue(by=SYSTEM, at=at + timedelta(seconds=31)) == [job.id]
    assert services.rescue(by=SYSTEM, at=at + timedelta(seconds=32)) == []
    assert calls == [job]


def test_rescues_at_once_what_a_dead_worker_left(job, at, monkeypatch):
    calls = nudges_of([], monkeypatch)
    claimed(job, at + timedelta(seconds=1))
    over = at + timedelta(seconds=1) + LEASE

    assert services.rescue(by=SYSTEM, at=over - timedelta(milliseconds=1)) == []
    assert services.rescue(by=SYSTEM, at=over) == [job.id]
    assert calls == [job]


def test_gives_up_after_five_attempts_without_progress(job, at, monkeypatch):
    nudges_of([], monkeypatch)
    for _ in range(ATTEMPTS):
        claimed(job, at)
        at += LEASE

    assert services.claim(job.id, at=at) is None
    assert services.rescue(by=SYSTEM, at=at) == []
    row = Job.objects.get(id=job.id)
    assert (row.state(at), row.error_code) == (State.FAILED, "too_many_attempts")


def test_counts_attempts_anew_after_progress(job, at):
    for number in range(ATTEMPTS * 2):
        services.progress(claimed(job, at), done=number + 1, cursor={}, at=at)
        at += LEASE

    assert Job.objects.get(id=job.id).attempts == 1


def test_refuses_a_second_handler_for_a_kind():
    with pytest.raises(ValueError, match="already"):
        registry.register(KIND, "tests.other")
