"""Until when a value is kept: the latest end of its purposes, at most its schedule's, at least the law's."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classification.models import PurposeVersion
from customers.models import Customer
from files.models import ApartDeposit, ApartOrder
from lawbook.terms import Term as LawTerm
from retention.queries.terms import Term, terms
from retention.rules import rules_at
from tests.consent.builders import Answering, published
from tests.customers.conftest import House
from tests.retention.builders import contact, customer, schedule

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

LONG_AGO = datetime(2020, 1, 31, 20, 30, tzinfo=UTC)


def of(row: Customer, at: datetime) -> dict[str, Term]:
    return {one.field: one for one in terms({row.pk: row.ref}, rules_at(at), at)}


def months_after(start: datetime, months: int) -> datetime:
    return LawTerm(months, "month").after(start)


def test_keeps_while_the_relationship_lasts(house: House) -> None:
    row = customer(house.north, house.at, "full_name", collected=LONG_AGO)
    assert of(row, house.at)["full_name"].until is None


def test_keeps_until_the_longest_purpose_after_the_end_of_the_relationship(house: House) -> None:
    row = customer(house.north, house.at, "city", "bank_name", collected=LONG_AGO, ended=date(2021, 8, 31))
    term = of(row, house.at)["bank_name"]
    # Registration and handling keep it for 60 months; service, complaint and maintenance for 36.
    assert term.until == datetime(2026, 8, 31, 16, tzinfo=UTC)
    assert (term.reason_code, term.ended, term.held) == ("relationship_ended", True, 2)


def test_keeps_no_longer_than_its_schedule(house: House) -> None:
    row = customer(house.north, house.at, "service_note", collected=LONG_AGO)
    term = of(row, house.at)["service_note"]
    # Its purposes last as long as the relationship; the shipped schedule ends 36 months after the last contact.
    assert term.until == months_after(LONG_AGO, 36) == datetime(2023, 2, 1, 16, tzinfo=UTC)
    assert (term.rule, term.reason_code) == ("field:service_note", "term")
    later = LONG_AGO + timedelta(days=400)
    contact(row, later)
    assert of(row, house.at)["service_note"].until == months_after(later, 36)


def test_counts_months_as_the_law_does(house: House) -> None:
    schedule("service_note", house.at, months=1)
    for day in (30, 31):
        start = datetime(2021, 1, day, 4, tzinfo=UTC)
        row = customer(house.north, house.at, "service_note", collected=start)
        assert of(row, house.at)["service_note"].until == months_after(start, 1)


def test_tells_until_when_the_law_wants_it(house: House) -> None:
    collected = house.at - timedelta(days=500)
    row = customer(house.north, house.at, "business_number", collected=collected)
    term = of(row, house.at)["business_number"]
    assert term.floor_until == months_after(collected, 36)


def test_a_withdrawal_ends_the_last_purpose_and_starts_the_term_that_counts_from_it(house: House) -> None:
    collected = house.at - timedelta(days=700)
    PurposeVersion.objects.filter(until=None).exclude(purpose__in=["survey", "marketing"]).update(
        until=house.at - timedelta(days=1)
    )
    row = customer(house.north, house.at, "habit_tags", "preference_tags", collected=collected)
    PurposeVersion.objects.filter(purpose="survey", until=None).update(until=house.at - timedelta(days=1))
    version = published(house.at, "marketing")
    answers = Answering(version, house.agent, row.ref)
    answers.record(True, at=house.at, purpose="marketing")
    assert (
        of(row, house.at)["preference_tags"].rule == "field:preference_tags"
    )  # the consent holds: its schedule ends it
    gone = house.at + timedelta(minutes=1)
    answers.record(False, at=gone, purpose="marketing")
    schedule("preference_tags", house.at, months=600)
    term = of(row, gone + timedelta(minutes=1))["preference_tags"]
    assert (term.rule, term.starts) == ("purpose:marketing", "withdrawal")
    assert term.until == months_after(gone, 12)
    # No purpose needs this one any more.
    assert of(row, house.at)["habit_tags"].reason_code == "no_purpose"


def test_a_refused_purpose_of_consent_keeps_nothing(house: House) -> None:
    collected = house.at - timedelta(days=10)
    row = customer(house.north, house.at, "browsing_note", collected=collected)
    answers = Answering(published(house.at, "survey", "quality"), house.agent, row.ref)
    for purpose in ("survey", "quality"):
        answers.record(False, at=house.at, purpose=purpose)
    term = of(row, house.at)["browsing_note"]
    assert (term.until, term.reason_code) == (house.at, "withdrawal")


def test_asks_as_often_for_many_customers_as_for_one(house: House) -> None:
    rows = [customer(house.north, house.at, "full_name", "city", collected=LONG_AGO) for _ in range(5)]
    rules = rules_at(house.at)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = terms({row.pk: row.ref for row in rows}, rules, house.at)
    assert (len(asked), len(found)) == (1, 10)


def test_what_lies_in_l4_has_a_term_too(house: House) -> None:
    row = customer(house.north, house.at, "full_name", collected=LONG_AGO, ended=date(2021, 8, 31))
    given = {"subject": row.ref, "size": 1, "parts": 1}
    ApartDeposit.objects.create(**given, field="credit_report", created_at=LONG_AGO)
    ApartDeposit.objects.create(**given, field="credit_report", created_at=house.at)
    ApartDeposit.objects.create(
        **given, field="authorisation_original", created_at=house.at, reference=uuid4()
    )
    term = of(row, house.at)["credit_report"]
    assert (term.collected, term.held) == (house.at, 2)
    # The shipped schedule of sensitive fields: 60 months after the end of the relationship.
    assert (term.until, term.rule) == (datetime(2026, 8, 31, 16, tzinfo=UTC), "category:sensitive")
    for deposit in ApartDeposit.objects.filter(field="credit_report"):
        ApartOrder.objects.create(deposit=deposit, why="test", at=house.at)
    assert set(of(row, house.at)) == {"full_name"}
