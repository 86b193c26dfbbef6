"""The pages about retention: from a proposed schedule to the refusal of a field, holds, the due list, confirming."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import services as approvals
from approvals.models import Proposal
from classification.models import Schedule
from classification.queries import catalogue
from customers.models import Customer
from customers.problems import Refused
from customers.services import records
from retention.models import Hold
from retention.services.listing import LISTER, list_due
from staff.acting import person_of
from tests.customers.conftest import House, build_house
from tests.desk.at_work import browser, text
from tests.retention.builders import customer
from tests.staff.company import bound
from trail.actor import Actor
from trail.models import Event
from trail.services import clock

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
TERMS = {"months": "24", "starts": "end_of_relationship", "then": "destroy", "reason": "收紧"}


@pytest.fixture
def house(db: None) -> House:
    made = build_house()
    for one in (made.agent, made.officer, made.head):
        bound(person_of(one))
    return made


def sign(house: House) -> None:
    made = Proposal.objects.latest("proposed_at")
    approvals.approve(made.pk, seen_hash=made.content_hash, by=house.head, at=clock())


def test_an_officer_proposes_and_a_head_signs_a_schedule(house: House) -> None:
    officer = browser(house.officer)
    page = "/retention/schedules/field/city/"
    sent = TERMS | {"supersedes": "0", "floor": "trade_record_keep", "floor_from": "collection"}
    assert officer.post(f"{page}change/", sent).status_code == 302
    assert not Schedule.objects.filter(subject="city").exists()
    sign(house)
    row = Schedule.objects.get(subject="city")
    assert (row.months, row.floor, row.number, row.shipped) == (24, "trade_record_keep", 1, False)
    event = Event.objects.get(kind="schedule.signed")
    assert (event.facts["subject"], event.facts["months"]) == ("city", 24)
    said = text(officer.get(page))
    assert "24" in said
    assert "电子商务法" in said or "E-Commerce" in said
    assert officer.post(f"{page}change/", sent).status_code == 422  # it has changed since


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": "0"},
        {"then": "store"},
        {"store_months": "3"},
        {"floor": "trade_record_keep"},
        {"floor": "guardian_age"},
        {"starts": "withdrawal"},
    ],
)
def test_refuses_terms_that_no_schedule_could_have(house: House, wrong: dict[str, str]) -> None:
    sent = TERMS | {"supersedes": "0"} | wrong
    assert browser(house.officer).post("/retention/schedules/field/city/change/", sent).status_code == 422
    assert not Proposal.objects.exists()


def test_a_field_without_a_schedule_may_not_be_collected(house: House) -> None:
    officer = browser(house.officer)
    page = "/retention/schedules/category/sensitive/end/"
    assert officer.post(page, {"supersedes": "1", "reason": "换新"}).status_code == 302
    sign(house)
    known = catalogue(clock())
    assert not known.get("plate").kept
    assert known.get("mobile").kept  # it has its own
    assert "plate" not in {spec.code for spec in known.asked_in(["handling"])}
    with pytest.raises(Refused) as refused:
        records.create(
            number="X1",
            portfolio="N1",
            values={"full_name": "张示例", "plate": "京A12345"},
            scenario="handling",
            source="customer",
            by=house.supervisor,
            at=clock(),
        )
    assert [(one.field, one.code) for one in refused.value.problems] == [("plate", "no_schedule")]
    assert "plate" in text(officer.get("/retention/")) or "车牌" in text(officer.get("/retention/"))


def test_a_hold_is_placed_and_ended_by_two_people_each(house: House) -> None:
    row = customer(house.north, house.at, "service_note", collected=house.at - timedelta(days=2000))
    officer = browser(house.officer)
    day = f"{house.at + timedelta(days=40):%Y-%m-%d}"
    asked = {"numbers": row.number, "last_day": day, "reason": "诉讼保全"}
    refused = officer.post("/retention/holds/new/", asked | {"numbers": "NOBODY"})
    assert refused.status_code == 422
    assert "NOBODY" in text(refused)
    assert officer.post("/retention/holds/new/", asked).status_code == 302
    assert not Hold.objects.exists()
    sign(house)
    hold = Hold.objects.get()
    assert (hold.customer, hold.field, hold.owner_number) == (row.ref, "", house.officer.number)
    list_due(by=Actor.system(LISTER), at=clock())
    said = text(officer.get("/retention/due/"))
    assert row.number in said
    assert day in said
    assert "某" not in said
    assert row.number in text(officer.get("/retention/holds/"))
    assert officer.post(f"/retention/holds/{hold.pk}/end/", {"reason": ""}).status_code == 422
    assert officer.post(f"/retention/holds/{hold.pk}/end/", {"reason": "结案"}).status_code == 302
    sign(house)
    hold.refresh_from_db()
    assert hold.ended_at is not None
    assert Event.objects.filter(kind__in=("hold.placed", "hold.ended")).count() == 2


def test_the_customer_page_says_until_when_each_value_is_kept_and_asks_to_confirm(house: House) -> None:
    long_ago = house.at - timedelta(days=900)
    row = customer(house.north, house.at, "employer", "city", collected=long_ago)
    agent = browser(house.agent)
    assert row.number in text(agent.get("/retention/stale/"))
    page = agent.get(f"/customers/{row.ref}/").content.decode()
    assert 'id="kept"' in page
    assert 'name="field" value="employer"' in page
    assert agent.post(f"/customers/{row.ref}/confirm/", {"field": ["employer"]}).status_code == 302
    changed = Customer.objects.get(pk=row.pk)
    assert changed.origins["employer"]["collected_at"] == long_ago.isoformat()
    assert changed.origins["employer"]["verified_by"] == house.agent.number
    assert changed.version == row.version + 1
    assert Event.objects.get(kind="customer.confirmed").facts["fields"] == ["employer"]
    assert row.number not in text(agent.get("/retention/stale/"))
    assert 'id="confirm"' not in agent.get(f"/customers/{row.ref}/").content.decode()


def test_the_customer_page_asks_as_often_for_many_values_as_for_one(house: House) -> None:
    few = customer(house.north, house.at, "city", collected=house.at)
    many = customer(
        house.north,
        house.at,
        "city",
        "employer",
        "occupation",
        "bank_name",
        "service_note",
        collected=house.at,
    )
    agent = browser(house.agent)
    asked = []
    for row in (few, few, many, many):
        with CaptureQueriesContext(connection) as seen:
            assert agent.get(f"/customers/{row.ref}/").status_code == 200
        asked.append(len(seen))
    assert asked[1] == asked[3]
