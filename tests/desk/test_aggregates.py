"""The aggregates page: figures in tables for the analyst's portfolios, a workbook with a watermark, never a row."""

import io

import openpyxl
import pytest

from access import events
from staff.acting import person_of
from staff.roles import ANALYST
from tests.access.cast import exposures_since, kinds_since, last_event
from tests.access.test_aggregates import GUANGDONG, SHANGHAI, counted, crowd
from tests.desk.at_work import browser, text
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE, DOWNLOAD = "/aggregates/", "/aggregates/download/"


@pytest.fixture
def analyst(cast):
    made = cast.person(ANALYST)
    cast.give(person_of(made), "north")
    return made


@pytest.fixture
def figures(cast):
    """The north, counted."""
    crowd(cast, 23)
    crowd(cast, 12, region=GUANGDONG, gender="female", year="1962", tier="premium")
    crowd(cast, 3, region="海南省")
    counted(cast)


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "officer", "security", "custodian", "auditor"]
)
def test_opens_to_analysts(cast, role):
    client = browser(cast.person(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(DOWNLOAD).status_code == 403


def test_says_what_to_do_without_a_portfolio(cast):
    told = text(browser(cast.person(ANALYST)).get(PAGE))
    assert "安全管理员" in told
    assert "<canvas" not in told


def test_says_that_nothing_was_counted_yet(cast, analyst):
    answer = browser(analyst).get(PAGE)
    assert "<canvas" not in text(answer)
    assert "次日" in text(answer)


def test_shows_a_table_of_regions_first(cast, analyst, figures):
    told = text(browser(analyst).get(PAGE))
    assert f'<th scope="row">{SHANGHAI}</th>' in told
    assert 'data-value="20"' in told
    assert 'data-value="10"' in told
    assert '<th scope="row">海南省</th>' not in told


def test_makes_a_table_per_third_value(cast, analyst, figures):
    told = text(
        browser(analyst).get(PAGE, {"portfolio": "north", "by": "region", "then": "gender", "last": "tier"})
    )
    assert told.count("data-chart") == 2
    assert "—" in told


@pytest.mark.parametrize(
    "asked", [{"portfolio": "south", "by": "region"}, {"portfolio": "nowhere", "by": "region"}]
)
def test_tells_nothing_of_other_portfolios(cast, analyst, figures, asked):
    client = browser(analyst)
    start = last_event()
    assert "<canvas" not in text(client.get(PAGE, asked))
    assert client.post(DOWNLOAD, asked).status_code == 404
    assert not {events.AGGREGATES_READ.code, events.AGGREGATES_DOWNLOADED.code} & set(kinds_since(start))


def test_refuses_dimensions_that_there_are_not(cast, analyst, figures):
    assert "<canvas" not in text(browser(analyst).get(PAGE, {"portfolio": "north", "by": "mobile"}))


def test_hands_out_a_workbook_with_a_watermark(cast, analyst, figures):
    start = last_event()
    answer = browser(analyst).post(DOWNLOAD, {"portfolio": "north", "by": "region", "then": "gender"})
    event = Event.objects.get(kind=events.AGGREGATES_DOWNLOADED.code, id__gt=start)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    banner, _header, *rows = sheet.iter_rows(values_only=True)
    assert analyst.number in str(banner[0])
    assert str(event.pk) in str(banner[0])
    assert [(row[0], row[2]) for row in rows] == [(SHANGHAI, 20), (GUANGDONG, 10)]
    assert not exposures_since(start)


def test_the_first_page_shows_the_portfolios_and_is_a_look(cast, analyst, figures):
    client = browser(analyst)
    start = last_event()
    told = text(client.get("/"))
    assert "data-chart" in told
    assert events.AGGREGATES_READ.code in kinds_since(start)
    assert 'href="/aggregates/"' in told


def test_no_address_leads_an_analyst_to_a_row(cast, analyst):
    """The matrix asks every address for an analyst without portfolios; this one has the customers' own portfolio."""
    held = cast.customer(number="ROW-1")
    client = browser(analyst)
    for address in (
        "/customers/",
        "/customers/list/",
        f"/customers/{held.ref}/",
        f"/customers/{held.ref}/history/mobile/",
        f"/customers/{held.ref}/edit/",
        f"/trail/customers/{held.ref}/",
        "/exports/",
        "/imports/",
    ):
        answer = client.get(address)
        assert answer.status_code in {403, 404}, address
        assert held.number not in text(answer)
