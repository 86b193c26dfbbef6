"""Cards: one answer for every person, masks for sealed values, a constant number of queries."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from access.policy import CLEAR, HIDDEN, MASKED
from access.queries.cards import cards
from customers.reach import visible_to
from tests.access.cast import CANARIES
from trail.exposed import OPENED

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

# The table of architecture.md §6, by hand: what a card (no contact, no reason) shows of L1, L2, L3.
ON_A_CARD = {
    "agent": (CLEAR, CLEAR, MASKED),
    "supervisor": (CLEAR, CLEAR, MASKED),
    "head": (CLEAR, CLEAR, MASKED),
    "officer": (MASKED, MASKED, MASKED),
}


def card_of(actor, cast, **more):
    (card,) = cards(actor, list(visible_to(actor, cast.at)), cast.at, **more)
    return card


@pytest.mark.parametrize("role", ON_A_CARD)
def test_shows_each_role_what_the_table_says(cast, role):
    cast.customer()
    card = card_of(cast.person(role), cast)
    shown = tuple(card[code].view for code in ("member_level", "full_name", "mobile"))
    assert shown == ON_A_CARD[role]


@pytest.mark.parametrize("role", ["analyst", "security", "custodian", "auditor"])
def test_gives_other_roles_no_customer_at_all(cast, role):
    cast.customer()
    assert list(visible_to(cast.person(role), cast.at)) == []


def test_masks_without_a_trace_of_the_clear_value(cast):
    cast.customer()
    for role in ON_A_CARD:
        card = card_of(cast.person(role), cast)
        assert not any(canary in repr(card) for canary in CANARIES)
        assert card["mobile"].text == "154****0018"


def test_keeps_a_sealed_value_folded_even_when_the_answer_is_clear(cast):
    cast.customer()
    card = card_of(cast.supervisor(), cast, in_contact=True, with_reason=True)
    value = card["mobile"]
    assert (value.view, value.decision.view, value.can_reveal, value.needs) == (MASKED, CLEAR, True, ())


def test_tells_what_a_reveal_still_needs(cast):
    cast.customer()
    outside = card_of(cast.supervisor(), cast)["mobile"]
    inside = card_of(cast.supervisor(), cast, in_contact=True)["mobile"]
    assert (outside.can_reveal, outside.needs) == (True, ("contact", "reason"))
    assert (inside.can_reveal, inside.needs) == (True, ("reason",))


def test_offers_an_agent_no_reveal_and_cites_the_clause(cast):
    cast.customer()
    value = card_of(cast.agent(), cast, in_contact=True)["mobile"]
    assert not value.can_reveal
    assert value.clause.startswith("S0-28")
    assert value.next_step


def test_masks_open_values_for_the_officer(cast):
    cast.customer()
    name = card_of(cast.officer(), cast)["full_name"]
    assert name.text not in ("", "张示例")
    assert "示例" not in name.text


def test_reads_clear_only_where_the_agents_own_role_reaches(cast):
    cast.customer(number="N1", portfolio="north")
    cast.customer(number="S1", portfolio="south")
    both = cast.person("agent", "officer", serves="north")
    shown = {
        card.number: card["full_name"].view for card in cards(both, list(visible_to(both, cast.at)), cast.at)
    }
    assert shown == {"N1": CLEAR, "S1": MASKED}


def test_says_of_a_value_that_cannot_be_opened_no_more_than_dots(cast):
    one, other = cast.customer(), cast.customer()
    one.sealed["mobile"] = other.sealed["mobile"]
    (card,) = cards(cast.agent(), [one], cast.at)
    assert card["mobile"].text == "••••"


def test_names_fields_and_levels_for_the_trail(cast):
    customer = cast.customer()
    told = card_of(cast.agent(), cast).exposed(OPENED)
    assert (told.customer, told.portfolio, told.region, told.level) == (customer.ref, "north", "north", 2)
    assert set(told.masked) == {"mobile", "resident_id", "email"}
    assert set(told.clear) == {"full_name", "member_level", "birth_year"}


def test_hides_whether_a_hidden_value_exists(cast):
    from access.policy import Rule

    cast.customer()
    forbidding = [Rule(code="never", version=1, role="", level=3, view=HIDDEN, forbid=True, clause="S0-26")]
    value = card_of(cast.agent(), cast, rules=forbidding)["mobile"]
    assert (value.view, value.text, value.held) == (HIDDEN, "", False)


@pytest.mark.parametrize("role", ["agent", "supervisor", "officer"])
def test_asks_the_databases_equally_often_for_one_and_for_25(cast, role):
    actor = cast.person(role)
    for _ in range(25):
        cast.customer()
    everyone = list(visible_to(actor, cast.at).order_by("number"))

    def asked(customers) -> int:
        with (
            CaptureQueriesContext(connections["default"]) as main,
            CaptureQueriesContext(connections["keyring"]) as keyring,
        ):
            cards(actor, customers, cast.at)
        return len(main) + len(keyring)

    assert asked(everyone[:1]) == asked(everyone) == 3  # catalogue, what decides, keys


def test_needs_one_query_more_per_role_of_a_person_with_several(cast):
    both = cast.person("agent", "officer")
    cast.customer()
    everyone = list(visible_to(both, cast.at))
    with CaptureQueriesContext(connections["default"]) as main:
        cards(both, everyone, cast.at)
    assert len(main) == 2 + 2


def test_shows_a_choice_in_the_readers_words(cast):
    from django.utils import translation

    cast.customer(salutation="ms")
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = card_of(cast.agent(), cast)["salutation"].text
    assert said == {"zh-hans": "女士", "en": "Ms"}
