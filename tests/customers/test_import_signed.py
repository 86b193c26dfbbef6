"""An import that changes more than a hundred customers waits for the head, with its file."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import services as approvals
from approvals.services import NotSigned
from customers.imports import run
from customers.models import Customer
from customers.services import imports
from files.models import SealedFile
from jobs import running
from jobs.models import Job
from staff.models import RoleHolding
from tests.customers.files import any_file
from tests.customers.importing import HEADER, bring_in, check, counts, table_row
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
CITY = HEADER.index("所在城市")


@pytest.fixture
def proposal(house):
    """A hundred and one customers, and a file that moves them all to another city."""
    rows = [table_row(number) for number in range(101)]
    bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    for row in rows:
        row[CITY] = "示例市"
    tried = check(any_file("utf-8", HEADER, rows), house.supervisor)
    assert counts(tried) == (0, 101, 0, 0)
    started = imports.start_import(tried.id, reason="搬迁", by=house.supervisor, at=clock())
    assert started.job is None
    return started.proposal


def sign(proposal, by):
    fresh = replace(by, second_factor_at=clock())
    return approvals.approve(proposal.id, seen_hash=proposal.content_hash, by=fresh, at=clock())


def in_new_city():
    return Customer.objects.filter(open__city="示例市").count()


def test_runs_after_the_signature_as_the_importer(house, proposal):
    assert in_new_city() == 0
    outcome = sign(proposal, house.head)
    assert outcome.applied
    job = Job.objects.get(kind=run.IMPORT, parameters__signed=str(proposal.id))
    assert job.owner_id == house.supervisor.id
    running.run(job.id, run.run)
    job.refresh_from_db()
    assert counts(job) == (0, 101, 0, 0)
    assert in_new_city() == 101
    wrote = Event.objects.filter(kind="import.wrote").latest("id")
    assert (wrote.actor_number, wrote.request) == (house.supervisor.number, str(proposal.id))


def test_keeps_its_file_for_seven_days(house, proposal):
    file = SealedFile.objects.get(id=proposal.content["file"])
    assert timedelta(days=6, hours=23) < file.keep_until - clock() <= timedelta(days=7)


def test_the_importer_does_not_sign(house, proposal):
    with pytest.raises(NotSigned):
        sign(proposal, house.supervisor)


def test_shows_counts_and_no_values(house, proposal):
    from approvals import registry

    lines = registry.get(proposal.kind).describe(proposal.content)
    said = " ".join(f"{line.label} {line.after}" for line in lines)
    assert "101" in said
    assert "示例市" not in str(proposal.content)


def test_is_not_carried_out_when_the_file_is_gone(house, proposal):
    SealedFile.objects.update(keep_until=clock())
    with pytest.raises(NotSigned):
        sign(proposal, house.head)
    assert not Job.objects.filter(kind=run.IMPORT, parameters__signed=str(proposal.id)).exists()


def test_is_not_carried_out_for_somebody_who_may_no_longer_import(house, proposal):
    RoleHolding.objects.filter(person_id=house.supervisor.id).update(until=clock())
    with pytest.raises(NotSigned):
        sign(proposal, house.head)


def test_a_hundred_changes_need_no_signature(house):
    rows = [table_row(number) for number in range(100)]
    bring_in(any_file("utf-8", HEADER, rows), house.supervisor)
    for row in rows:
        row[CITY] = "示例市"
    assert counts(bring_in(any_file("utf-8", HEADER, rows), house.supervisor)) == (0, 100, 0, 0)
