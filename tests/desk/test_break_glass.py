"""Break-glass on the desk: the button on a refusal, the value for a minute, the list and its review."""

from datetime import timedelta

import pytest

from access import events
from access.models import BreakGlass, ReadingRule
from staff import acting
from staff.acting import person_of
from staff.roles import AGENT, AUDITOR, HEAD, OFFICER, SECURITY, SUPERVISOR
from tests.access.cast import VALUES, kinds_since, last_event
from tests.access.test_break_glass import use
from tests.desk.at_work import HTMX, badges, browser, text

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WHY = "客户突发疾病，需联系家属"


def ask(client, customer, field="mobile", reason=WHY, htmx=True, **form):
    address = f"/customers/{customer.ref}/emergency/{field}/"
    return client.post(address, {"reason": reason, "fold": "***"} | form, headers=HTMX if htmx else {})


def refused(client, customer):
    return client.post(f"/customers/{customer.ref}/reveal/mobile/", {"fold": "***"}, headers=HTMX)


@pytest.mark.parametrize("role", [SUPERVISOR, HEAD])
def test_offers_the_emergency_on_a_refusal_and_shows_the_value(cast, role):
    client, customer = browser(cast.person(role)), cast.customer()
    words = text(refused(client, customer))
    assert f"/customers/{customer.ref}/emergency/mobile/" in words
    start = last_event()
    answer = ask(client, customer)
    assert answer.status_code == 200
    assert VALUES["mobile"] in text(answer)
    assert "data-revealed" in text(answer)
    assert kinds_since(start) == [events.BREAK_GLASS_USED.code]


def test_offers_none_to_an_agent_nor_against_a_prohibition(cast):
    customer = cast.customer()
    agent, supervisor = browser(cast.agent()), browser(cast.supervisor())
    assert "/emergency/" not in text(refused(agent, customer))
    row = {"role": "", "level": 3, "view": "hidden", "forbid": True, "clause": "S0-27", "since": cast.at}
    ReadingRule.objects.create(code="never", **row)
    assert "/emergency/" not in text(refused(supervisor, customer))
    answer = ask(supervisor, customer)
    assert answer.status_code == 403
    assert VALUES["mobile"] not in text(answer)


def test_asks_for_the_second_factor_first(cast):
    by, customer = cast.supervisor(), cast.customer()
    client = browser(by)
    session = client.session
    acting.give_factor(session, person_of(by), method="totp", at=cast.at - timedelta(minutes=6))
    session.save()
    start = last_event()
    answer = ask(client, customer)
    assert (answer.status_code, answer["X-Step-Up"]) == (401, "/session/step-up/")
    assert kinds_since(start) == []


@pytest.mark.parametrize(("form", "words"), [({"reason": ""}, "紧急"), ({"field": "full_name"}, "L3")])
def test_says_why_nothing_is_shown(cast, form, words):
    answer = ask(browser(cast.supervisor()), cast.customer(), **form)
    assert answer.status_code == 409
    assert words in text(answer)


def test_sends_to_the_ordinary_way_where_it_is_open(cast):
    client, customer = browser(cast.supervisor()), cast.customer()
    client.get(f"/customers/{customer.ref}/")
    assert ask(client, customer).status_code == 409
    assert not BreakGlass.objects.exists()


def test_answers_a_whole_page_to_a_browser_without_scripts(cast):
    words = text(ask(browser(cast.supervisor()), cast.customer(), htmx=False))
    assert "<html" in words
    assert VALUES["mobile"] in words


# --- the list ----------------------------------------------------------------------------------------------------
def used(cast, by=None):
    use(cast, cast.customer(number="C-URGENT"), by or cast.supervisor())
    return BreakGlass.objects.get()


def review(client, one, justified="yes", words="已核对"):
    return client.post(
        f"/break-glass/{one.id}/review/", {"justified": justified, "words": words}, follow=True
    )


@pytest.mark.parametrize("role", [HEAD, OFFICER])
def test_lists_what_waits_and_counts_it_in_the_navigation(cast, role):
    one, client = used(cast), browser(cast.person(role))
    words = text(client.get("/break-glass/"))
    assert f'data-use="{one.id}"' in words
    assert "C-URGENT" in words
    assert "L3-手机号码" in words
    assert badges(client) == {"emergencies": "1"}
    answer = review(client, one)
    assert badges(client) == {}
    assert "state-done" in text(answer)


def test_tells_the_reviewer_the_reason_and_has_it_on_record(cast):
    one, head = used(cast), browser(cast.person(HEAD))
    address = text(head.get("/break-glass/")).split('href="/trail/events/')[1].split('"')[0]
    start = last_event()
    assert WHY in text(head.get(f"/trail/events/{address}".replace("&amp;", "&")))
    assert kinds_since(start) == ["files.texts_read"]
    assert str(one.event) in address


def test_says_that_it_was_not_justified(cast):
    one, client = used(cast), browser(cast.officer())
    assert "state-failed" in text(review(client, one, justified="no"))
    assert not BreakGlass.objects.get().review.justified


def test_tells_who_used_it_the_reviewers_words_and_has_the_look_on_record(cast):
    by, head = cast.supervisor(), cast.person(HEAD)
    one = used(cast, by)
    address = f"/break-glass/{one.id}/words/"
    assert address not in text(browser(by).get("/break-glass/"))
    assert browser(by).get(address).status_code == 404
    review(browser(head), one, justified="no", words="可先电话请示")
    for reader in (by, head, cast.officer()):
        client = browser(reader)
        assert address in text(client.get("/break-glass/"))
        start = last_event()
        assert "可先电话请示" in text(client.get(address))
        assert kinds_since(start) == ["files.texts_read"]
    for role, other in ((AUDITOR, "north"), (SUPERVISOR, "north"), (HEAD, "south")):
        client = browser(cast.person(role, department=other))
        assert address not in text(client.get("/break-glass/"))
        assert client.get(address).status_code == 404


def test_shows_what_is_overdue(cast):
    one = used(cast)
    client = browser(cast.officer())
    assert "emergency-overdue" not in text(client.get("/break-glass/"))
    BreakGlass.objects.create(
        person_id=one.person_id, person_number="S", person_name="S", department="north", customer=one.customer,
        field="mobile", why=one.why, reason=one.reason, event=one.event, at=cast.at - timedelta(days=2),
    )  # fmt: skip
    assert text(client.get("/break-glass/")).count("emergency-overdue") == 1


def test_shows_the_user_their_own_without_a_form(cast):
    by = cast.supervisor()
    one = used(cast, by)
    words = text(browser(by).get("/break-glass/"))
    assert f'data-use="{one.id}"' in words
    assert "emergency-review" not in words
    assert browser(by).post(f"/break-glass/{one.id}/review/").status_code == 403


def test_shows_the_auditor_all_without_reasons_or_forms(cast):
    one = used(cast)
    words = text(browser(cast.person(AUDITOR)).get("/break-glass/"))
    assert f'data-use="{one.id}"' in words
    assert f"/trail/events/{one.event}/text/" not in words
    assert "emergency-review" not in words


def test_shows_a_head_of_elsewhere_nothing(cast):
    one, foreign = used(cast), browser(cast.person(HEAD, department="south"))
    assert str(one.id) not in text(foreign.get("/break-glass/"))
    assert foreign.post(f"/break-glass/{one.id}/review/", {"justified": "yes"}).status_code == 404


def test_takes_no_second_review_and_none_of_ones_own(cast):
    head = cast.person(HEAD)
    one, officer = used(cast, head), browser(cast.officer())
    assert "本人" in text(review(browser(head), one))
    review(officer, one)
    assert "已" in text(review(officer, one, justified="no"))
    assert BreakGlass.objects.get().review.justified


@pytest.mark.parametrize("role", [AGENT, SECURITY])
def test_is_closed_to_others(cast, role):
    assert browser(cast.person(role)).get("/break-glass/").status_code == 403
