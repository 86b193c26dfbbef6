"""L4 values that were destroyed, and both sites brought back from before, in any order: they are destroyed again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from files import apart
from files.apart import Given
from files.models import ApartDeposit, ApartEnding, ApartOrder, ApartPart
from restricted import closing, restoring
from restricted.models import DataKey, Value
from restricted.place import deployment_id
from restricted.restoring import Refused
from restricted.services import intake, upkeep
from retention.backups import closing as main_closing
from retention.destroying import singles
from retention.replaying import replay
from tests.access.cast import kinds_since, last_event
from tests.database import APP, OWNER, RESTRICTED, WORKER, log_in_as
from tests.restricted.house import House
from tests.restricted.keepers import Keepers, appointed
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from vault import journal, scratch
from vault.keyring import keys_for

pytestmark = pytest.mark.django_db(databases=["default", "keyring", "restricted"], transaction=True)
BY = Actor.system("test.hands_over")


@pytest.fixture
def keepers(settings, tmp_path: Path) -> Iterator[Keepers]:
    yield appointed(settings, tmp_path)
    log_in_as(APP)
    deployment_id.cache_clear()


def jobs() -> None:
    """Make a round of the restricted host, and then of the worker."""
    log_in_as(RESTRICTED)
    call_command("restricted_jobs", "--once")
    log_in_as(WORKER)
    singles.note(at=clock())
    log_in_as(APP)


def test_a_restore_of_both_sites_does_not_bring_one_value_back(house: House, keepers: Keepers) -> None:
    given = Given(subject=uuid4(), field="credit_report", content=b"one", text=True)
    gone, stays = (apart.deposit(given, by=BY, at=clock()) for _ in range(2))
    jobs()
    log_in_as(RESTRICTED)
    upkeep.back_up(by=BY, at=clock() + timedelta(seconds=1))
    log_in_as(APP)
    proposal = uuid4()
    apart.order_destruction(gone.pk, why=f"proposal {proposal}", by=BY, at=clock())
    jobs()
    (entry,) = journal.of_record(proposal)
    assert (entry.subject, entry.fields) == (gone.pk, ["credit_report"])
    jobs()
    assert journal.of_record(proposal).count() == 1

    log_in_as(OWNER)
    ApartOrder.objects.all().delete()  # as the data were before
    with scratch.databases("restricted") as names, scratch.pointed_at(names):
        deployment_id.cache_clear()
        came = restoring.restore(restoring.choose(), keepers.held, replace=False, at=clock())
        closing.open_again()
        assert (came.values, DataKey.objects.count()) == (2, 2)
        log_in_as(WORKER)
        start = last_event()
        assert replay(at=clock()).fields == 1
        assert kinds_since(start) == ["files.destruction_ordered", "retention.replayed"]
        assert replay(at=clock()).fields == 0
        log_in_as(OWNER)  # a scratch database lets nobody else in
        order = ApartOrder.objects.get()
        assert (order.deposit_id, order.why) == (gone.pk, f"proposal {proposal}")
        for each in apart.orders():
            intake.destroy(each, by=BY, at=clock())
        assert Value.objects.get(pk=gone.pk).destroyed_at is not None
        assert list(DataKey.objects.values_list("value", flat=True)) == [stays.pk]


def test_what_the_restored_data_never_knew_is_destroyed_whatever_is_restored_first(
    house: House, keepers: Keepers
) -> None:
    subject, erased, other = uuid4(), uuid4(), uuid4()
    gone, stays, theirs, original, partly, later = (
        apart.deposit(Given(subject=whose, field=field, content=b"one", text=True), by=BY, at=clock())
        for whose, field in (
            (subject, "credit_report"),
            (subject, "credit_report"),
            (erased, "credit_report"),
            (erased, "authorisation_original"),
            (other, "credit_report"),
            (other, "credit_report"),
        )
    )
    jobs()
    log_in_as(RESTRICTED)
    Value.objects.filter(pk=later.pk).update(deposited_at=clock() + timedelta(days=1))
    upkeep.back_up(by=BY, at=clock() + timedelta(seconds=1))
    log_in_as(APP)
    apart.order_destruction(gone.pk, why=f"proposal {uuid4()}", by=BY, at=clock())
    jobs()
    log_in_as(WORKER)
    whole, part = journal.Gone(erased), journal.Gone(other, ("credit_report",))
    journal.write([whole, part], keys_for([], "L3"), record=uuid4(), at=clock())

    log_in_as(OWNER)
    for model in (ApartOrder, ApartPart, ApartDeposit):  # the data are from before they were handed over
        model.objects.all().delete()
    log_in_as(WORKER)
    replay(at=clock())
    assert list(ApartEnding.objects.values_list("subject", flat=True)) == [gone.pk, erased, other]
    start = last_event()
    jobs()
    told = Event.objects.filter(id__gt=start, kind="restricted.destroyed")
    assert {one.facts["value"] for one in told} == {str(theirs.pk), str(partly.pk)}, "the other was gone"
    left = {stays.pk, original.pk, later.pk}
    assert set(DataKey.objects.values_list("value", flat=True)) == left
    jobs()
    assert told.count() == 2
    assert not apart.endings().exists()

    log_in_as(OWNER)
    with scratch.databases("restricted") as names, scratch.pointed_at(names):
        deployment_id.cache_clear()
        came = restoring.restore(restoring.choose(), keepers.held, replace=False, at=clock())
        assert (came.values, came.replayed) == (6, 3)
        assert set(DataKey.objects.values_list("value", flat=True)) == left


def test_waits_for_the_main_site_that_is_being_restored(house: House, keepers: Keepers) -> None:
    house.value()
    log_in_as(RESTRICTED)
    upkeep.back_up(by=BY, at=clock())
    log_in_as(OWNER)
    main_closing.close("data", "keyring", at=clock(), emptied=False)
    log_in_as(RESTRICTED)
    try:
        with pytest.raises(Refused, match="main_closed"):
            restoring.admit(restoring.choose(), replace=True)
    finally:
        log_in_as(OWNER)
        main_closing.open_again()
        log_in_as(APP)
