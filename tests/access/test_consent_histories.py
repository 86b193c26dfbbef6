"""Over random histories: what consent says to a read, against plain Python, and never because of what came later."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.consents import Saying
from access.queries.consents import load
from classification.queries import catalogue
from consent.models import Confirmation, ConsentRecord, NoticeVersion
from tests.access.cast import Cast
from tests.consent.builders import published
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
ANSWERS = ("given", "refused", "withdrawn", "revoked")
VALID_HOURS, END = 60, 400


@dataclass(frozen=True)
class Step:
    """One thing recorded at an hour: an answer given some hours `ago`, a word on evidence, or a renewing version."""

    what: str
    hour: int
    ago: int
    own: bool


steps = st.lists(
    st.builds(
        Step,
        what=st.sampled_from([*ANSWERS, "given", "confirmed", "rejected", "renewed"]),
        hour=st.integers(1, 200),
        ago=st.integers(0, 90),
        own=st.booleans(),
    ),
    max_size=9,
).map(lambda said: sorted(said, key=lambda one: one.hour))


def newest(said: list[Step], hour: int) -> tuple[int, Step] | None:
    """Return the answer that counts at an hour, with its place."""
    known = [
        (one.hour - one.ago, place, one)
        for place, one in enumerate(said)
        if one.what in ANSWERS and one.hour <= hour
    ]
    return max(known, key=lambda one: one[:2])[1:] if known else None


def reference(said: list[Step], hour: int) -> str:
    """What consent says at an hour, worked out without a database."""
    counts = newest(said, hour)
    if counts is None:
        return Saying.NONE
    place, one = counts
    if one.what != "given":
        return str(Saying(one.what))
    ends = [(one.hour - one.ago + VALID_HOURS, 0, Saying.EXPIRED)]
    ends += [(later.hour, 1, Saying.RENEW) for later in said if later.what == "renewed"]
    over = [end for end in ends if end[0] <= hour]
    if over:
        return str(min(over)[2])
    words = [
        later.what
        for later_place, later in enumerate(said)
        if later.what in ("confirmed", "rejected")
        and later.hour <= hour
        and newest(said[:later_place], later.hour) == (place, one)
    ]
    if words:
        return str(Saying.GIVEN if words[-1] == "confirmed" else Saying.REJECTED)
    return str(Saying.UNCONFIRMED if one.own else Saying.GIVEN)


class Play:
    """Records steps of one customer, in the order of their hours."""

    def __init__(self, cast: Cast, reader) -> None:
        self.zero = clock() - timedelta(hours=END)
        self.reader, self.other = reader, uuid4()
        code = f"n{uuid4().hex[:12]}"
        self.version = published(self.zero - timedelta(hours=200), "service", code=code)
        self.customer = copy(cast.customer())
        self.customer.ref = uuid4()
        self.said: list[Step] = []
        self.rows: dict[int, ConsentRecord] = {}

    def moment(self, hour: int) -> datetime:
        return self.zero + timedelta(hours=hour)

    def do(self, step: Step) -> None:
        at, counts = self.moment(step.hour), newest(self.said, step.hour)
        if step.what in ANSWERS:
            self.rows[len(self.said)] = self.answer(step, at)
        elif step.what == "renewed":
            NoticeVersion.objects.create(
                notice=self.version.notice,
                number=self.version.notice.versions.count() + 1,
                purposes=self.version.purposes,
                renews=["service"],
                published_at=at,
                proposal=uuid4(),
            )
        elif counts is not None:
            accepted = step.what == "confirmed"
            Confirmation.objects.create(
                record=self.rows[counts[0]], accepted=accepted, by_id=uuid4(), by_number="T1", at=at
            )
        self.said.append(step)

    def answer(self, step: Step, at: datetime) -> ConsentRecord:
        effective = at - timedelta(hours=step.ago)
        yes = step.what == "given"
        return ConsentRecord.objects.create(
            subject=self.customer.ref,
            purpose="service",
            version=self.version,
            language="en",
            answer=step.what,
            fields=["mobile"] if yes else [],
            separate=yes,
            method="paper",
            source="desk",
            captured_by_id=self.reader.id if step.own else self.other,
            effective_at=effective,
            at=at,
            valid_until=effective + timedelta(hours=VALID_HOURS) if yes else None,
        )

    def says(self, hour: int) -> str:
        at = self.moment(hour)
        spec = catalogue(clock()).get("mobile")
        return str(load(self.reader, [self.customer], "service", at=at).says(self.customer, spec).saying)


@pytest.fixture
def cast() -> Cast:
    return Cast(clock())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=steps, hour=st.integers(0, 300))
@example(said=[Step("given", 10, 0, True), Step("confirmed", 20, 0, False)], hour=15)
@example(said=[Step("given", 10, 0, False), Step("rejected", 20, 0, False)], hour=15)
@example(said=[Step("given", 10, 0, False), Step("withdrawn", 20, 9, False)], hour=15)
@example(said=[Step("given", 10, 0, False), Step("renewed", 20, 0, False)], hour=15)
def test_a_read_is_decided_by_what_was_recorded_before_it(cast, said: list[Step], hour: int) -> None:
    play = Play(cast, cast.agent())
    before = [one for one in said if one.hour <= hour]
    for step in before:
        play.do(step)
    then = play.says(hour)
    for step in said[len(before) :]:
        play.do(step)
    assert (then, play.says(hour)) == (reference(said, hour), reference(said, hour))
