"""Files, evidence and texts are sealed anew under new data keys, and the old versions end."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connections, transaction

from customers.models import Customer
from files import events, rekeying, services
from files.models import FileChunk, SealedText
from tests.database import APP, WORKER, log_in_as
from tests.processes import wait_until
from trail import services as trail
from vault.keyring import keys_for
from vault.models import DataKey
from vault.opening import EVIDENCE, FILES, TEXTS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
REASON = "客户来电 15400000018"


@pytest.fixture
def worker(transactional_db):
    log_in_as(WORKER)
    yield
    log_in_as(APP)


def everything(shelf, subjects=None):
    return shelf.after("", subjects)


def reseal(shelf, rows, at):
    with transaction.atomic():
        return rekeying.reseal(shelf, rows, since=at, at=at)


def rotate(at):
    for shelf in rekeying.SHELVES.values():
        reseal(shelf, everything(shelf), at)
    return sum(rekeying.end_old_keys(shelf, everything(shelf)) for shelf in rekeying.ENDED.values())


def versions(*domains):
    return set(DataKey.objects.filter(domain__in=domains).values_list("version", flat=True))


def put(domain, monkeypatch, ann, at):
    monkeypatch.setattr(services, "CHUNK_BYTES", 4)
    return services.put_file(BytesIO(b"0123456789"), name="一.csv", purpose="t", by=ann, at=at, domain=domain)


@pytest.mark.parametrize("domain", [FILES, EVIDENCE])
def test_a_file_opens_whole_under_its_new_key(worker, domain, monkeypatch, ann, at):
    file = put(domain, monkeypatch, ann, at)

    assert rotate(trail.clock()) == 1

    receipt = services.record_read(file.id, by=ann, at=trail.clock())
    assert b"".join(services.read_file(file.id, at=trail.clock(), receipt=receipt)) == b"0123456789"
    assert services.file_name(file.id, at=trail.clock(), receipt=receipt) == "一.csv"
    assert versions(domain) == {2}


def test_texts_under_one_customers_key_are_sealed_anew_together(worker, ann, at):
    customer = uuid4()
    about = [
        services.put_text(REASON, about="t", subject=one, by=ann, at=at) for one in (customer, customer, None)
    ]

    assert rotate(trail.clock()) == 2

    facts = {"texts": [str(id) for id in about], "about": "t"}
    receipt = trail.record(events.TEXTS_READ, by=ann, at=trail.clock(), facts=facts, opens=about)
    assert set(services.read_texts(about, receipt=receipt).values()) == {REASON}
    assert versions(TEXTS) == {2}


def test_a_customers_scope_leaves_the_others_alone(worker, ann, at):
    id = services.put_text(REASON, about="t", subject=uuid4(), by=ann, at=at)
    assert rekeying.TEXT.after("", Customer.objects.values("ref")) == []
    assert [row.id for row in everything(rekeying.TEXT)] == [id]


def test_a_version_that_a_shut_text_lies_under_stays(worker, ann, at):
    customer = uuid4()
    good, bad = (services.put_text(REASON, about="t", subject=customer, by=ann, at=at) for _ in range(2))
    row = SealedText.objects.get(pk=bad)
    row.sealed = SealedText.objects.get(pk=good).sealed  # not what was sealed for this place
    row.save(update_fields=["sealed"])

    done = reseal(rekeying.TEXT, everything(rekeying.TEXT), trail.clock())

    assert done == rekeying.Resealed(sealed=1, unreadable=1)
    assert rekeying.end_old_keys(rekeying.TEXT, everything(rekeying.TEXT)) == 0
    assert versions(TEXTS) == {1, 2}
    assert [found.id for found in rekeying.shut(rekeying.TEXT)] == [bad]


def test_passes_by_what_was_destroyed_meanwhile(worker, monkeypatch, ann, at):
    file = put(FILES, monkeypatch, ann, at)
    rows = everything(rekeying.CHUNKS)
    customer = uuid4()
    services.put_text(REASON, about="t", subject=customer, by=ann, at=at)
    services.destroy_text_keys([customer])
    services.destroy(file.id, by=ann, at=trail.clock())

    now = trail.clock()
    assert reseal(rekeying.CHUNKS, rows, now) == rekeying.Resealed()
    assert reseal(rekeying.TEXT, everything(rekeying.TEXT), now) == rekeying.Resealed()
    assert not FileChunk.objects.exists()
    assert customer not in keys_for([customer], TEXTS)


def test_tells_of_a_transaction_that_is_still_open():
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_current_xact_id()")
            mark = rekeying.newest_transaction()
            assert rekeying.is_open_before(mark)
            cursor.execute("commit")
        wait_until(lambda: not rekeying.is_open_before(mark), what="transactions of others")
    finally:
        other.close()
