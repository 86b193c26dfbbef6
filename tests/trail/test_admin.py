from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from tests.trail.cast import ALARMED, ALICE, BOB, SHOWN, WANG
from tests.trail.logins import trail_refuses
from trail import services
from trail.exposed import Exposed
from trail.models import Event, Exposure

pytestmark = pytest.mark.django_db
screen: Any = admin.site.get_model_admin(Event)


def ask(path="/admin/trail/event/", *, allowed=("trail.view_event",), **parameters) -> Any:
    request: Any = RequestFactory().get(path, parameters)
    request.actor, request.at = ALICE, services.clock()
    request.user = SimpleNamespace(
        is_active=True,
        is_staff=True,
        is_authenticated=True,
        pk=ALICE.id,
        has_perm=lambda name, obj=None: name in allowed,
        has_module_perms=lambda label: any(name.startswith(f"{label}.") for name in allowed),
        has_usable_password=lambda: True,
        get_short_name=lambda: ALICE.name,
        get_username=lambda: ALICE.number,
    )
    request.session = {}
    return request


def listed(**parameters) -> list[int]:
    response = screen.changelist_view(ask(**parameters))
    assert response.status_code == 200, response.headers
    return [event.id for event in response.context_data["cl"].result_list]


def shown(event: int) -> str:
    response = screen.change_view(ask(f"/admin/trail/event/{event}/change/"), str(event))
    response.render()
    return str(response.content.decode())


def readings() -> list[dict[str, Any]]:
    return [
        event.facts for event in Event.objects.filter(kind="trail.read", actor_id=ALICE.id).order_by("id")
    ]


def test_reading_the_list_is_an_event_that_is_listed_itself():
    ids = listed(q="B002", days="7")
    assert readings() == [{"scope": "events", "filters": ["days", "q"]}]
    assert (
        Event.objects.get(kind="trail.read").id not in ids
    )  # it is Alice who reads, and the search was for Bob
    assert listed()[0] == Event.objects.filter(kind="trail.read").latest("id").id


def test_names_no_parameter_that_it_does_not_know():
    screen.changelist_view(ask(q="13800000000", **{"13800000000": "x"}))
    assert readings() == [{"scope": "events", "filters": ["q"]}]


def test_reading_one_event_is_an_event():
    event = services.record(SHOWN, by=BOB, at=services.clock()).event
    shown(event)
    assert readings() == [{"scope": f"event:{event}", "filters": []}]


def test_shows_an_event_with_its_exposures():
    exposures = [
        Exposed(WANG, "revealed", clear=("mobile",), masked=("card_number",), level=3),
        *(Exposed(uuid4(), "listed") for _ in range(600)),
    ]
    page = shown(services.record(SHOWN, by=BOB, at=services.clock(), exposures=exposures).event)
    for text in ("showed a value", "B002", str(WANG), "mobile", "card_number"):
        assert text in page
    assert page.count("<tr><td>") == 500
    assert 'name="_save"' not in page
    assert "deletelink" not in page


def test_the_list_is_rendered_and_offers_nothing_to_do():
    services.record(ALARMED, by=BOB, at=services.clock())
    response = screen.changelist_view(ask())
    response.render()
    page = response.content.decode()
    assert "raised an alarm" in page
    assert "addlink" not in page
    assert 'name="action"' not in page


def test_filters_by_kind_flag_person_and_period():
    now = services.clock()
    alarm = services.record(ALARMED, by=BOB, at=now).event
    off = services.record(SHOWN, by=BOB, at=now - timedelta(minutes=1)).event
    old = services.record(SHOWN, by=BOB, at=now - timedelta(days=60)).event
    assert set(listed(q="B002")) == {alarm, off}
    assert set(listed(q="B002", days="93")) == {alarm, off, old}
    assert listed(kind="test.alarmed") == [alarm]
    assert listed(flag="alarm") == [alarm]
    assert set(listed(flag="clock")) == {off}
    day = now - timedelta(days=60)
    assert old in listed(at__year=day.year, at__month=day.month)
    assert listed(mode__exact="system") == []


def test_a_list_takes_as_many_queries_for_many_events_as_for_few(django_assert_max_num_queries):
    for count in (1, 60):
        for _ in range(count):
            services.record(SHOWN, by=BOB, at=services.clock(), exposures=[Exposed(WANG, "opened")])
        with django_assert_max_num_queries(14):
            screen.changelist_view(ask()).render()


def test_refuses_whoever_may_not_view_and_records_no_reading():
    for view in (screen.changelist_view, lambda request: screen.change_view(request, "1")):
        with pytest.raises(PermissionDenied):
            view(ask(allowed=()))
    assert readings() == []


def test_refuses_to_add_change_and_delete():
    every = tuple(f"trail.{act}_event" for act in ("add", "change", "delete", "view"))
    request = ask(allowed=every)
    assert not screen.has_add_permission(request)
    assert not screen.has_change_permission(request)
    assert not screen.has_delete_permission(request)
    with pytest.raises(PermissionDenied):
        screen.add_view(request)
    with pytest.raises(PermissionDenied):
        screen.delete_view(request, "1")


def test_shows_nothing_when_the_reading_cannot_be_recorded():
    with trail_refuses(), pytest.raises(services.TrailUnavailable):
        screen.changelist_view(ask())


def test_exposures_have_no_screen_of_their_own():
    assert not admin.site.is_registered(Exposure)
