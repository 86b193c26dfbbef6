"""Jobs: progress, result, stop; each person their own."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from desk import jobs_shown
from jobs.models import Job
from staff.roles import SUPERVISOR
from tests.staff.company import Company, kinds_since, last_event, log_in

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def person(client, company):
    made = company.person("S1", SUPERVISOR)
    log_in(client, made)
    return made


def job(person, at, **facts) -> Job:
    facts = {"kind": "test.kind", "created_at": at, "nudged_at": at, **facts}
    return Job.objects.create(owner_id=person.pk, owner_number=person.number, **facts)


def running(person, at, **facts) -> Job:
    began = at - timedelta(seconds=10)
    held = {"lease_until": at + timedelta(minutes=5), "lease": "0" * 32, "heartbeat_at": at}
    return job(person, at, started_at=began, attempts=1, done=200, total=1000, **held, **facts)


def progress(client: Client, of: Job) -> str:
    return client.get(reverse("desk:job_progress", args=[of.pk])).content.decode()


def test_shows_count_rate_and_time_left(client, person, company):
    words = progress(client, running(person, company.at))
    assert "200 / 1,000" in words
    assert "每秒 20 条" in words
    assert "约剩 40 秒" in words
    assert 'value="20"' in words


def test_survives_a_reload_and_asks_again(client, person, company):
    page = client.get(reverse("desk:job", args=[running(person, company.at).pk])).content.decode()
    assert 'hx-trigger="every 1s"' in page


def test_stops_asking_when_it_has_ended(client, person, company):
    ended = job(person, company.at, started_at=company.at, finished_at=company.at, done=5, total=5)
    assert "hx-get" not in progress(client, ended)


def test_leads_to_the_result(client, person, company, monkeypatch):
    monkeypatch.setitem(jobs_shown.NAMES, "test.kind", "试验任务")
    monkeypatch.setitem(jobs_shown.RESULTS, "test.kind", lambda job: f"/results/{job.pk}/")
    ended = job(person, company.at, started_at=company.at, finished_at=company.at)
    assert f"/results/{ended.pk}/" in progress(client, ended)
    assert "试验任务" in client.get(reverse("desk:jobs")).content.decode()


def test_says_what_went_wrong(client, person, company):
    failed = job(person, company.at, started_at=company.at, error_code="too_many_attempts")
    assert "连续五次中断" in progress(client, failed)
    assert "odd_code" in progress(client, job(person, company.at, error_code="odd_code"))


def test_stops_a_job_once_and_says_so_in_the_trail(client, person, company):
    live = running(person, company.at)
    start = last_event()
    client.post(reverse("desk:job_stop", args=[live.pk]))
    client.post(reverse("desk:job_stop", args=[live.pk]))
    assert kinds_since(start) == ["jobs.stopped"]
    assert "已停止" in progress(client, live)


def test_is_not_there_for_anybody_else(client, person, company):
    foreign = running(company.person("S2", SUPERVISOR), company.at)
    for name in ("desk:job", "desk:job_progress"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
    assert client.post(reverse("desk:job_stop", args=[foreign.pk])).status_code == 404
    assert str(foreign.pk) not in client.get(reverse("desk:jobs")).content.decode()
