"""Sealed texts: reasons and notes, opened one by one against a receipt."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from files import events, services
from files.models import SealedText
from trail import services as trail
from trail.receipts import ReceiptRefused
from vault.models import DataKey
from vault.opening import CannotOpen

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
REASON = "客户来电 15400000018"


def receipt(*ids, by, at):
    facts = {"texts": [str(id) for id in ids], "about": "reveal.reason"}
    return trail.record(events.TEXTS_READ, by=by, at=at, facts=facts, opens=ids)


@pytest.fixture
def customer():
    return uuid4()


@pytest.fixture
def text(customer, ann, at):
    return services.put_text(REASON, about="reveal.reason", subject=customer, by=ann, at=at)


def test_opens_against_a_receipt(text, ann, at):
    assert services.read_text(text, receipt=receipt(text, by=ann, at=at)) == REASON


def test_refuses_a_receipt_for_another_text(text, ann, at):
    with pytest.raises(ReceiptRefused):
        services.read_text(text, receipt=receipt(uuid4(), by=ann, at=at))


def test_says_who_wrote_it_where_and_nothing_of_what(text, ann, customer):
    row = SealedText.objects.get(id=text)

    assert (row.writer_id, row.department, row.about, row.subject) == (
        ann.id,
        "service",
        "reveal.reason",
        customer,
    )
    assert "15400000018" not in row.sealed + str(row) + repr(row)


def test_is_sealed_under_the_customers_key_or_its_own(text, customer, ann, at):
    own = services.put_text("", about="report.problem", subject=None, by=ann, at=at, readers=[customer])

    assert DataKey.objects.filter(subject=customer, domain="texts").exists()
    assert DataKey.objects.filter(subject=own, domain="texts").exists()
    assert SealedText.objects.get(id=own).readers == [customer]
    assert services.read_text(own, receipt=receipt(own, by=ann, at=at)) == ""


def test_reads_many_in_two_queries(text, customer, ann, at, django_assert_num_queries):
    ids = [text, *(services.put_text(str(n), about="a.b", subject=customer, by=ann, at=at) for n in range(9))]
    proof = receipt(*ids, by=ann, at=at)
    services.read_text(text, receipt=proof)  # the receipt confirms its event once
    with django_assert_num_queries(1), django_assert_num_queries(1, using="keyring"):
        found = services.read_texts(ids, receipt=proof)
    assert found[text] == REASON
    assert len(found) == 10


def test_does_not_open_as_another_text_of_the_same_customer(text, customer, ann, at):
    other = services.put_text("other", about="a.b", subject=customer, by=ann, at=at)
    SealedText.objects.filter(id=other).update(sealed=SealedText.objects.get(id=text).sealed)
    with pytest.raises(CannotOpen):
        services.read_text(other, receipt=receipt(other, by=ann, at=at))


def test_is_gone_with_its_customers_key(text, customer, ann, at):
    SealedText.objects.filter(id=text).update(subject=uuid4())
    with pytest.raises(CannotOpen):
        services.read_text(text, receipt=receipt(text, by=ann, at=at))


def test_refuses_what_is_not_there(ann, at):
    missing = uuid4()
    with pytest.raises(services.NotReadable):
        services.read_text(missing, receipt=receipt(missing, by=ann, at=at))


def test_takes_no_clear_text_by_raw_sql(text):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update files_sealedtext set sealed = 'in the clear'")
