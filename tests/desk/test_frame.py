"""The frame of every page: headers, navigation, languages, refusals in words, parts."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template, loader
from django.test import Client
from django.urls import reverse
from django.utils import translation

from desk import navigation
from desk.forms import CodeForm
from desk.navigation import SHELVES, address, badge_of
from desk.shown import JobShown
from staff.roles import AGENT, AUDITOR, OFFICER, SECURITY, SUPERVISOR
from tests.desk import pages_that_fail
from tests.staff.company import Company, log_in

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "desk" / "templates"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def company() -> Company:
    return Company()


def page(client: Client, url: str, **extra) -> str:
    return client.get(url, **extra).content.decode()


def rendered(template: str, **facts) -> str:
    with translation.override("zh-hans"):
        return Template("{% load desk %}" + template).render(Context(facts))


class TestHeaders:
    def test_keeps_every_page_out_of_caches(self, client, company):
        log_in(client, company.person("A1", AGENT))
        for url in ("/", "/account/sessions/", "/nothing/", "/account/logout/"):
            assert client.get(url)["Cache-Control"] == "no-store, private", url
        assert Client().get("/account/login/")["Cache-Control"] == "no-store, private"

    def test_clears_the_browser_on_logout_only(self, client, company):
        log_in(client, company.person("A1", AGENT))
        assert "Clear-Site-Data" not in client.get("/account/logout/")
        assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'

    def test_sends_a_policy_without_inline_code(self, client):
        policy = client.get("/account/login/")["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy

    def test_names_our_own_origin_to_ourselves_only(self, client):
        assert client.get("/account/login/")["Referrer-Policy"] == "same-origin"


class TestNavigation:
    def test_offers_what_the_roles_open_and_nothing_else(self, client, company):
        log_in(client, company.person("A1", AGENT))
        words = page(client, "/")
        assert f'href="{reverse("desk:trail_self")}"' in words
        for closed in ("desk:trail", "desk:keys", "desk:problems", "admin:index"):
            assert f'href="{reverse(closed)}"' not in words

    @pytest.mark.parametrize("role", [SECURITY, AUDITOR, OFFICER])
    def test_leads_whoever_enters_the_back_office(self, client, company, role):
        log_in(client, company.person("O1", role))
        assert f'href="{reverse("admin:index")}"' in page(client, "/")

    def test_marks_the_page_that_is_open_alone(self, client, company):
        log_in(client, company.person("A1", AGENT))
        current = re.findall(r'href="([^"]+)" aria-current="page"', page(client, "/jobs/"))
        assert current == ["/jobs/"]
        assert re.findall(r'href="([^"]+)" aria-current="page"', page(client, "/")) == ["/"]

    def test_speaks_the_language_of_whoever_reads_whatever_the_one_before_spoke(self, client, company):
        log_in(client, company.person("A1", AGENT))
        for language, own, other in (
            ("zh-hans", "后台任务", "Background jobs"),
            ("en", "Background jobs", "后台任务"),
        ) * 2:
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            words = page(client, "/")
            assert (own in words, other in words) == (True, False)

    def test_asks_what_waits_only_where_something_is_counted(self, client, company):
        log_in(client, company.person("A1", AGENT))
        assert "/waiting/" not in page(client, "/")
        assert page(client, "/waiting/").strip() == ""
        log_in(client, company.person("S1", SUPERVISOR))
        assert 'hx-get="/waiting/"' in page(client, "/")

    def test_has_a_place_for_every_number(self, client, company):
        log_in(client, company.person("O1", OFFICER, SUPERVISOR))
        words = page(client, "/")
        open_to_them = [
            place
            for shelf in SHELVES
            for place in shelf.places
            if f'href="{address(place.url_name)}"' in words
        ]
        counted = {badge_of(place) for place in open_to_them if place.count}
        assert len(counted) > 5
        assert counted == set(re.findall(r'<span id="(waits-\w+)" hidden>', words))

    @pytest.mark.parametrize("role", [AGENT, SUPERVISOR, OFFICER])
    def test_tells_no_number_of_a_place_that_is_closed(self, client, company, role, monkeypatch):
        monkeypatch.setattr(navigation, "waiting_at", lambda place, actor, at: "7")
        log_in(client, company.person("P1", role))
        places = set(re.findall(r'<span id="(waits-\w*)" hidden>', page(client, "/")))
        told = {one for one in re.findall(r'<span id="(waits-\w*)"', page(client, "/waiting/")) if one}
        assert told == places

    def test_names_only_pages_that_exist(self):
        assert [
            place.url_name for shelf in SHELVES for place in shelf.places if not address(place.url_name)
        ] == []


class TestLanguages:
    def test_speaks_chinese_first_and_english_after_the_switch(self, client, company):
        assert "登录" in page(client, "/account/login/")
        client.post(reverse("set_language"), {"language": "en", "next": "/account/login/"})
        words = page(client, "/account/login/")
        assert "Log in" in words
        assert "登录" not in words


class TestRefusals:
    def test_says_whose_a_closed_page_is(self, client, company):
        log_in(client, company.person("A1", AGENT))
        answer = client.get(reverse("desk:keys"))
        assert answer.status_code == 403
        assert "密钥管理员、审计员" in answer.content.decode()

    def test_says_it_inside_a_part_of_a_page(self, client, company):
        log_in(client, company.person("A1", AGENT))
        answer = client.get(reverse("desk:keys"), headers=HTMX)
        assert answer.status_code == 403
        assert "<html" not in answer.content.decode()
        assert "密钥管理员" in answer.content.decode()

    def test_sends_a_visitor_to_the_login_without_what_was_typed(self, client):
        answer = client.post("/session/lock/?note=13800001234", {"note": "13800001234"})
        assert answer.status_code == 302
        assert "1380000" not in answer["Location"]
        assert client.get("/jobs/")["Location"] == "/account/login/?next=/jobs/"

    def test_sends_a_part_of_a_page_to_the_login_as_a_whole(self, client):
        answer = client.get("/jobs/", headers=HTMX)
        assert answer.status_code == 401
        assert answer["HX-Redirect"].startswith("/account/login/")

    def test_answers_what_is_not_there_in_words(self, client, company):
        log_in(client, company.person("A1", AGENT))
        answer = client.get("/nothing/")
        assert answer.status_code == 404
        assert "没有可供您查看的内容" in answer.content.decode()

    def test_refuses_other_methods(self, client, company):
        log_in(client, company.person("A1", AGENT))
        answer = client.post("/jobs/")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD"

    def test_refuses_a_form_without_its_token_in_words(self, company):
        client = Client(enforce_csrf_checks=True)
        log_in(client, company.person("A1", AGENT))
        answer = client.post("/problems/report/", {"text": "x"})
        assert answer.status_code == 403
        assert "表单未被接受" in answer.content.decode()


@pytest.mark.urls("tests.desk.pages_that_fail")
class TestFailures:
    def test_shows_no_trace_and_no_value(self, company):
        client = Client(raise_request_exception=False)
        log_in(client, company.person("A1", AGENT))
        answer = client.get("/breaks/")
        assert answer.status_code == 500
        words = answer.content.decode()
        assert "操作未能完成" in words
        assert pages_that_fail.SECRET not in words
        assert "RuntimeError" not in words

    def test_says_that_nothing_is_shown_while_the_trail_cannot_record(self, company):
        client = Client(raise_request_exception=False)
        log_in(client, company.person("A1", AGENT))
        answer = client.get("/unrecorded/")
        assert answer.status_code == 503
        assert "访问日志不可用" in answer.content.decode()
        assert pages_that_fail.SECRET not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store, private"

    @pytest.mark.parametrize(
        ("page", "status"),
        [
            ("/fails/AdminShutdown/", 503),
            ("/fails/ConnectionFailure/", 503),
            ("/fails/OperationalError/", 503),
            ("/fails/TooManyConnections/", 503),
            ("/fails/AdminShutdown/in-the-session/", 503),
            ("/fails/DeadlockDetected/", 500),
            ("/fails/DeadlockDetected/in-the-session/", 400),
        ],
    )
    def test_tells_an_outage_of_the_database_from_a_failure(self, company, page, status):
        client = Client(raise_request_exception=False)
        log_in(client, company.person("A1", AGENT))
        answer = client.get(page)
        assert answer.status_code == status
        assert ("访问日志不可用" in answer.content.decode()) == (status == 503)
        assert pages_that_fail.SECRET not in answer.content.decode()

    def test_gives_a_script_the_words_in_a_header(self, company):
        client = Client(raise_request_exception=False)
        log_in(client, company.person("A1", AGENT))
        assert client.get("/unrecorded/", headers=HTMX)["X-Words"].startswith("%E8%AE%BF")


class TestTemplates:
    def test_holds_no_inline_code_or_style(self):
        inline = re.compile(
            r"\sstyle=|\son[a-z]+=|<style|javascript:|hx-on|js:|<script(?![^>]*(src=|application/json))", re.I
        )
        found = [
            f"{path.relative_to(TEMPLATES)}: {line.strip()}"
            for path in TEMPLATES.rglob("*.html")
            for line in path.read_text().splitlines()
            if inline.search(line)
        ]
        assert found == []

    def test_compiles(self):
        for path in TEMPLATES.rglob("*.html"):
            loader.get_template(str(path.relative_to(TEMPLATES)))

    def test_keeps_htmx_out_of_browser_storage_and_eval(self, client, company):
        log_in(client, company.person("A1", AGENT))
        words = page(client, "/")
        assert 'hx-history="false"' in words
        for setting in ('"allowEval": false', '"historyCacheSize": 0', '"selfRequestsOnly": true'):
            assert setting in words


class TestParts:
    def test_shows_a_level_with_its_name(self):
        assert "L3 敏感" in rendered("{% level 3 %}")
        badge = rendered('{% level 3 "L3-证件号码" %}')
        assert "L3-证件号码" in badge
        assert "level-3" in badge

    def test_escapes_values(self):
        assert "<b>" not in rendered("{% masked text %}", text="<b>")
        assert "<b>" not in rendered("{% revealed text fold=text %}", text="<b>")

    def test_shows_a_revealed_value_with_its_term_and_its_mask(self):
        words = rendered('{% revealed "13800001234" 60 "138****1234" %}')
        assert 'data-seconds="60"' in words
        assert 'data-fold="138****1234"' in words

    def test_ties_a_field_to_its_error(self):
        form = CodeForm({"code": ""})
        words = rendered("{% field form.code %}", form=form)
        assert 'aria-invalid="true"' in words
        assert re.search(r'aria-describedby="[^"]*id_code_error', words)
        assert 'id="id_code_error"' in words

    def test_tells_where_in_a_list_one_is(self, rf):
        shown = Paginator(range(120), 50).page(2)
        words = rendered("{% pages page %}", page=shown, request=rf.get("/?kind=x&page=2"))
        assert "第 51–100 条，共 120 条" in words
        assert "kind=x&amp;page=3" in words

    def test_asks_again_only_while_a_job_lives(self):
        live = JobShown(id=str(uuid4()), name="导入", state="running", done=30, total=60, rate=10.0, left=3)
        running = rendered("{% progress job %}", job=live)
        assert "hx-get" in running
        assert "30 / 60" in running
        assert "约剩 3 秒" in running
        ended = rendered("{% progress job %}", job=replace(live, state="done", result_url="/x/"))
        assert "hx-get" not in ended
        assert 'href="/x/"' in ended


def test_the_supervisor_is_offered_the_search_everywhere(client, company):
    log_in(client, company.person("S1", SUPERVISOR))
    assert 'class="top-search"' in page(client, "/jobs/")


def test_the_shop_window_of_the_demo_stays_closed_elsewhere(client):
    assert settings.DEMO is False
    assert "demo-title" not in page(client, "/account/login/")


@pytest.mark.django_db(databases=["default", "keyring", "restricted"])
def test_health_says_yes_without_a_session(client):
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {"default": True, "keyring": True, "restricted": True, "redis": True}
    assert not answer.cookies
