"""The pages of breach radii: asked by the officer, read by the auditor, a list fetched once."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import BreachRadius, RadiusFile
from tests.desk.at_work import browser, text
from tests.trail.cast import SHOWN
from trail import services as trail
from trail.exposed import Exposed
from trail.models import Event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PAGE, MEASURE = "/radius/", "/radius/measure/"


@pytest.fixture
def officer(cast):
    return cast.person("officer")


@pytest.fixture
def shown(cast):
    """An agent was shown one customer ten minutes ago."""
    agent, customer = cast.agent(), cast.customer("R7")
    exposed = Exposed(customer.ref, "revealed", clear=("mobile",), masked=("email",), level=3)
    trail.record(SHOWN, by=agent, at=cast.at - timedelta(minutes=10), exposures=[exposed])
    return agent


def asked(cast, **more):
    from django.utils import timezone

    now = timezone.localtime(cast.at)
    period = {"since": now - timedelta(days=1), "until": now + timedelta(minutes=1)}
    return {name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in period.items()} | more


def test_measures_an_account_and_hands_the_list_out_once(cast, officer, shown):
    client = browser(officer)
    answer = client.post(MEASURE, asked(cast, person=shown.number.lower()))
    made = BreachRadius.objects.get()
    assert answer["Location"] == f"/radius/{made.id}/"
    page = text(client.get(answer["Location"]))
    assert "1 位客户" in page
    assert shown.number in page
    assert "R7" not in page
    assert client.post(f"/radius/{made.id}/list/").status_code == 302
    file = RadiusFile.objects.get()
    fetched: Any = client.post(f"/radius/{made.id}/list/{file.id}/")
    assert fetched["Content-Disposition"].endswith(f'custinfo-radius-{file.event}.xlsx"')
    assert b"".join(fetched.streaming_content).startswith(b"PK")
    again = client.post(f"/radius/{made.id}/list/{file.id}/", follow=True)
    assert "已领取" in text(again)


def test_shows_the_auditor_results_and_no_way_to_ask(cast, officer, shown):
    browser(officer).post(MEASURE, asked(cast, person=shown.number))
    made = BreachRadius.objects.get()
    client = browser(cast.person("auditor"))
    listed = text(client.get(PAGE))
    assert f"/radius/{made.id}/" in listed
    assert MEASURE not in listed
    assert f"/radius/{made.id}/list/" not in text(client.get(f"/radius/{made.id}/"))
    assert client.post(MEASURE, asked(cast)).status_code == 403
    assert client.post(f"/radius/{made.id}/list/").status_code == 403


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"person": "NOBODY"}, "没有这个工号"),
        ({"ip": "10.0.0"}, "不是网络地址"),
        ({"until": "2020-01-01T00:00"}, "结束早于开始"),
        ({"since": ""}, "必填"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(cast, officer, more, words):
    answer = browser(officer).post(MEASURE, asked(cast, session="abc123") | more)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "abc123" in text(answer)
    assert not BreachRadius.objects.exists()


def test_offers_the_radius_of_an_event_s_session(cast, officer):
    client = browser(officer)
    client.get("/trail/")
    event = Event.objects.filter(kind="trail.read").earliest("at")
    page = text(client.get(f"/trail/events/{event.id}/", {"at": event.at.isoformat()}))
    link = f"/radius/?person={officer.number}&amp;session={event.session_hash}"
    assert link in page
    assert event.session_hash in text(client.get(link.replace("&amp;", "&")))
