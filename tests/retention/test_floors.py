"""What outlives an erased customer because a law asks for it: named on the record, and ended with its floor."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Q

from consent.models import ConsentLink, ConsentRecord, LinkTry
from customers.models import Customer
from files.services import put_text
from lawbook.queries import fact
from retention import certificate
from retention.services import floors
from tests.consent.builders import published
from tests.customers.builders import bulk_make
from tests.retention.destroying import destroyed, proposed
from trail.actor import Actor
from trail.models import Event
from trail.services import clock
from vault.opening import TEXTS
from vault.shredding import remaining

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
BY = Actor.system("retention.due")
AGES, YEARS, MONTHS = timedelta(days=1500), timedelta(days=900), timedelta(days=300)
"""Longer ago than the floor of three years, less long, and how long until that is over, too."""


def answered(ref: UUID, version, by: Actor, at: datetime) -> ConsentRecord:
    return ConsentRecord.objects.create(
        subject=ref, purpose="service", version=version, language="en", answer="refused", method="checkbox",
        source="desk", captured_by_id=by.id, ip="192.0.2.7", device="Browser 1", effective_at=at, at=at,
    )  # fmt: skip


def tried(ref: UUID, version, by: Actor, at: datetime) -> LinkTry:
    assert by.id is not None
    link = ConsentLink.objects.create(
        token_sha256=ref.bytes, subject=ref, version=version, purposes=["service"], language="en",
        check_field="mobile", check_kind="mobile", check_mac=b"x", via="print", made_by_id=by.id,
        made_by_number=by.number, made_at=at, expires_at=at + timedelta(days=1),
    )  # fmt: skip
    return LinkTry.objects.create(link=link, at=at, ip="192.0.2.7", passed=True)


def said(concerns: list[UUID], by: Actor, at: datetime) -> UUID:
    return put_text("words", about="case.noted", subject=None, concerns=concerns, by=by, at=at)


def circumstances() -> set[int]:
    rows = ConsentRecord.objects.filter(Q(ip__isnull=False) | ~Q(device=""))
    return set(rows.values_list("pk", flat=True))


def readable(texts: list[UUID]) -> list[bool]:
    return [bool(remaining([one], TEXTS)) for one in texts]


def test_what_a_law_keeps_of_an_erased_customer_is_named_and_ends_with_its_floor(worker_house):
    house, at = worker_house, clock()
    agent, old, late = house.agent, at - AGES, at - YEARS
    gone, stays = bulk_make(2, portfolio=house.north, at=at)
    version = published(old)
    _over, fresh, living = (
        answered(ref, version, agent, when) for ref, when in ((gone, old), (gone, late), (stays, old))
    )
    tries = [tried(ref, version, agent, old) for ref in (gone, stays)]
    texts = [said([gone], agent, old), said([gone], agent, late), said([gone, stays], agent, old)]
    record = destroyed(proposed([gone]), house)
    assert circumstances() == {fresh.pk, living.pk}, "the floor of one is over; the other customer stays"
    assert [LinkTry.objects.get(pk=one.pk).ip for one in tries] == [None, "192.0.2.7"]
    assert readable(texts) == [False, True, True]
    copies = {one["what"]: one for one in record.content["copies"]}
    for what, law in (
        ("circumstances", "consent_evidence_keep"),
        ("words_of_cases", "processing_record_keep"),
    ):
        kept = copies[what]
        assert (kept["number"], kept["laws"]) == (1, [law])
        assert kept["until"] == fact(law, at).term.after(late).isoformat()
    shown = {name: state for name, state, *_rest in certificate.copies(record.content)}
    citation = fact("consent_evidence_keep", at).citation
    assert sum(citation in state for state in shown.values()) >= 2
    ended = Event.objects.filter(kind__in=("consent.circumstances_ended", "retention.words_ended"))
    count = ended.count()
    assert floors.end_over(by=BY, at=at) == 0
    assert ended.count() == count, "what is ended already is no event"
    floors.end_over(by=BY, at=at + MONTHS)
    assert circumstances() == {living.pk}
    assert readable(texts) == [False, False, True]
    assert Customer.objects.filter(ref=stays).exists()
