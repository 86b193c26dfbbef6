"""Search, list, customer page, contact, reveal, compare: what each person gets to see, and how they are refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from customers.models import Contact
from desk import searches
from tests.access.cast import CANARIES, VALUES, exposures_since, kinds_since, last_event
from tests.desk.at_work import HTMX, browser, search, text
from tests.trail.logins import trail_refuses

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

MOST_QUERIES = 20
"""Of a list, with grants and consents, both databases together."""
SEARCH, LIST = "/customers/", "/customers/list/"


def page(customer) -> str:
    return f"/customers/{customer.ref}/"


def reveal(client, customer, field="mobile", reason="核实", htmx=True):
    headers = HTMX if htmx else {}
    return client.post(
        f"/customers/{customer.ref}/reveal/{field}/", {"reason": reason, "fold": "***"}, headers=headers
    )


def compare(client, customer, said, field="mobile"):
    return client.post(f"/customers/{customer.ref}/compare/", {"field": field, "said": said}, headers=HTMX)


# --- who may open which page -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("agent", 200),
        ("supervisor", 200),
        ("head", 200),
        ("officer", 200),
        ("analyst", 403),
        ("security", 403),
        ("custodian", 403),
        ("auditor", 403),
    ],
)
def test_opens_the_customer_pages_by_role(cast, role, status):
    customer = cast.customer()
    client = browser(cast.person(role))
    for address in (SEARCH, LIST, page(customer)):
        assert client.get(address).status_code == status


def test_gives_foreign_and_nonexistent_the_same_answer(cast):
    foreign = cast.customer(portfolio="south")
    client = browser(cast.agent(serves="north"))
    for address in ("/customers/{}/", "/customers/{}/edit/"):
        answers = [client.get(address.format(ref)) for ref in (foreign.ref, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
    for address in ("reveal/mobile/", "compare/", "contact/"):
        data = {"field": "mobile", "said": "1", "reason": "x"}
        told = [
            client.post(f"/customers/{ref}/{address}", data, headers=HTMX) for ref in (foreign.ref, uuid4())
        ]
        assert {answer.status_code for answer in told} == {404}
        assert told[0].content == told[1].content


def test_sends_a_visitor_to_the_login(cast, client):
    assert client.get(SEARCH).status_code == 302


# --- search ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["15400000018", "154 0000 0018", "１５４-００００-００１８"])
def test_finds_a_mobile_number_however_it_is_typed_and_shows_a_mask(cast, typed):
    customer = cast.indexed_customer(number="C77")
    answer = search(browser(cast.agent()), typed)
    assert page(customer) in text(answer)
    assert "154****0018" in text(answer)
    assert not any(canary in text(answer) for canary in CANARIES)


def test_keeps_what_was_typed_out_of_the_address_and_says_how_it_searched(cast):
    cast.indexed_customer()
    answer = search(browser(cast.agent()), "15400000018", how="mobile")
    address = answer.redirect_chain[-1][0]
    assert "154" not in address
    assert "L3-手机号码" in text(answer)
    assert "154****0018" in text(answer)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("15400000018", "154****0018"),
        ("154 0000 0018", "154****0018"),
        ("119900199001010010", "119****0010"),
        ("a.nobody@example.com", "a***@example.com"),
        ("EO0000018", "EO0****0018"),
        ("0018", "0018"),
        ("C00001", "C00001"),
        ("张示例", "张示例"),
    ],
)
def test_covers_a_long_identifier_when_it_says_what_was_searched(typed, shown):
    assert searches.cover(typed) == shown


def test_can_be_reloaded_and_paged(cast):
    client = browser(cast.agent())
    for number in range(27):
        cast.customer(number=f"P{number:02d}", full_name="欧阳示例")
    first = search(client, "欧阳", how="name")
    address = first.redirect_chain[-1][0]
    assert text(first).count("data-row ") == 25
    again, second = client.get(address), client.get(address, {"page": 2})
    assert text(again).count("data-row ") == 25
    assert text(second).count("data-row ") == 2


def test_finds_nobody_outside_the_portfolio(cast):
    foreign = cast.indexed_customer(portfolio="south", number="S9")
    client = browser(cast.agent(serves="north"))
    for typed in ("15400000018", "S9", "张示例"):
        assert str(foreign.ref) not in text(search(client, typed))


def test_says_which_fields_cannot_be_searched(cast):
    client = browser(cast.agent())
    assert "L3-家庭住址" in text(client.get(SEARCH))
    assert "L3-家庭住址" in text(search(client, "x", how="number"))


def test_asks_to_search_again_when_the_search_is_forgotten(cast):
    answer = browser(cast.agent()).get("/customers/found/nothing/", follow=True)
    assert answer.redirect_chain[-1][0] == SEARCH


def test_records_who_was_listed_before_showing_them(cast):
    customer = cast.indexed_customer()
    client = browser(cast.agent())
    start = last_event()
    search(client, "15400000018")
    assert "customer.listed" in kinds_since(start)
    (seen,) = exposures_since(start, customer.ref)
    assert (seen.act, sorted(seen.masked)) == ("listed", ["mobile", "resident_id"])


# --- list --------------------------------------------------------------------------------------------------------
def test_lists_only_what_is_within_reach(cast):
    mine, foreign = cast.customer(number="N1"), cast.customer(number="S1", portfolio="south")
    told = text(browser(cast.agent(serves="north")).get(LIST))
    assert str(mine.ref) in told
    assert str(foreign.ref) not in told


def test_puts_each_value_under_its_own_label(cast):
    cast.customer()
    told = browser(cast.agent()).get(LIST)
    (row,) = told.context["rows"]
    assert told.context["columns"] == [value.label for value in row.values]
    assert [value.text for value in row.values][:2] == ["张示例", "金卡会员"]


def test_narrows_by_tier_and_says_so(cast):
    vip, other = cast.customer(tier="vip"), cast.customer()
    told = text(browser(cast.supervisor()).get(LIST, {"tier": "vip"}))
    assert str(vip.ref) in told
    assert str(other.ref) not in told


def test_shows_masks_of_every_level_to_the_officer(cast):
    cast.customer()
    told = text(browser(cast.officer()).get(LIST))
    assert "张示例" not in told
    assert "金卡会员" not in told


def test_asks_the_databases_equally_often_for_a_short_and_a_long_list(cast):
    client = browser(cast.agent())
    cast.customer()

    def asked() -> int:
        with (
            CaptureQueriesContext(connections["default"]) as main,
            CaptureQueriesContext(connections["keyring"]) as keyring,
        ):
            assert client.get(LIST).status_code == 200
        return len(main) + len(keyring)

    asked()
    short = asked()
    assert short <= MOST_QUERIES
    for _ in range(24):
        cast.customer()
    assert asked() == short


def test_asks_the_databases_seldom(cast):
    customer, agent = cast.customer(), browser(cast.agent())
    for address, most in ((LIST, 14), (page(customer), 36)):
        agent.get(address)
        with (
            CaptureQueriesContext(connections["default"]) as main,
            CaptureQueriesContext(connections["keyring"]) as keyring,
        ):
            assert agent.get(address).status_code == 200
        assert len(main) + len(keyring) <= most, [one["sql"][:100] for one in main]


# --- customer page and contact --------------------------------------------------------------------------------
def test_starts_a_contact_and_shows_masks_with_labels(cast):
    customer, agent = cast.customer(), cast.agent()
    told = text(browser(agent).get(page(customer)))
    contact = Contact.objects.get()
    assert (contact.customer_id, contact.person_id) == (customer.pk, agent.id)
    assert "L3-手机号码" in told
    assert "154****0018" in told
    assert "张示例" in told
    assert not any(canary in told for canary in CANARIES)


def test_starts_no_contact_for_the_officer_and_offers_no_reveal(cast):
    customer = cast.customer()
    told = text(browser(cast.officer()).get(page(customer)))
    assert not Contact.objects.exists()
    assert "/reveal/" not in told
    assert "张示例" not in told


def test_carries_the_open_contact_on_when_the_page_is_reloaded(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    for _ in range(2):
        client.get(page(customer))
    assert Contact.objects.count() == 1


def test_changes_channel_and_purpose_in_place(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    client.get(page(customer))
    answer = client.post(
        f"{page(customer)}contact/",
        {"channel": "chat", "purpose": "complaint", "ticket": "T-1"},
        headers=HTMX,
    )
    contact = Contact.objects.get()
    assert answer.status_code == 200
    assert (contact.channel, contact.purpose, contact.ticket) == ("chat", "complaint", "T-1")


def test_refuses_a_purpose_that_the_role_may_not_pick_and_keeps_the_contact(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    client.get(page(customer))
    answer = client.post(f"{page(customer)}contact/", {"purpose": "survey"}, headers=HTMX)
    assert answer.status_code == 422
    assert Contact.objects.get().purpose == "service"


def test_closes_the_contact_with_one_line(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    client.get(page(customer))
    contact = Contact.objects.get()
    client.post(f"/contacts/{contact.id}/close/", {"line": "改了地址", "ref": str(customer.ref)})
    contact.refresh_from_db()
    assert contact.closed_at is not None
    assert contact.line is not None


def test_closes_nobody_elses_contact(cast):
    customer = cast.customer()
    browser(cast.agent()).get(page(customer))
    answer = browser(cast.agent()).post(f"/contacts/{Contact.objects.get().id}/close/", {"line": "x"})
    assert answer.status_code == 404
    assert Contact.objects.get().closed_at is None


# --- reveal ------------------------------------------------------------------------------------------------------
def test_asks_a_supervisor_for_a_reason_once_and_then_reveals_by_one_click(cast):
    customer = cast.customer()
    client = browser(cast.supervisor())
    client.get(page(customer))
    asked = reveal(client, customer, reason="")
    assert asked.status_code == 200
    assert 'name="reason"' in text(asked)
    shown = reveal(client, customer)
    assert VALUES["mobile"] in text(shown)
    assert 'data-seconds="60"' in text(shown)
    assert 'data-fold="***"' in text(shown)
    assert VALUES["resident_id"] in text(reveal(client, customer, "resident_id", reason=""))


def test_puts_the_viewers_name_behind_the_value_and_keeps_it_out_of_caches(cast):
    customer, supervisor = cast.customer(), cast.supervisor()
    client = browser(supervisor)
    client.get(page(customer))
    shown = reveal(client, customer)
    assert f'data-watermark="{supervisor.name} {supervisor.number}' in text(shown)
    assert shown["Cache-Control"] == "no-store, private"


def test_reveals_in_a_browser_without_scripts(cast):
    customer = cast.customer()
    client = browser(cast.supervisor())
    client.get(page(customer))
    shown = reveal(client, customer, htmx=False)
    assert shown.status_code == 200
    assert VALUES["mobile"] in text(shown)
    assert "<html" in text(shown)


def test_refuses_an_agent_in_words_with_rule_clause_and_a_button(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    client.get(page(customer))
    refused = reveal(client, customer)
    told = text(refused)
    assert refused.status_code == 403
    assert VALUES["mobile"] not in told
    assert "agent-l3" in told
    assert "S0-28" in told
    assert "客服仅可访问" in told
    assert 'data-compares="mobile"' in told


def test_refuses_a_reveal_to_roles_without_it(cast):
    customer = cast.customer()
    assert reveal(browser(cast.officer()), customer).status_code == 403


def test_is_done_by_post_alone(cast):
    customer = cast.customer()
    client = browser(cast.supervisor())
    assert client.get(f"/customers/{customer.ref}/reveal/mobile/").status_code == 405
    assert client.get(f"/customers/{customer.ref}/compare/").status_code == 405


@pytest.mark.parametrize("field", ["no-such-field", "passport", "payment_password"])
def test_knows_no_reveal_of_what_is_not_held(cast, field):
    customer = cast.customer()
    client = browser(cast.supervisor())
    client.get(page(customer))
    assert reveal(client, customer, field).status_code == 404


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_shows_no_page_with_values_while_the_trail_refuses(cast):
    customer = cast.customer()
    client = browser(cast.supervisor())
    client.get(page(customer))
    with trail_refuses():
        answers = [client.get(page(customer)), client.get(LIST), reveal(client, customer)]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    for answer in answers:
        assert not any(said in text(answer) for said in (*CANARIES, "154****0018", "张示例"))
    assert VALUES["mobile"] in text(reveal(client, customer))


def test_says_when_a_value_cannot_be_opened(cast):
    one, other = cast.customer(), cast.customer()
    client = browser(cast.supervisor())
    client.get(page(one))
    one.sealed["mobile"] = other.sealed["mobile"]
    one.save(update_fields=["sealed"])
    answer = reveal(client, one)
    assert answer.status_code == 409
    assert VALUES["mobile"] not in text(answer)


def test_wants_the_reason_in_one_line(cast):
    customer = cast.customer()
    client = browser(cast.supervisor())
    client.get(page(customer))
    answer = reveal(client, customer, reason="长" * 501)
    assert answer.status_code == 422
    assert 'name="reason"' in text(answer)


# --- compare -----------------------------------------------------------------------------------------------------
def test_answers_yes_or_no_and_shows_nothing(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    right, wrong = compare(client, customer, "154 0000 0018"), compare(client, customer, "15400000026")
    assert "compared-right" in text(right)
    assert "compared-wrong" in text(wrong)
    assert not any(canary in text(answer) for canary in CANARIES for answer in (right, wrong))


def test_stops_after_three_wrong_and_lets_another_supervisor_allow_more(cast):
    customer = cast.customer()
    agent, supervisor = browser(cast.agent()), browser(cast.supervisor())
    for _ in range(3):
        compare(agent, customer, "15400000026")
    stopped = compare(agent, customer, "15400000018")
    assert stopped.status_code == 429
    assert "compare/more" not in text(stopped)
    more = f"/customers/{customer.ref}/compare/more/"
    assert agent.post(more, headers=HTMX).status_code == 403
    assert "compare/more" in text(supervisor.get(page(customer)))
    assert supervisor.post(more, headers=HTMX).status_code == 200
    assert "compared-right" in text(compare(agent, customer, "15400000018"))
    assert supervisor.post(more, headers=HTMX).status_code == 409


def test_says_in_one_place_how_many_wrong_answers_are_left(cast):
    """An old number left standing beside the new one would contradict it."""
    customer = cast.customer()
    client = browser(cast.agent())
    before = text(client.get(page(customer)))
    replaced = before.split('id="compared"')[1].split("</section>")[0]
    assert before.count("还可答错") == replaced.count("还可答错") == 1
    assert "今日还可答错 2 次" in text(compare(client, customer, "15400000026"))


def test_offers_only_comparable_kinds(cast):
    customer = cast.customer()
    told = text(browser(cast.agent()).get(page(customer)))
    offered = told.split('id="compare-field"')[1].split("</select>")[0]
    assert 'value="mobile"' in offered
    assert 'value="full_name"' in offered
    assert 'value="member_level"' not in offered
    assert compare(browser(cast.agent()), customer, "金卡会员", "member_level").status_code == 404


@pytest.mark.parametrize("said", ["", "   ", "1" * 201])
def test_compares_nothing_empty_or_endless(cast, said):
    customer = cast.customer()
    start = last_event()
    assert compare(browser(cast.agent()), customer, said).status_code == 422
    assert kinds_since(start) == []


# --- create and edit ---------------------------------------------------------------------------------------------
def new(client, **typed):
    given = {"number": "NEW1", "portfolio": "north", "source": "phone", "full_name": "李示例"} | typed
    return client.post("/customers/new/", given)


def edit(client, customer, **typed):
    """Send the edit form as the browser would: with all that the form held."""
    form = client.get(f"{page(customer)}edit/").context["form"]
    held = {
        field.html_name: field.value() or "" for field in form if not field.html_name.startswith("remove-")
    }
    beginnings = {
        field.html_initial_name: field.value() or "" for field in form if field.field.show_hidden_initial
    }
    return client.post(f"{page(customer)}edit/", held | beginnings | typed)


def test_creates_a_customer_from_a_form_of_the_catalogue(cast):
    from customers.models import Customer

    client = browser(cast.agent())
    answer = new(client, mobile="154 0000 0018", resident_id="119900199001010010")
    made = Customer.objects.get(number="NEW1")
    assert answer["Location"] == page(made)
    told = text(client.get(page(made)))
    assert "154****0018" in told
    assert "1990" in told  # derived from the ID number


def test_another_source_is_proven_before_anything_is_written(cast):
    client = browser(cast.agent())
    answer = new(client, source="other", city="杭州")
    assert answer.status_code == 422
    assert "来源证明" in text(answer).split('id="f_proof_error"')[1][:300]
    answer = new(client, source="other", proof="单位来函，客户同意", city="杭州", mobile="15400000018")
    assert answer.status_code == 302, text(answer)


def test_keeps_what_was_typed_and_puts_errors_beside_fields(cast):
    answer = new(browser(cast.agent()), mobile="123", full_name="李示例")
    told = text(answer)
    assert answer.status_code == 422
    assert 'value="123"' in told
    assert 'value="李示例"' in told
    assert "field-error" in told


def test_names_all_that_is_wrong_at_once_on_top_with_the_way_to_each_field(cast):
    """Whoever emptied the name is not told of the mobile only after a second try."""
    customer = cast.customer()
    answer = edit(browser(cast.agent()), customer, full_name="", mobile="123", email="nowhere")
    told = text(answer)
    assert answer.status_code == 422
    assert told.count('aria-invalid="true"') == 3
    summary = told.split('class="form-errors"')[1].split("</div>")[0]
    assert [code for code in ("full_name", "mobile", "email") if f'href="#f_{code}"' in summary] == [
        "full_name",
        "mobile",
        "email",
    ]
    assert "选填" not in told.split('for="f_full_name"')[1].split("</label>")[0], "a name is not optional"


def test_offers_no_field_of_level_four_and_none_that_is_derived(cast):
    form = browser(cast.agent()).get("/customers/new/").context["form"]
    assert "mobile" in form.fields
    assert not {"payment_password", "face_image", "birth_year", "surname"} & set(form.fields)


def test_never_shows_a_held_sealed_value_in_the_form(cast):
    customer = cast.customer()
    told = text(browser(cast.agent()).get(f"{page(customer)}edit/"))
    assert not any(canary in told for canary in CANARIES)
    assert "154****0018" in told


def test_keeps_a_sealed_value_when_its_input_is_left_empty(cast):
    customer = cast.customer()
    client = browser(cast.agent())
    assert edit(client, customer, full_name="王示例").status_code == 302
    before = customer.sealed
    customer.refresh_from_db()
    assert customer.open["full_name"] == "王示例"
    assert customer.sealed == before
    assert customer.version == 2


def test_replaces_removes_and_empties(cast):
    customer = cast.customer(occupation="司机")
    client = browser(cast.agent())
    answer = edit(client, customer, **{"mobile": "15400000026", "remove-email": "on", "occupation": ""})
    assert answer.status_code == 302
    customer.refresh_from_db()
    assert "email" not in customer.sealed
    assert "occupation" not in customer.open
    assert "154****0026" in text(client.get(page(customer)))


def test_writes_nothing_when_nothing_differs(cast):
    customer = cast.customer()
    assert edit(browser(cast.agent()), customer).status_code == 302
    customer.refresh_from_db()
    assert customer.version == 1


def test_says_who_changed_what_meanwhile_and_merges_on_the_second_try(cast):
    customer = cast.customer(occupation="司机")
    slow, quick = cast.agent(), cast.supervisor()
    slow_browser = browser(slow)
    form = slow_browser.get(f"{page(customer)}edit/").context["form"]
    held = {
        field.html_name: field.value() or "" for field in form if not field.html_name.startswith("remove-")
    }
    held |= {
        field.html_initial_name: field.value() or "" for field in form if field.field.show_hidden_initial
    }
    assert edit(browser(quick), customer, occupation="教师").status_code == 302

    stale = slow_browser.post(f"{page(customer)}edit/", held | {"full_name": "王示例"})
    assert stale.status_code == 409
    told = text(stale)
    assert quick.name in told
    assert "L2-职业" in told
    assert 'value="王示例"' in told

    held["version"] = stale.context["form"]["version"].value()
    assert slow_browser.post(f"{page(customer)}edit/", held | {"full_name": "王示例"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.open["full_name"], customer.open["occupation"]) == ("王示例", "教师")


@pytest.mark.parametrize("role", ["head", "officer", "analyst", "security", "custodian", "auditor"])
def test_is_not_edited_or_created_by_other_roles(cast, role):
    customer = cast.customer()
    client = browser(cast.person(role))
    assert client.get("/customers/new/").status_code == 403
    assert client.get(f"{page(customer)}edit/").status_code == 403


def test_lets_a_contact_that_ended_be_closed_with_its_line_later(cast):
    customer, agent = cast.customer(), cast.agent()
    client = browser(agent)
    client.get(page(customer))
    Contact.objects.update(opened_at=cast.at - timedelta(hours=2), last_act_at=cast.at - timedelta(hours=1))
    contact = Contact.objects.get()
    assert f"/contacts/{contact.id}/close/" in text(client.get(SEARCH))
