"""Login by allauth, bent to this house: who gets in, with what, and what is closed."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import NoReverseMatch, reverse

from staff import acting
from staff.models import Freeze, Person
from tests.restricted.authenticator import SecurityKey
from tests.staff.company import (
    PASSWORD,
    Company,
    ago,
    code_of,
    enrolled,
    facts_since,
    kinds_since,
    last_event,
    log_in,
    set_facts,
)


def type_password(client: Client, number: str, password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": number, "password": password})


def test_an_agent_gets_in_with_number_and_password(client: Client, company: Company) -> None:
    enrolled(company.person("p", "agent"))
    start = last_event()
    answer = type_password(client, "p")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert facts_since(start, "staff.login") == [{"second_factor": ""}]


@pytest.mark.parametrize("role", ["supervisor", "officer", "security", "custodian", "auditor", "analyst"])
def test_every_other_role_gives_the_factor_before_it_is_in(
    client: Client, company: Company, role: str
) -> None:
    person = company.person("p", role)
    enrolled(person)
    start = last_event()
    answer = type_password(client, "p")
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get("/account/sessions/").status_code == 302
    before = client.session.session_key
    answer = client.post("/account/2fa/authenticate/", {"code": code_of(person)})
    assert answer["Location"] == "/"
    assert client.session.session_key != before
    assert facts_since(start, "staff.login") == [{"second_factor": "totp"}]
    actor = client.get("/account/sessions/").wsgi_request.actor  # type: ignore[attr-defined]
    assert actor.second_factor_at is not None


def test_a_setting_asks_agents_for_the_factor_too(client: Client, company: Company, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_ALL = True
    enrolled(company.person("p", "agent"))
    assert type_password(client, "p")["Location"] == "/account/2fa/authenticate/"


def test_refuses_a_role_that_lacks_its_factor(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    Authenticator.objects.all().delete()
    start = last_event()
    assert type_password(client, "p")["Location"] == "/account/inactive/"
    assert facts_since(start, "staff.login_refused") == [{"number": "p", "why": "no_factor"}]


@pytest.mark.parametrize("why", ["left", "expired", "frozen", "not_yet"])
def test_refuses_who_may_not_work(client: Client, company: Company, why: str) -> None:
    person = company.person("p", "agent")
    enrolled(person)
    if why == "frozen":
        Freeze.objects.create(person=person, at=ago(seconds=1), by_number="9")
    elif why == "not_yet":
        Person.objects.update(joined_at=ago(days=-1))
    else:
        Person.objects.update(**{"left_at" if why == "left" else "valid_until": ago(seconds=1)})
    start = last_event()
    type_password(client, "p")
    assert client.get("/account/sessions/").wsgi_request.actor is None  # type: ignore[attr-defined]
    refused = facts_since(start, "staff.login_refused")
    assert len(refused) == 1
    assert refused[0]["why"] in {why, "password"}


def test_a_wrong_password_is_an_event_that_keeps_no_typed_text(client: Client, company: Company) -> None:
    enrolled(company.person("p", "agent"))
    start = last_event()
    type_password(client, "p", "wrong wrong wrong")
    type_password(client, "13800138000", "x")
    assert facts_since(start, "staff.login_refused") == [
        {"number": "p", "why": "password"},
        {"number": "", "why": "password"},
    ]


def test_many_wrong_passwords_are_stopped(client: Client, company: Company) -> None:
    enrolled(company.person("p", "agent"))
    start = last_event()
    for _attempt in range(12):
        type_password(client, "p", "wrong wrong wrong")
    assert {"number": "p", "why": "too_many"} in facts_since(start, "staff.login_refused")
    type_password(client, "p")
    assert client.get("/account/sessions/").wsgi_request.actor is None  # type: ignore[attr-defined]


def test_a_wrong_code_does_not_get_in(client: Client, company: Company) -> None:
    enrolled(company.person("p", "supervisor"))
    type_password(client, "p")
    start = last_event()
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert kinds_since(start) == ["staff.step_up_refused"]
    assert client.get("/account/sessions/").status_code == 302


def with_key(person: Person) -> None:
    """Let a person have registered a security key."""
    answer = json.loads(SecurityKey().enrols("challenge"))
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "k", "credential": answer})


def test_a_refused_key_does_not_get_in_and_is_told_of_the_code(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    type_password(client, "p")
    assert "webauthn_button" not in client.get("/account/2fa/authenticate/").content.decode()
    with_key(person)
    assert "webauthn_button" in client.get("/account/2fa/authenticate/").content.decode()
    start = last_event()
    strange = SecurityKey().answers("challenge")
    words = client.post("/account/2fa/authenticate/", {"credential": strange}).content.decode()
    assert "这个安全密钥不是您登记的" in words
    assert 'name="code"' in words
    assert kinds_since(start) == ["staff.step_up_refused"]
    assert client.get("/account/sessions/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": code_of(person)})["Location"] == "/"


def test_a_key_refused_as_a_step_up_stays_on_its_page_and_offers_the_code_alone(
    client: Client, company: Company
) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    with_key(person)
    log_in(client, person)
    start = last_event()
    page = reverse("mfa_reauthenticate_webauthn")
    form = {"credential": SecurityKey().answers("challenge"), "next": "/jobs/"}
    answer = client.post(page, form)
    assert answer["Location"] == f"{page}?next=%2Fjobs%2F"
    assert kinds_since(start) == ["staff.step_up_refused"]
    words = client.get(answer["Location"]).content.decode()
    assert "这个安全密钥不是您登记的" in words
    assert f"{reverse('mfa_reauthenticate')}?next=%2Fjobs%2F" in words
    assert reverse("account_reauthenticate") not in words


def test_a_factor_given_for_one_person_does_not_count_for_another(client: Client, company: Company) -> None:
    first, second = company.person("p", "supervisor"), company.person("q", "agent")
    enrolled(first)
    enrolled(second)
    session = client.session
    acting.give_factor(session, first, method="totp", at=company.at)
    session.save()
    type_password(client, "q")
    assert client.get("/account/sessions/").wsgi_request.actor.second_factor_at is None  # type: ignore[attr-defined]


def test_a_recovery_code_gets_in_but_is_no_step_up(client: Client, company: Company) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    person = company.person("p", "supervisor")
    enrolled(person)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    type_password(client, "p")
    client.post("/account/2fa/authenticate/", {"code": codes[0]})
    answer = client.get("/account/sessions/")
    assert answer.status_code == 200
    assert answer.wsgi_request.actor.second_factor_at is None  # type: ignore[attr-defined]


def test_logging_out_is_an_event(client: Client, company: Company) -> None:
    log_in(client, company.person("p", "agent"))
    start = last_event()
    client.post("/account/logout/")
    assert kinds_since(start) == ["staff.logout"]


def test_secrets_of_factors_lie_sealed(company: Company) -> None:
    person = company.person("p", "agent")
    secret = enrolled(person)
    stored = str(Authenticator.objects.get(user=person).data)
    assert secret not in stored


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_reauthenticate",
        "account_email",
        "account_set_password",
        "account_reset_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
    ],
)
def test_pages_that_would_break_law_8_are_not_there(client: Client, company: Company, name: str) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    log_in(client, person)
    for answer in (client.get(reverse(name)), client.post(reverse(name), {"password": PASSWORD})):
        assert answer.status_code == 404
    assert Authenticator.objects.filter(user=person).count() == 1


def test_a_factor_cannot_be_removed(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "k"})
    log_in(client, person)
    assert client.post(reverse("mfa_remove_webauthn", kwargs={"pk": key.pk})).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize(
    "name", ["account_reset_password_from_key", "mfa_login_webauthn", "mfa_signup_webauthn"]
)
def test_other_entrances_have_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "name",
    ["account_change_password", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"],
)
def test_changing_ones_own_login_wants_a_step_up(client: Client, company: Company, name: str) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    log_in(client, person)
    set_facts(client, factor_at=ago(minutes=6))
    assert client.get(reverse(name))["Location"] == reverse("desk:step_up")


def test_a_changed_password_is_dated_and_recorded(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    log_in(client, person)
    start = last_event()
    new = "a much better battery 7"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert person.password_set_at is not None
    assert person.password_set_at >= company.at
    assert kinds_since(start) == ["staff.password_changed"]


def test_ones_own_other_sessions_are_listed_and_ended_with_an_event(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    elsewhere = Client(
        HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    )
    for one in (client, elsewhere):
        log_in(one, person)
        assert one.get("/jobs/").status_code == 200
    listed = client.get(reverse("usersessions_list"))
    assert listed.context["session_count"] == 2
    assert "Firefox" in listed.content.decode()
    start = last_event()
    assert client.post(reverse("usersessions_list")).status_code == 302
    assert facts_since(start, "staff.other_sessions_ended") == [{"sessions": 1}]
    assert elsewhere.get("/jobs/")["Location"].startswith(reverse("account_login"))
    assert client.get("/jobs/").status_code == 200


def test_a_second_click_ends_nothing_and_leaves_no_event(client: Client, company: Company) -> None:
    person = company.person("p", "supervisor")
    enrolled(person)
    log_in(client, person)
    client.get("/jobs/")
    start = last_event()
    client.post(reverse("usersessions_list"))
    assert kinds_since(start) == []
