"""Row budgets on the desk: the quiet meter, the refusal with its way on, the tap, the rows and their proposals."""

import pytest

from access import events
from access.budgets import CLEAR, LISTS
from access.models import BudgetPortion, RowBudget
from approvals.models import Proposal
from staff.roles import AGENT, AUDITOR, HEAD, SECURITY
from tests.access.cast import CANARIES, kinds_since, last_event
from tests.access.test_budgets import allow, saw, used_up
from tests.desk.at_work import HTMX, badges, browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def reveal(client, customer, **headers):
    client.get(f"/customers/{customer.ref}/")
    return client.post(
        f"/customers/{customer.ref}/reveal/mobile/",
        {"reason": "核实", "fold": "154****0018"},
        headers=headers,
    )


def more(client, budget=CLEAR, reason="批量回访", headers=None, **form):
    return client.post("/budgets/more/", {"budget": budget, "reason": reason} | form, headers=headers or {})


def test_refuses_with_the_seconds_to_wait_and_the_way_on(cast):
    by, customer = used_up(cast)
    answer = reveal(browser(by), customer, **HTMX)
    words = text(answer)
    assert answer.status_code == 429
    assert 3590 < int(answer["Retry-After"]) <= 3600
    assert "限额" in words
    assert 'name="reason"' in words
    assert "2 / 2" in words
    assert "154****0018" in words
    assert not any(canary in words for canary in CANARIES)
    assert "<html" not in words


def test_goes_on_after_a_typed_reason(cast):
    by, customer = used_up(cast)
    client = browser(by)
    reveal(client, customer, **HTMX)
    start = last_event()
    given = more(client, headers=HTMX)
    assert given.status_code == 200
    assert kinds_since(start) == [events.BUDGET_EXTENDED.code]
    assert reveal(client, customer, **HTMX).status_code == 200
    assert more(client, headers=HTMX).status_code == 409


def test_answers_a_whole_page_to_a_browser_without_scripts(cast):
    allow(cast.at, budget=LISTS, hour=1)
    client = browser(cast.supervisor())
    assert client.get("/customers/list/").status_code == 200
    answer = client.get("/customers/list/?tier=vip")
    words = text(answer)
    assert answer.status_code == 429
    assert "<html" in words
    assert "hx-post" not in words.split("over-budget")[1].split("</form>")[0]
    given = more(client, budget=LISTS, next="/customers/list/?tier=vip")
    assert (given.status_code, given["Location"]) == (302, "/customers/list/?tier=vip")
    assert client.get("/customers/list/?tier=vip").status_code == 200


def test_never_leads_to_another_site(cast):
    by, _customer = used_up(cast)
    assert more(browser(by), next="https://example.com/")["Location"] == "/"


def test_keeps_the_start_page_and_a_customer_open(cast):
    by, customer = used_up(cast)
    allow(cast.at, budget=LISTS, hour=1)
    client = browser(by)
    client.get("/customers/list/")
    for address in ("/", "/customers/", f"/customers/{customer.ref}/", f"/customers/{customer.ref}/edit/"):
        assert client.get(address).status_code == 200, address
    assert client.get("/customers/list/").status_code == 429


def test_knows_no_other_budget(cast):
    assert more(browser(cast.supervisor()), budget="everything").status_code == 404


# --- before it bites ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("used", "shown"), [(3, False), (4, True)])
def test_shows_a_meter_when_most_is_used(cast, used, shown):
    allow(cast.at, hour=5)
    by, customer = cast.supervisor(), cast.customer()
    for _ in range(used):
        saw(by, cast.customer(), cast.at)
    client = browser(by)
    for address in ("/customers/", f"/customers/{customer.ref}/"):
        assert (f"{used} / 5" in text(client.get(address))) is shown


def test_shows_the_meter_of_lists_on_a_list(cast):
    allow(cast.at, budget=LISTS, hour=5)
    client = browser(cast.supervisor())
    pages = [text(client.get("/customers/list/")) for _ in range(4)]
    assert ["/ 5</b>" in page for page in pages] == [False, False, False, True]


def test_shows_everybody_their_own_budgets_and_the_rows(cast):
    words = text(browser(cast.agent()).get("/budgets/"))
    assert "0 / 60" in words
    assert "0 / 120" in words
    assert "/budgets/rules/" not in words
    auditor = text(browser(cast.person(AUDITOR)).get("/budgets/"))
    assert "/budgets/rules/clear-agent-vip/" in auditor


# --- the tap -----------------------------------------------------------------------------------------------------
def waiting(cast):
    by, customer = used_up(cast)
    client = browser(by)
    more(client)
    saw(by, cast.customer(), cast.at)
    assert reveal(client, customer, **HTMX).status_code == 429
    return by, customer, client


def test_shows_a_leader_the_taps_that_wait_and_takes_one(cast):
    by, customer, client = waiting(cast)
    head = browser(cast.person(HEAD))
    assert f'data-person="{by.number}"' not in text(client.get("/"))
    for address in ("/", "/budgets/"):
        assert f'data-person="{by.number}"' in text(head.get(address))
    assert badges(head) == {"budgets": "1"}
    start = last_event()
    answer = head.post(f"/budgets/people/{by.id}/allow/", {"budget": CLEAR}, follow=True)
    assert kinds_since(start) == [events.BUDGET_EXTENDED.code]
    assert f'data-person="{by.number}"' not in text(answer)
    assert reveal(client, customer, **HTMX).status_code == 200


def test_says_to_whoever_waits_that_somebody_was_told(cast):
    _by, customer, client = waiting(cast)
    words = text(reveal(client, customer, **HTMX))
    assert 'name="reason"' not in words
    assert "主管" in words
    assert more(client, headers=HTMX).status_code == 409


def test_takes_no_tap_for_foreign_people_nor_from_themselves(cast):
    by, _customer, client = waiting(cast)
    foreign = browser(cast.person(HEAD, department="south"))
    for other in (client, foreign):
        assert other.post(f"/budgets/people/{by.id}/allow/", {"budget": CLEAR}).status_code == 404
    assert not BudgetPortion.objects.filter(step="tap").exists()


def test_shows_a_leader_what_comes_to_its_end(cast):
    allow(cast.at, role=AGENT, hour=5)
    agent = cast.agent()
    for _ in range(4):
        saw(agent, cast.customer(), cast.at)
    words = text(browser(cast.supervisor()).get("/"))
    assert agent.name in words
    assert "4 / 5" in words


# --- the rows ----------------------------------------------------------------------------------------------------
NUMBERS = {"per_hour": "5", "per_day": "50", "more_hour": "1", "more_day": "5", "reason": "收紧"}


def test_takes_a_proposal_of_the_security_manager_to_be_signed(cast):
    officer = browser(cast.officer())
    answer = browser(cast.person(SECURITY)).post("/budgets/rules/clear-agent/", NUMBERS)
    proposal = Proposal.objects.get(kind="budget.change")
    assert answer["Location"] == f"/decisions/{proposal.pk}/"
    assert "60" in text(officer.get(f"/decisions/{proposal.pk}/"))
    officer.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})
    assert RowBudget.objects.get(code="clear-agent", until=None).per_hour == 5
    assert ">2<" in text(officer.get("/budgets/rules/clear-agent/")).replace(" ", "").replace("\n", "")


def test_makes_a_budget_for_one_more_tier(cast):
    officer, manager = browser(cast.officer()), browser(cast.person(SECURITY))
    manager.post("/budgets/rules/clear-agent/", NUMBERS | {"tier": "premium"})
    proposal = Proposal.objects.get(kind="budget.change")
    officer.post(f"/decisions/{proposal.pk}/approve/", {"hash": proposal.content_hash})
    assert RowBudget.objects.get(code="clear-agent-premium", until=None).per_day == 50
    assert RowBudget.objects.get(code="clear-agent", until=None).per_hour == 60


def test_says_what_is_wrong_with_a_proposal(cast):
    cast.officer()
    manager = browser(cast.person(SECURITY))
    for wrong in ({"per_day": "4"}, {"per_hour": "0"}, {"reason": ""}):
        assert manager.post("/budgets/rules/clear-agent/", NUMBERS | wrong).status_code == 422
    assert not Proposal.objects.exists()


def test_lets_nobody_else_propose(cast):
    officer = browser(cast.officer())
    assert "<form method" not in text(officer.get("/budgets/rules/clear-agent/")).split("<main")[1]
    assert officer.post("/budgets/rules/clear-agent/", NUMBERS).status_code == 404
    assert browser(cast.agent()).get("/budgets/rules/clear-agent/").status_code == 403


def test_counts_from_the_database_and_not_from_the_session(cast):
    by, customer = used_up(cast)
    assert [reveal(browser(by), customer, **HTMX).status_code for _ in range(2)] == [429, 429]
