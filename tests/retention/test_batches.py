"""Who proposes, checks and approves a batch, and what each is bound to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from approvals import services as approvals
from approvals.registry import CannotApply
from approvals.services import NotSigned
from customers.models import Customer
from jobs.models import Job
from retention.destroying import DESTROY
from retention.models import DestructionItem
from retention.queries.batches import Stage, digest_of, listed, spoken_for, standing
from retention.services import batches, listing
from staff.models import Notification
from staff.services.people import NotAllowed
from tests.customers.builders import bulk_make
from tests.retention import builders
from tests.retention.destroying import RUN, approved, checked, due, fresh, proposed
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LONG_AGO = datetime(2015, 1, 31, 20, 30, tzinfo=UTC)


@pytest.fixture
def refs(house):
    return bulk_make(3, portfolio=house.north, at=house.at)


def test_is_approved_by_another_than_who_checked(house, refs):
    batch = proposed(refs)
    proposal = checked(batch, house)
    with pytest.raises(NotSigned, match="own"):
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=fresh(house.officer), at=clock())
    assert not Job.objects.filter(kind=DESTROY).exists()
    approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=fresh(house.head), at=clock())
    assert Job.objects.get(kind=DESTROY).parameters["batch"] == str(batch.pk)
    assert standing(batch, clock()).stage is Stage.RUNNING


def test_is_checked_by_an_officer_only(house, refs):
    batch = proposed(refs)
    for by in (house.head, house.supervisor, house.agent):
        with pytest.raises(NotAllowed):
            batches.check(batch.pk, reason="x", by=fresh(by), at=clock())
    with pytest.raises(NotAllowed):
        batches.name_customers(["C0000001"], [], trigger="request", by=fresh(house.head), at=clock())


def test_is_bound_to_its_list(house, refs):
    batch = proposed(refs)
    proposal = checked(batch, house)
    assert proposal.content["digest"] == batch.digest == digest_of(listed(batch))
    DestructionItem.objects.create(
        batch=batch, customer=bulk_make(1, portfolio=house.north, at=house.at, first=9)[0], until=house.at
    )
    with pytest.raises(NotSigned, match="cannot_apply"):
        approvals.approve(proposal.pk, seen_hash=proposal.content_hash, by=fresh(house.head), at=clock())
    assert not Job.objects.filter(kind=DESTROY).exists()


def test_is_checked_once(house, refs):
    batch = proposed(refs)
    checked(batch, house)
    with pytest.raises(CannotApply, match="proposed_already"):
        checked(batch, house)


def test_names_nobody_whom_another_open_batch_names(house, refs):
    proposed(refs[:2])
    assert spoken_for(refs, clock()) == set(refs[:2])
    assert [one.customer_ref for one in listed(proposed(refs))] == [refs[2]]
    with pytest.raises(batches.NothingToDestroy):
        proposed(refs)


def test_leaves_out_what_is_kept_for_storage_only(house, refs):
    kept = replace(due(refs[0]), storage_only_until=clock())
    batch = batches.propose([kept, due(refs[1])], trigger="term", by=fresh(house.officer), at=clock())
    assert [one.customer_ref for one in listed(batch)] == [refs[1]]


def test_is_named_by_an_officer_by_number(house, refs):
    number = Customer.objects.get(ref=refs[0]).number
    batch = batches.name_customers([number], ["mobile"], trigger="request", by=house.officer, at=clock())
    (one,) = listed(batch)
    assert (one.customer_ref, one.fields, one.rule) == (refs[0], ("mobile",), batches.NAMED)
    with pytest.raises(Customer.DoesNotExist):
        batches.name_customers([number, "nobody"], [], trigger="request", by=house.officer, at=clock())


@pytest.mark.parametrize("table", ["destructionbatch", "destructionitem", "destructionrecord"])
@pytest.mark.parametrize("act", ["delete from", "truncate"])
def test_is_never_rewritten(house, refs, table, act):
    proposed(refs)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{act} retention_{table}")


def test_starts_one_job(house, refs):
    job = approved(proposed(refs), house)
    assert job.parameters.keys() == {"batch", "proposal"}


def test_the_daily_list_becomes_batches_of_what_nothing_keeps_and_each_of_it_once(house):
    ended = builders.customer(house.north, house.at, "city", collected=LONG_AGO, ended=LONG_AGO.date())
    living = builders.customer(house.north, house.at, "service_note", "habit_tags", collected=LONG_AGO)
    held = builders.customer(house.north, house.at, "city", collected=LONG_AGO, ended=LONG_AGO.date())
    builders.hold(held.ref, house.officer, house.at)
    listing.list_due(by=RUN, at=house.at)
    made = {batch.trigger: batch for batch in batches.propose_listed(by=RUN, at=house.at)}
    named = {why: {one.customer_ref: one.fields for one in listed(batch)} for why, batch in made.items()}
    assert named == {
        "end_of_service": {ended.ref: ()},
        "term": {living.ref: ("habit_tags", "service_note")},
    }
    told = Notification.objects.filter(person_id=house.officer.id, code="destruction_waits")
    assert [one.params for one in told] == [{"number": 2}]
    assert batches.propose_listed(by=RUN, at=house.at) == [], "they are spoken for"
