"""One L4 value that two people had destroyed, and both sites brought back from before: it is destroyed again, alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from files import apart
from files.apart import Given
from files.models import ApartOrder
from restricted import closing, restoring
from restricted.models import DataKey, Value
from restricted.place import deployment_id
from restricted.services import intake, upkeep
from retention.destroying import singles
from retention.replaying import replay
from tests.access.cast import kinds_since, last_event
from tests.database import APP, OWNER, RESTRICTED, WORKER, log_in_as
from tests.restricted.house import House
from tests.restricted.keepers import Keepers, appointed
from trail.actor import Actor
from trail.services import clock
from vault import journal, scratch

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
