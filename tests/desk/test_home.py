"""The first page of each role, the set-up list, the bell."""

from datetime import timedelta

import pytest
from django.urls import reverse

from approvals import registry
from customers.models import Contact
from desk import setup
from staff.models import Notification
from staff.roles import AGENT, ANALYST, AUDITOR, CUSTODIAN, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import Cast
from tests.desk.at_work import browser
from tests.staff.company import facts_since, kinds_since, last_event

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def home(client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    words: str = answer.content.decode()
    return words


def contact(customer, actor, at, **facts) -> Contact:
    facts = {"opened_at": at, "last_act_at": at, **facts}
    return Contact.objects.create(
        customer=customer,
        person_id=actor.id,
        person_number=actor.number,
        channel="phone",
        purpose="service",
        **facts,
    )


class TestRoles:
    @pytest.mark.parametrize("role", [AGENT, SUPERVISOR, HEAD])
    def test_gives_whoever_serves_a_search_box_with_focus(self, cast: Cast, role):
        words = home(browser(cast.person(role)))
        assert 'id="finder"' in words
        assert "autofocus" in words

    @pytest.mark.parametrize("role", [OFFICER, SECURITY, AUDITOR])
    def test_gives_numbers_that_lead_to_their_lists(self, cast: Cast, role):
        words = home(browser(cast.person(role)))
        assert 'class="tile' in words
        assert reverse("desk:trail") + "?from=" in words
        assert 'id="finder"' not in words

    def test_gives_a_supervisor_the_team_of_today(self, cast: Cast):
        assert "今日展示客户" in home(browser(cast.person(SUPERVISOR)))

    def test_gives_the_custodian_the_register(self, cast: Cast):
        assert f'href="{reverse("desk:keys")}"' in home(browser(cast.person(CUSTODIAN)))

    def test_tells_the_analyst_who_gives_a_portfolio(self, cast: Cast):
        assert "尚无客户组" in home(browser(cast.person(ANALYST)))

    def test_tells_whoever_has_no_role_who_gives_one(self, cast: Cast):
        assert "尚未分配角色" in home(browser(cast.person()))


class TestRecent:
    def test_shows_the_customers_of_recent_contacts_once_each(self, cast: Cast):
        agent = cast.person(AGENT)
        customer = cast.customer()
        contact(customer, agent, cast.at)
        contact(customer, agent, cast.at - timedelta(hours=2))
        start = last_event()
        words = home(browser(agent))
        assert words.count(customer.number) == 1
        assert f'href="/customers/{customer.ref}/"' in words
        assert facts_since(start, "customer.listed") == [{"how": "recent", "page": 1, "rows": 1}]

    def test_leaves_out_what_is_no_longer_within_reach(self, cast: Cast):
        agent = cast.person(AGENT)
        customer = cast.customer(portfolio="south")
        contact(customer, agent, cast.at)
        start = last_event()
        assert customer.number not in home(browser(agent))
        assert "customer.listed" not in kinds_since(start)

    def test_says_which_contacts_are_open(self, cast: Cast):
        agent = cast.person(AGENT)
        contact(cast.customer(), agent, cast.at)
        assert "进行中" in home(browser(agent))

    def test_shows_no_sealed_value(self, cast: Cast):
        agent = cast.person(AGENT)
        contact(cast.customer(), agent, cast.at)
        assert "15400000018" not in home(browser(agent))


class TestSettingUp:
    def test_lists_what_is_missing_and_links_what_this_person_can_do(self, cast: Cast):
        words = home(browser(cast.person(SECURITY)))
        assert "初始设置" in words
        assert f'href="{reverse("desk:networks")}"' in words

    def test_shows_a_supervisor_the_import_alone_and_only_until_there_are_customers(self, cast: Cast):
        supervisor = cast.person(SUPERVISOR)
        waiting = [step.url for step in setup.steps(supervisor, cast.at)]
        assert waiting == [reverse("desk:imports")]
        cast.customer()
        assert setup.steps(supervisor, cast.at) == []

    def test_shows_an_agent_nothing_of_it(self, cast: Cast):
        assert setup.steps(cast.person(AGENT), cast.at) == []


class TestBell:
    def test_counts_what_is_new_and_marks_it_as_read(self, cast: Cast):
        agent = cast.person(AGENT)
        assert agent.id
        for link in ("", "/jobs/"):
            Notification.objects.create(
                person_id=agent.id,
                code="proposal_waits",
                params={"kind": "role.give"},
                link=link,
                created_at=cast.at,
            )
        client = browser(agent)
        assert '<span class="top-count">2</span>' in home(client)
        listed = client.get(reverse("desk:notifications")).content.decode()
        assert 'href="/jobs/"' in listed
        assert str(registry.get("role.give").name) in listed
        assert "role.give" not in listed
        client.post(reverse("desk:notifications"))
        assert "top-count" not in home(client)

    def test_shows_each_person_their_own(self, cast: Cast):
        agent, other = cast.person(AGENT), cast.person(AGENT)
        assert other.id
        Notification.objects.create(person_id=other.id, code="proposal_waits", params={}, created_at=cast.at)
        assert "note-new" not in browser(agent).get(reverse("desk:notifications")).content.decode()
