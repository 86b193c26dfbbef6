"""Aggregates: counted at night from open values, told to whoever was given the portfolio, each look recorded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import events
from access.aggregates import run
from access.aggregates.dimensions import dimensions
from access.models import AggregateRelease
from access.queries.aggregates import NotTold
from access.services import aggregates
from classification.models import PurposeVersion
from consent.models import ConsentRecord
from customers.models import Customer
from customers.queries import portfolios_seen_by, visible_to
from jobs.models import Job
from jobs.running import Turn
from staff.acting import person_of
from staff.roles import ANALYST
from staff.services.people import NotAllowed
from tests.access.cast import exposures_since, kinds_since, last_event
from tests.consent.builders import YEAR, published
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SHANGHAI, GUANGDONG = "上海市", "广东省"


@pytest.fixture
def analyst(cast):
    made = cast.person(ANALYST)
    cast.give(person_of(made), "north")
    return made


def crowd(cast, number, *, portfolio="north", tier="standard", region=SHANGHAI, year="1985", gender="male"):
    """Make customers of whom only open values matter here."""
    held = {"id_region": region, "birth_year": year, "gender": gender}
    start = Customer.objects.count()
    Customer.objects.bulk_create(
        Customer(
            number=f"N{start + place:05d}",
            portfolio=cast.portfolios[portfolio],
            tier=tier,
            open={code: text for code, text in held.items() if text},
            created_at=cast.at,
            updated_at=cast.at,
        )
        for place in range(number)
    )


def counted(cast, *, days=0):
    """Let the nightly job run."""
    at = cast.at + timedelta(days=days)
    Job.objects.all().delete()
    job = aggregates.start(by=cast.person("security"), at=at)
    job.lease = job.id
    job.lease_until = at + timedelta(minutes=10)
    job.save()
    return run.run(Turn(job, at))


def look(cast, by, *dimensions, portfolios=("north",)):
    return aggregates.look(portfolios, dimensions, by=by, at=cast.at)


def test_groups_by_derived_open_fields_and_tier(cast, analyst):
    crowd(cast, 23)
    crowd(cast, 12, region=GUANGDONG, gender="female", year="1962", tier="premium")
    assert counted(cast) == {"counted": 2, "kept": 0}
    assert look(cast, analyst, "region").figures == {(SHANGHAI,): 20, (GUANGDONG,): 10}
    assert look(cast, analyst, "birth").figures == {("1980",): 20, ("1960",): 10}
    found = look(cast, analyst, "gender", "tier", "region")
    assert found.figures == {
        (SHANGHAI, "male", "standard"): 20,
        (GUANGDONG, "female", "premium"): 10,
    }
    assert found.total == 35


def test_counts_what_is_not_known_as_such(cast, analyst):
    crowd(cast, 7, region="", year="about 1980", gender="")
    counted(cast)
    for dimension in ("region", "birth", "gender"):
        assert look(cast, analyst, dimension).figures == {("",): 5}


def test_groups_by_the_answers_to_a_purpose(cast, analyst):
    crowd(cast, 30)
    version = published(cast.at - YEAR, "service")
    refs = list(Customer.objects.values_list("ref", flat=True))
    for answer, some in (("given", refs[:12]), ("refused", refs[12:20])):
        ConsentRecord.objects.bulk_create(
            ConsentRecord(
                subject=ref, purpose="service", version=version, language="zh-hans", answer=answer,
                method="checkbox", source="desk", captured_by_id=analyst.id, captured_by_number="x",
                effective_at=cast.at, at=cast.at,
            )
            for ref in some
        )  # fmt: skip
    counted(cast)
    assert look(cast, analyst, "consent-service").figures == {
        ("agreed",): 10,
        ("declined",): 5,
        ("unasked",): 10,
    }


def test_never_fetches_a_sealed_value(cast, analyst):
    for _ in range(6):
        cast.customer()
    with CaptureQueriesContext(connection) as asked:
        counted(cast)
        look(cast, analyst, "region")
    assert not [query for query in asked.captured_queries if '"customers_customer"."sealed"' in query["sql"]]


def test_adds_portfolios_up_and_nothing_else(cast, analyst):
    cast.give(person_of(analyst), "south")
    crowd(cast, 14)
    crowd(cast, 13, portfolio="south")
    counted(cast)
    both = ("north", "south")
    # 27 in all: but the difference of 25 and 10 would tell more of the south than its own 10 does.
    assert look(cast, analyst, "region", portfolios=both).figures == {(SHANGHAI,): 20}
    apart = look(cast, analyst, "portfolio", "region", portfolios=both)
    assert apart.figures == {("north", SHANGHAI): 10, ("south", SHANGHAI): 10}


def test_says_where_a_sum_lacks_a_portfolio(cast, analyst):
    cast.give(person_of(analyst), "south")
    crowd(cast, 14)
    crowd(cast, 3, portfolio="south")
    counted(cast)
    found = look(cast, analyst, "region", portfolios=("north", "south"))
    assert found.figures == {(SHANGHAI,): 10}
    assert found.partly == {(SHANGHAI,)}


def test_stands_until_five_customers_differ(cast, analyst):
    crowd(cast, 14)
    counted(cast)
    crowd(cast, 1)
    assert counted(cast, days=1) == {"counted": 0, "kept": 2}
    assert look(cast, analyst, "region").figures == {(SHANGHAI,): 10}
    crowd(cast, 3)
    assert counted(cast, days=2)["counted"] == 0
    crowd(cast, 1)
    assert counted(cast, days=3)["counted"] == 1
    assert look(cast, analyst, "region").figures == {(SHANGHAI,): 15}


def test_a_derived_field_counts_only_under_a_purpose_of_analysts(cast, analyst):
    assert list(dimensions(cast.at).axes)[:4] == ["region", "birth", "gender", "tier"]
    PurposeVersion.objects.filter(purpose="analysis").update(until=cast.at)
    assert "region" not in dimensions(cast.at).axes
    with pytest.raises(NotTold):
        look(cast, analyst, "region")


def test_is_of_the_portfolios_that_were_given(cast, analyst):
    crowd(cast, 9, portfolio="south")
    counted(cast)
    for asked in (("south",), ("north", "south"), ("nowhere",), ()):
        with pytest.raises(NotTold):
            look(cast, analyst, "region", portfolios=asked)


@pytest.mark.parametrize("asked", [(), ("region", "birth", "gender", "tier"), ("mobile",)])
def test_knows_one_to_three_dimensions_of_its_own(cast, analyst, asked):
    with pytest.raises(NotTold):
        look(cast, analyst, *asked)


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "officer", "security", "custodian", "auditor"]
)
def test_is_for_analysts(cast, role):
    with pytest.raises(NotAllowed):
        look(cast, cast.person(role), "region")


def test_a_portfolio_given_to_an_analyst_lets_no_row_be_reached(cast, analyst):
    cast.customer()
    assert not visible_to(analyst, cast.at).exists()
    assert not portfolios_seen_by(analyst, cast.at).exists()


def test_records_each_look_without_exposing_anybody(cast, analyst):
    crowd(cast, 20)
    counted(cast)
    start = last_event()
    look(cast, analyst, "region", "gender")
    aggregates.download(["north"], ["tier"], by=analyst, at=cast.at)
    assert kinds_since(start) == [events.AGGREGATES_READ.code, events.AGGREGATES_DOWNLOADED.code]
    facts = Event.objects.filter(kind=events.AGGREGATES_READ.code).latest("id").facts
    assert facts == {"portfolios": ["north"], "dimensions": ["region", "gender"], "groups": 1}
    assert not exposures_since(start)


def test_keeps_nothing_that_names_anybody(cast):
    held = cast.customer()
    counted(cast)
    row = AggregateRelease.objects.get(portfolio=cast.portfolios["north"])
    stored = f"{row.figures} {row.joint} {row.axes}"
    assert held.number not in stored
    assert str(held.ref) not in stored
    assert held.open["full_name"] not in stored


def test_starts_one_count_at_a_time(cast):
    one = aggregates.start(by=cast.person("security"), at=cast.at)
    assert aggregates.start(by=cast.person("security"), at=cast.at) == one


def test_goes_on_after_the_portfolio_it_had_come_to(cast):
    crowd(cast, 6)
    counted(cast)
    job = Job.objects.get()
    assert job.cursor["ended"]
    assert run.run(Turn(job, cast.at)) == {"counted": 2, "kept": 0}
    job.cursor = {"after": cast.portfolios["north"].pk, "counted": 1, "kept": 0}
    assert run.run(Turn(job, cast.at)) == {"counted": 1, "kept": 1}
