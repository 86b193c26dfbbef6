"""Who acts, from where, and when a session stops."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from staff.address import client_address
from staff.models import Freeze, Headship, Network, RoleHolding, Site
from tests.database import APP, OWNER, log_in_as
from tests.staff.company import (
    JOINED,
    PASSWORD,
    Company,
    ago,
    enrolled,
    facts_since,
    kinds_since,
    last_event,
    log_in,
    set_facts,
)

IDLE, ABSOLUTE = timedelta(minutes=15), timedelta(hours=12)


def seen(proxies: int, settings: Any, **meta: str) -> HttpRequest:
    settings.TRUSTED_PROXY_COUNT = proxies
    kept: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        kept.append(request)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.META.update(meta)
    assert request.headers is not None  # something before us may have read and kept the headers
    client_address(view)(request)
    return kept[0]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 10.9.9.9", "10.9.9.9"),
        (2, "6.6.6.6, 10.9.9.9, 10.8.8.8", "10.9.9.9"),
        (2, "10.8.8.8", None),
        (1, "", None),
        (1, "nonsense", None),
        (1, "10.9.9.9:4711", None),
        (1, "::ffff:10.9.9.9", "10.9.9.9"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_believes_only_its_own_proxies(
    settings: Any, proxies: int, forwarded: str, address: str | None
) -> None:
    request = seen(proxies, settings, REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert request.client_ip == address  # type: ignore[attr-defined]
    assert request.META["REMOTE_ADDR"] == (address or "")
    assert "X-Forwarded-For" not in request.headers


def test_drops_every_other_claim(settings: Any) -> None:
    claims = {
        "HTTP_X_REAL_IP": "6.6.6.6",
        "HTTP_FORWARDED": "for=6.6.6.6",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    request = seen(0, settings, REMOTE_ADDR="10.0.0.9", **claims)
    assert not claims.keys() & request.META.keys()


def state(client: Client, **headers: str) -> Any:
    return client.get("/account/sessions/", headers=headers)


def test_lets_a_working_person_in(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "supervisor"))
    assert state(client).status_code == 200


def test_builds_the_actor_from_this_moment(client: Client, company: Company) -> None:
    site = Site.objects.create(code="sh", name="上海", region="east")
    Network.objects.create(cidr="127.0.0.0/8", site=site, zone="office")
    person = company.person("p", "supervisor")
    at = log_in(client, person)
    actor = state(client).wsgi_request.actor
    assert (actor.id, actor.number, actor.department) == (person.pk, "p", "calls")
    assert (actor.site, actor.region, actor.zone, actor.ip) == ("sh", "east", "office", "127.0.0.1")
    assert actor.roles == {"supervisor"}
    assert abs(actor.second_factor_at - at) < timedelta(milliseconds=1)
    assert client.session.session_key not in actor.session
    RoleHolding.objects.update(until=ago(seconds=1))
    assert state(client).wsgi_request.actor.roles == frozenset()


def test_nobody_acts_without_a_login(client: Client, db: None) -> None:
    answer = client.get("/account/login/")
    assert answer.wsgi_request.actor is None  # type: ignore[attr-defined]
    assert answer.wsgi_request.at is not None  # type: ignore[attr-defined]


def test_a_leaver_is_nobody_at_the_next_request(client: Client, company: Company) -> None:
    person = company.person("p", "agent")
    log_in(client, person)
    person.left_at = ago(seconds=1)
    person.save()
    answer = state(client)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert answer.wsgi_request.actor is None


@pytest.mark.parametrize("why", ["expired", "frozen"])
def test_ends_at_the_next_request_of(client: Client, company: Company, why: str) -> None:
    person = company.person("p", "agent")
    log_in(client, person)
    assert state(client).status_code == 200
    if why == "frozen":
        Freeze.objects.create(person=person, at=ago(seconds=1), by_number="9")
    else:
        person.valid_until = ago(seconds=1)
        person.save()
    start = last_event()
    answer = state(client)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?ended={why}")
    assert facts_since(start, "staff.session_ended") == [{"why": why}]
    assert state(client).wsgi_request.actor is None


def test_ends_after_the_absolute_limit_however_busy(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "agent"))
    set_facts(client, login_at=ago(hours=11, minutes=59), seen_at=ago(seconds=1))
    assert state(client).status_code == 200
    set_facts(client, login_at=ago(hours=12), seen_at=ago(seconds=1))
    assert state(client)["Location"].endswith("?ended=too_long")


def test_locks_after_the_idle_limit_and_stays_locked(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "agent"))
    set_facts(client, seen_at=ago(minutes=14, seconds=50))
    assert state(client).status_code == 200
    set_facts(client, seen_at=ago(minutes=15))
    start = last_event()
    first, second = state(client), state(client)
    assert (first.status_code, first["Location"]) == (302, "/session/lock/?next=/account/sessions/")
    assert second.status_code == 302
    assert facts_since(start, "staff.locked") == [{"why": "idle"}]


def test_refuses_forms_and_parts_of_pages_while_locked(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "agent"))
    set_facts(client, locked_at=ago(seconds=5))
    for answer in (client.post("/problems/report/", {"text": "x"}), state(client, **{"HX-Request": "true"})):
        assert (answer.status_code, answer["X-Session"]) == (423, "locked")
    assert client.get("/session/lock/").status_code == 200


def test_the_password_unlocks_and_the_factors_age_runs_on(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    log_in(client, person)
    given = ago(minutes=20)
    set_facts(client, locked_at=ago(seconds=5), factor_at=given)
    start = last_event()
    assert client.post("/session/unlock/", {"password": "wrong"}).status_code == 422
    assert state(client).status_code == 302
    assert client.post("/session/unlock/", {"password": PASSWORD}).status_code == 302
    answer = state(client)
    assert answer.status_code == 200
    assert abs(answer.wsgi_request.actor.second_factor_at - given) < timedelta(milliseconds=1)
    assert kinds_since(start) == ["staff.unlock_refused", "staff.unlocked"]


def test_five_wrong_passwords_end_the_login(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "agent"))
    set_facts(client, locked_at=ago(seconds=5))
    for _attempt in range(5):
        client.post("/session/unlock/", {"password": "wrong"})
    assert client.get("/session/lock/").wsgi_request.actor is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("role", "for_all", "stopped"),
    [("agent", False, False), ("agent", True, True), ("supervisor", False, True), ("head", False, True)],
)
def test_demands_a_factor_by_role(
    client: Client, company: Company, settings: Any, role: str, for_all: bool, stopped: bool
) -> None:
    settings.SECOND_FACTOR_FOR_ALL = for_all
    person = company.person("p", *([] if role == "head" else [role]))
    if role == "head":
        Headship.objects.create(person=person, department=company.tree["calls"], since=JOINED)
    log_in(client, person, factor=False)
    assert (state(client).status_code == 302) == stopped
    assert client.get("/session/step-up/").status_code == 200


def test_an_old_password_opens_only_its_own_change(client: Client, company: Company, settings: Any) -> None:
    person = company.person("p", "agent")
    enrolled(person)
    log_in(client, person)
    assert state(client).status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 90
    assert state(client)["Location"].startswith("/account/password/change/")
    assert client.get("/account/password/change/").status_code == 200


def test_facts_of_somebody_elses_login_count_for_nothing(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "supervisor"))
    set_facts(client, person=str(company.person("q").pk))
    assert state(client)["Location"].endswith("?ended=no_login")


def test_the_stored_session_shows_nothing(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    log_in(client, person)
    session = client.session
    session["canary"] = "13800138000"
    session.save()
    stored = Session.objects.get(session_key=session.session_key).session_data
    assert "13800138000" not in stored
    assert str(person.pk) not in stored
    raw = base64.urlsafe_b64decode(stored + "=" * (-len(stored) % 4))
    assert b"canary" not in raw
    assert b"13800138000" not in raw


def test_a_payload_moved_to_another_session_opens_nothing(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "supervisor"))
    other = Client()
    log_in(other, company.person("q", "agent"))
    stolen = Session.objects.get(session_key=client.session.session_key).session_data
    Session.objects.filter(session_key=other.session.session_key).update(session_data=stolen)
    assert other.get("/account/sessions/").wsgi_request.actor is None  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_without_the_trail_nobody_is_stopped_silently_or_let_through(client: Client) -> None:
    company = Company()
    log_in(client, company.person("p", "agent"))
    set_facts(client, seen_at=ago(minutes=16))
    log_in_as(OWNER)
    with connection.cursor() as cursor:
        cursor.execute("revoke insert on trail_event from custinfo_app")
    log_in_as(APP)
    try:
        answer = state(client)
    finally:
        log_in_as(OWNER)
        with connection.cursor() as cursor:
            cursor.execute("grant insert on trail_event to custinfo_app")
        log_in_as(APP)
    assert answer.status_code == 503
    assert state(client).status_code == 302
