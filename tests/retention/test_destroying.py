"""A batch that was destroyed is gone everywhere, and its record says so."""

import pytest

from customers.models import Customer, IndexEntry
from customers.values import DOMAIN
from retention.records import verified
from tests.customers.builders import bulk_make
from tests.retention.destroying import destroyed, proposed
from trail.models import Event
from trail.services import clock
from vault.models import DataKey, JournalEntry, Tombstone

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


def test_leaves_nothing_of_a_batch_and_everything_of_the_others(worker_house):
    refs = bulk_make(6, portfolio=worker_house.north, at=clock())
    going, staying = refs[:4], refs[4:]
    start = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    record = destroyed(proposed(going), worker_house)
    assert set(Customer.objects.values_list("ref", flat=True)) == set(staying)
    assert not DataKey.objects.filter(subject__in=going).exists()
    assert DataKey.objects.filter(subject__in=staying, domain=DOMAIN).count() == 2
    assert IndexEntry.objects.filter(customer__ref__in=staying).exists()
    assert set(JournalEntry.objects.values_list("subject", flat=True)) == set(going)
    assert Tombstone.objects.count() == 2 * 4
    content = record.content
    assert content["before"]["customers"] == 4
    assert set(content["left"].values()) == {0}
    assert content["levels"] == {"L2": 4 * 5, "L3": 4 * 5} or content["levels"]["L3"] == 20
    assert content["attempts"] > 0
    assert (content["opened"], content["found"]) == (0, 0)
    assert verified(record)
    kinds = list(Event.objects.filter(id__gt=start).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "retention.batch_proposed",
        "approvals.proposed",
        "approvals.approved",
        "approvals.applied",
        "customer.erased",
        "retention.destroyed",
    ]
