"""The state of a consent: asked of the records at a time, as a plain reference would say."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import ConsentRecord
from consent.queries.states import current, states, unconfirmed
from consent.services import records
from tests.access.cast import Cast
from tests.consent.builders import Answering, published
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DAY = timedelta(days=1)


@pytest.fixture
def desk():
    cast = Cast(clock())
    return Answering(
        published(cast.at - timedelta(days=400), "service", "quality", "marketing"), cast.agent()
    )


def state(desk, at, purpose="service"):
    found = states([desk.subject], at).get((desk.subject, purpose))
    return (found.state, found.since) if found else None


def test_nobody_was_asked_until_there_is_a_record(desk):
    assert state(desk, clock()) is None


def test_a_yes_counts_from_the_moment_it_was_given(desk):
    at = clock()
    desk.record(True, at=at, ago=2 * DAY)
    assert state(desk, at) == ("given", at - 2 * DAY)
    assert state(desk, at - DAY) is None, "a read before the recording knew nothing of it"


def test_a_withdrawal_counts_at_the_next_read_and_rewrites_nothing(desk):
    at = clock()
    row = desk.record(True, at=at - DAY)
    records.withdraw(desk.exposed, ["service"], by=desk.by, at=at)
    assert state(desk, at) == ("withdrawn", at)
    assert state(desk, at - timedelta(seconds=1)) == ("given", row.effective_at)


def test_an_old_paper_found_later_does_not_undo_a_withdrawal(desk):
    at = clock()
    desk.record(True, at=at - 9 * DAY)
    records.withdraw(desk.exposed, ["service"], by=desk.by, at=at - 5 * DAY)
    desk.record(True, at=at, ago=7 * DAY)
    assert state(desk, at) == ("withdrawn", at - 5 * DAY)


def test_expires_by_itself(desk):
    at = clock()
    row = desk.record(True, at=at, purpose="quality")
    assert row.valid_until is not None
    later = row.valid_until + timedelta(days=1)
    assert state(desk, later, "quality") == ("expired", row.valid_until)
    assert state(desk, row.valid_until - timedelta(seconds=1), "quality") == ("given", at)


def test_a_new_version_that_renews_a_purpose_ends_earlier_consents_to_it_alone(desk):
    at = clock()
    desk.record(True, at=at)
    desk.record(True, at=at, purpose="marketing")
    published(at + DAY, "service", "marketing", renews=("marketing",))
    assert state(desk, at + DAY, "marketing") == ("renew", at + DAY)
    assert state(desk, at + DAY) == ("given", at)
    assert state(desk, at, "marketing") == ("given", at)


def test_the_handler_may_end_a_consent_with_a_reason(desk):
    at = clock()
    desk.record(True, at=at - DAY)
    records.revoke(desk.exposed, ["service"], reason="误录", by=desk.by, at=at)
    assert state(desk, at) == ("revoked", at)


def test_many_subjects_cost_one_query(desk, django_assert_num_queries):
    others = [replace(desk, subject=subject) for subject in (desk.subject, *_uuids(9))]
    at = clock()
    for one in others:
        one.record(True, at=at)
    with django_assert_num_queries(1):
        assert len(states([one.subject for one in others], at)) == 10


def test_waits_for_a_second_person_until_one_has_spoken(desk):
    at = clock()
    row = desk.record(True, at=at)
    assert [one.pk for one in unconfirmed(at)] == [row.pk]
    other = replace(desk.by, id=_uuids(1)[0], number="T999")
    records.confirm(row, desk.exposed, accepted=True, by=other, at=at)
    assert not unconfirmed(at)
    assert states([desk.subject], at)[desk.subject, "service"].confirmed is True


def test_a_withdrawn_consent_waits_for_nobody(desk):
    at = clock()
    desk.record(True, at=at - DAY)
    records.withdraw(desk.exposed, ["service"], by=desk.by, at=at)
    assert not unconfirmed(at)


def _uuids(count):
    return [uuid4() for _ in range(count)]


@dataclass(frozen=True)
class Said:
    """One step of a random history: an answer, when it was recorded and how long before it was given."""

    answer: str
    hour: int
    ago: int


histories = st.lists(
    st.builds(
        Said,
        answer=st.sampled_from(["given", "refused", "withdrawn"]),
        hour=st.integers(0, 240),
        ago=st.integers(0, 100),
    ),
    max_size=8,
)


def reference(said: list[Said], hour: int, months_over: int) -> str | None:
    """What the state is at an hour, worked out without a database."""
    known = [(one.hour - one.ago, place, one.answer) for place, one in enumerate(said) if one.hour <= hour]
    if not known:
        return None
    effective, _, answer = max(known)
    return "expired" if answer == "given" and effective + months_over <= hour else answer


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=histories, asked=st.integers(0, 300))
def test_agrees_with_a_plain_reference_over_random_histories(desk, said, asked):
    fresh = replace(desk, subject=_uuids(1)[0])
    zero = clock() - timedelta(hours=241)
    ordered = sorted(said, key=lambda one: one.hour)
    for one in ordered:
        moment = zero + timedelta(hours=one.hour)
        ConsentRecord.objects.create(
            subject=fresh.subject,
            purpose="service",
            version=fresh.version,
            language="en",
            answer=one.answer,
            method="checkbox",
            source="desk",
            captured_by_id=fresh.by.id,
            effective_at=moment - timedelta(hours=one.ago),
            at=moment,
            valid_until=moment - timedelta(hours=one.ago) + timedelta(hours=50)
            if one.answer == "given"
            else None,
        )
    found = states([fresh.subject], zero + timedelta(hours=asked)).get((fresh.subject, "service"))
    assert (found.state if found else None) == reference(ordered, asked, 50)


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "given"},
        {"effective_at": clock},
        {"ip": "192.0.2.9"},
        {"device": "another"},
        {"ip": None, "device": "", "site": "x"},
    ],
)
def test_no_answer_is_ever_rewritten(desk, change):
    row = desk.record(False, at=clock())
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentRecord.objects.filter(pk=row.pk).update(
            **{k: v() if callable(v) else v for k, v in change.items()}
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentRecord.objects.filter(pk=row.pk).delete()


def test_says_of_many_what_the_records_that_count_say(desk):
    at = clock()
    for place in range(4):
        one = replace(desk, subject=uuid4())
        one.record(True, at=at - 9 * DAY)
        if place % 2:
            records.withdraw(one.exposed, ["service"], by=desk.by, at=at - DAY)
    for moment in (at, at - 2 * DAY):
        rows = current(moment)
        known = states({row.subject for row in rows}, moment)
        assert {row.ref for row in rows} == {one.record for one in known.values()}
        assert len(known) >= 4
