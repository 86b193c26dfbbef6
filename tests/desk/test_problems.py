"""Report a problem; the officer's list."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from files.models import SealedText
from staff.models import Notification, Person
from staff.roles import AGENT, OFFICER, SECURITY
from tests.desk.at_work import browser
from tests.staff.company import Company, facts_since, kinds_since, last_event, log_in
from trail.models import Event
from trail.vocabulary import get

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
TRACES = {"roles", "department", "site", "site_region", "acting_as", "zone", "ip", "session_hash"}
WORDS = "客户说他的号码 13800001234 被念出来了"


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def officer(company) -> Client:
    client = Client()
    log_in(client, company.person("O1", OFFICER))
    return client


@pytest.fixture
def agent(company) -> Client:
    client = Client()
    log_in(client, company.person("A1", AGENT))
    return client


def report(client: Client) -> SealedText:
    answer = client.post(reverse("desk:problem_report"), {"text": WORDS, "page": "desk:customer"})
    assert answer.status_code == 302
    return SealedText.objects.latest("created_at")


def test_seals_the_words_and_raises_the_alarm(agent):
    start = last_event()
    row = report(agent)
    assert WORDS not in row.sealed
    assert facts_since(start, "problem.reported") == [{"report": str(row.pk), "page": "desk:customer"}]
    assert get("problem.reported").alarm


def test_tells_every_officer_and_leads_them_to_it(agent, officer, company):
    company.person("O2", OFFICER)
    row = report(agent)
    assert set(Notification.objects.values_list("person__number", "link")) == {
        ("O1", f"/problems/{row.pk}/"),
        ("O2", f"/problems/{row.pk}/"),
    }
    assert "有新的问题报告" in officer.get(reverse("desk:notifications")).content.decode()


def test_lists_without_the_words(agent, officer):
    row = report(agent)
    words = officer.get(reverse("desk:problems")).content.decode()
    assert f"/problems/{row.pk}/" in words
    assert "13800001234" not in words


def test_records_that_it_was_read_before_it_is_shown(agent, officer):
    row = report(agent)
    start = last_event()
    assert WORDS in officer.get(reverse("desk:problem", args=[row.pk])).content.decode()
    assert kinds_since(start) == ["problem.read"]


def test_shows_a_report_to_its_writer(agent):
    row = report(agent)
    assert WORDS in agent.get(reverse("desk:problem", args=[row.pk])).content.decode()


def test_is_not_there_for_anybody_else(agent, company):
    row = report(agent)
    other = Client()
    log_in(other, company.person("M1", SECURITY))
    start = last_event()
    assert other.get(reverse("desk:problem", args=[row.pk])).status_code == 404
    assert other.get(reverse("desk:problems")).status_code == 403
    assert kinds_since(start) == []


def test_wants_words(agent):
    start = last_event()
    assert agent.post(reverse("desk:problem_report"), {"text": "  "}).status_code == 422
    assert kinds_since(start) == []


def test_stands_at_the_foot_of_every_page(agent):
    foot = re.search(r'<footer class="foot">.*?</footer>', agent.get("/jobs/").content.decode(), re.S)
    assert foot
    assert reverse("desk:problem_report") + "?from=desk%3Ajobs" in foot.group(0)


def test_keeps_no_trace_of_who_reports_without_a_name(agent, officer, company):
    start, person = last_event(), Person.objects.get(number="A1")
    answer = agent.post(
        reverse("desk:problem_report"), {"text": WORDS, "page": "desk:customer", "anonymous": "on"}
    )
    assert answer.status_code == 200
    row = SealedText.objects.latest("created_at")
    event = Event.objects.get(id__gt=start, kind="problem.reported")
    assert event.facts == {"report": str(row.pk), "page": ""}
    whole = {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields}
    about = {name: whole[name] for name in whole if name.startswith("actor") or name in TRACES}
    assert about == {
        "actor_id": None, "actor_number": "anonymous", "actor_name": "", "roles": [], "department": "", "site": "",
        "site_region": "", "acting_as": "", "zone": "", "ip": None, "session_hash": "",
    }  # fmt: skip
    assert (row.writer_id, row.department, row.readers, row.subject) == (None, "", [], None)
    held = str(agent.session.items())
    assert str(row.pk) not in held
    assert "_messages" not in agent.session
    assert not Notification.objects.filter(person=person).exists()
    assert str(row.pk) not in agent.get(reverse("desk:problem_report")).content.decode()
    assert agent.get(reverse("desk:problem", args=[row.pk])).status_code == 404
    assert WORDS in officer.get(reverse("desk:problem", args=[row.pk])).content.decode()


def test_says_what_is_hidden_and_what_is_not(agent):
    words = agent.get(reverse("desk:problem_report")).content.decode()
    for said in ("不记录您的姓名", "无法隐去的是提交时间"):
        assert said in words


def test_names_the_customer_it_concerns_if_the_reporter_reaches_one(cast):
    one, agent = cast.customer(), cast.agent()
    url = reverse("desk:problem_report")
    client = browser(agent)
    assert client.post(url, {"text": WORDS, "customer": "nobody"}).status_code == 422
    assert client.post(url, {"text": WORDS, "customer": one.number}).status_code == 302
    row = SealedText.objects.latest("created_at")
    assert (row.subject, row.concerns) == (None, [one.ref])
    client.post(url, {"text": WORDS, "customer": one.number, "anonymous": "on"})
    row = SealedText.objects.latest("created_at")
    assert (row.writer_id, row.concerns) == (None, [one.ref])
