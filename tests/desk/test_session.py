"""Lock, step-up and enrolment."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from desk import kept
from staff.roles import AGENT, SUPERVISOR
from staff.services import enrolments
from tests.staff.company import (
    PASSWORD,
    Company,
    ago,
    code_of,
    enrolled,
    kinds_since,
    last_event,
    log_in,
    set_facts,
)
from tests.staff.test_login import with_key

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
DIALOG = {"X-Dialog": "yes"}
NEW = "一匹白马走过长安街十二月"


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def agent(client, company):
    person = company.person("A1", AGENT)
    enrolled(person)
    log_in(client, person, factor=False)
    return person


class TestLock:
    def test_locks_on_request_and_the_server_refuses_from_then_on(self, client, agent):
        assert client.post(reverse("desk:lock"), headers=DIALOG).status_code == 204
        assert client.get("/jobs/")["Location"].startswith(reverse("desk:lock"))
        assert client.post("/problems/report/", {"text": "x"}).status_code == 423

    def test_locks_by_the_servers_clock(self, client, agent):
        set_facts(client, seen_at=ago(minutes=16))
        assert client.get("/jobs/")["Location"].startswith(reverse("desk:lock"))

    def test_opens_with_the_password_and_goes_on(self, client, agent):
        client.post(reverse("desk:lock"))
        start = last_event()
        answer = client.post(reverse("desk:unlock"), {"password": PASSWORD, "next": "/jobs/"})
        assert answer["Location"] == "/jobs/"
        assert client.get("/jobs/").status_code == 200
        assert kinds_since(start) == ["staff.unlocked"]

    def test_opens_in_place_with_a_fresh_token(self, client, agent):
        client.post(reverse("desk:lock"), headers=DIALOG)
        answer = client.post(reverse("desk:unlock"), {"password": PASSWORD}, headers=DIALOG)
        assert answer.json()["token"]

    def test_counts_wrong_passwords_and_ends_the_login(self, client, agent):
        client.post(reverse("desk:lock"))
        for left in (4, 3, 2, 1):
            answer = client.post(reverse("desk:unlock"), {"password": "wrong"}, headers=DIALOG)
            assert answer.status_code == 422
            assert f"还可尝试 {left} 次" in answer.content.decode()
        assert client.post(reverse("desk:unlock"), {"password": "wrong"}, headers=DIALOG).status_code == 401
        assert client.get("/")["Location"].startswith("/account/login/")

    def test_leads_nowhere_else(self, client, agent):
        for outside in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
            client.post(reverse("desk:lock"))
            answer = client.post(reverse("desk:unlock"), {"password": PASSWORD, "next": outside})
            assert answer["Location"] == "/"

    def test_tells_the_page_how_long_the_session_may_last(self, client, agent):
        set_facts(client, login_at=ago(hours=11, minutes=50))
        left = client.get(reverse("desk:session_state"), headers=DIALOG).json()["ends_in"]
        assert 500 <= left <= 600


@pytest.mark.urls("tests.desk.pages_that_fail")
class TestStepUp:
    def test_keeps_the_form_and_sends_it_again(self, client, agent):
        answer = client.post("/act/", {"note": "请核对 <b>"})
        assert answer.status_code == 303
        assert answer["Location"] == reverse("desk:step_up")
        words = client.post(reverse("desk:step_up"), {"code": code_of(agent)}).content.decode()
        assert 'action="/act/"' in words
        assert "请核对 &lt;b&gt;" in words
        assert client.post("/act/", {"note": "x"}).content == b"done x"

    def test_keeps_nothing_twice(self, client, agent):
        client.post("/act/", {"note": "once"})
        client.post(reverse("desk:step_up"), {"code": code_of(agent)})
        assert kept.PLACE not in client.session

    def test_refuses_a_wrong_code_and_keeps_the_form(self, client, agent):
        client.post("/act/", {"note": "still here"})
        start = last_event()
        answer = client.post(reverse("desk:step_up"), {"code": "000000"})
        assert answer.status_code == 422
        assert "验证码不正确" in answer.content.decode()
        assert kept.PLACE in client.session
        assert kinds_since(start) == ["staff.step_up_refused"]

    def test_does_not_take_the_password(self, client, agent):
        client.post("/act/", {"note": "x"})
        assert client.post(reverse("desk:step_up"), {"code": PASSWORD}).status_code == 422
        assert client.post("/act/", {"note": "x"}).status_code == 303

    def test_says_that_a_huge_form_is_not_kept(self, client, agent):
        client.post("/act/", {"note": "长" * kept.LARGEST})
        assert "需要重新添加" in client.get(reverse("desk:step_up")).content.decode()
        words = client.post(reverse("desk:step_up"), {"code": code_of(agent)}).content.decode()
        assert "data-replays" not in words

    def test_forgets_an_old_form(self, client, agent):
        client.post("/act/", {"note": "old"})
        session = client.session
        session[kept.PLACE] = {**session[kept.PLACE], "at": ago(minutes=11).timestamp()}
        session.save()
        assert client.post(reverse("desk:step_up"), {"code": code_of(agent)})["Location"] == "/"

    def test_asks_in_a_dialog_where_a_part_of_a_page_asked(self, client, agent):
        answer = client.post("/act/", {"note": "x"}, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert kept.PLACE not in client.session
        dialog = client.get(answer["X-Step-Up"], headers=DIALOG).content.decode()
        assert "<dialog" in dialog
        assert "<html" not in dialog
        done = client.post(answer["X-Step-Up"], {"code": code_of(agent)}, headers=DIALOG)
        assert done.status_code == 204

    def test_leads_from_the_page_of_a_security_key_back_to_the_page_that_asked(self, client, agent):
        with_key(agent)
        dialog = client.get(reverse("desk:step_up"), {"next": "/jobs/"}, headers=DIALOG).content.decode()
        (link,) = re.findall(r'href="(/account/2fa/webauthn/reauthenticate/[^"]+)"', dialog)
        page = parse_qs(urlsplit(unescape(link)).query)["next"][0]
        assert page == f"{reverse('desk:step_up')}?next=%2Fjobs%2F"
        set_facts(client, factor="webauthn", factor_at=ago(minutes=1))  # the key was touched
        assert client.get(page)["Location"] == "/jobs/"

    def test_stands_at_the_door_of_roles_that_need_a_factor(self, client, company):
        person = company.person("S1", SUPERVISOR)
        enrolled(person)
        log_in(client, person, factor=False)
        answer = client.get("/jobs/")
        assert answer["Location"].startswith(reverse("desk:step_up"))
        client.post(reverse("desk:step_up"), {"code": code_of(person)})
        assert client.get("/jobs/").status_code == 200


class TestEnrolment:
    @pytest.fixture
    def halves(self, company):
        head, security = company.head("H1", "calls"), company.person("M1", "security")
        new = company.person("A9", AGENT)
        by, at = company.actor(head), company.at
        made = enrolments.issue(new, "enrol", by=by, at=at, link_for=security.pk, code_for=head.pk)
        token = enrolments.fetch_link(made.pk, by=company.actor(security), at=at)
        return new, token, enrolments.fetch_code(made.pk, by=by, at=at)

    def begin(self, client: Client, token: str, code: str):
        return client.post(reverse("desk:enrol"), {"token": token, "code": code, "asked": "yes"})

    def secret_of(self, client: Client) -> str:
        found = re.search(
            r'class="secret">([A-Z2-7]+)<', client.get(reverse("desk:enrol_set")).content.decode()
        )
        assert found
        return found.group(1)

    def test_takes_link_code_password_and_factor_in_turn(self, client, halves):
        person, token, code = halves
        assert self.begin(client, token, code)["Location"] == reverse("desk:enrol_set")
        client.post(reverse("desk:enrol_set"), {"password": NEW, "again": NEW})
        secret = self.secret_of(client)
        answer = client.post(reverse("desk:enrol_set"), {"code": code_of(secret)})
        assert answer["Location"] == reverse("account_login")
        person.refresh_from_db()
        assert person.check_password(NEW)
        assert "enrolment" not in client.session

    def test_asks_for_the_code_before_it_calls_anything_wrong(self, client, halves):
        _person, token, _code = halves
        words = client.post(reverse("desk:enrol"), {"token": token}).content.decode()
        assert 'name="asked"' in words
        assert "field-error" not in words

    def test_takes_the_whole_link_as_well(self, client, halves):
        _person, token, code = halves
        answer = self.begin(client, f"http://testserver/enrol/#{token}", code)
        assert answer["Location"] == reverse("desk:enrol_set")

    def test_refuses_a_wrong_code_and_an_unknown_link(self, client, halves):
        _person, token, _code = halves
        assert self.begin(client, token, "AAAAA-AAAAA").status_code == 422
        assert self.begin(client, "x" * 43, "").status_code == 422

    def test_refuses_weak_passwords_and_slips(self, client, halves):
        _person, token, code = halves
        self.begin(client, token, code)
        page = reverse("desk:enrol_set")
        assert client.post(page, {"password": "short", "again": "short"}).status_code == 422
        assert client.post(page, {"password": NEW, "again": NEW + "x"}).status_code == 422
        assert client.post(page, {"password": "password1234", "again": "password1234"}).status_code == 422

    def test_goes_on_after_a_wrong_code_of_the_app(self, client, halves):
        _person, token, code = halves
        self.begin(client, token, code)
        client.post(reverse("desk:enrol_set"), {"password": NEW, "again": NEW})
        secret = self.secret_of(client)
        assert client.post(reverse("desk:enrol_set"), {"code": "000000"}).status_code == 422
        assert self.secret_of(client) == secret
        assert client.post(reverse("desk:enrol_set"), {"code": code_of(secret)}).status_code == 302

    def test_keeps_the_steps_for_a_quarter_of_an_hour(self, client, halves):
        _person, token, code = halves
        self.begin(client, token, code)
        session = client.session
        held = session["enrolment"]
        session["enrolment"] = {**held, "at": held["at"] - timedelta(minutes=16).total_seconds()}
        session.save()
        assert client.get(reverse("desk:enrol_set"))["Location"] == reverse("desk:enrol")

    def test_shows_the_drawing_as_an_image_of_the_page(self, client, halves):
        _person, token, code = halves
        self.begin(client, token, code)
        client.post(reverse("desk:enrol_set"), {"password": NEW, "again": NEW})
        assert 'src="data:image/svg+xml;base64,' in client.get(reverse("desk:enrol_set")).content.decode()
