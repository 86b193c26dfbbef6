"""The decision against an oracle written by hand from architecture.md §6, over the whole matrix."""

from itertools import product
from typing import Any

import pytest

from access.consents import OPENS, Saying
from access.grants import Granting
from access.policy import (
    CLEAR,
    HIDDEN,
    MASKED,
    VIEWS,
    Decision,
    Question,
    Rule,
    Step,
    Why,
    could_be,
    decide,
)
from access.shipped import rows

# Copied by hand from the table "Who may do what, as shipped", without consent and grants. Never derived from the
# code: role -> level -> the view as such; "+" marks what a contact with a reason opens.
SHIPPED_TABLE = {
    "agent": {1: CLEAR, 2: CLEAR, 3: MASKED, 4: HIDDEN},
    "supervisor": {1: CLEAR, 2: CLEAR, 3: MASKED + "+", 4: HIDDEN},
    "head": {1: CLEAR, 2: CLEAR, 3: MASKED + "+", 4: HIDDEN},
    "analyst": {1: HIDDEN, 2: HIDDEN, 3: HIDDEN, 4: HIDDEN},
    "officer": {1: MASKED, 2: MASKED, 3: MASKED, 4: HIDDEN},
    "security": {1: HIDDEN, 2: HIDDEN, 3: HIDDEN, 4: HIDDEN},
    "custodian": {1: HIDDEN, 2: HIDDEN, 3: HIDDEN, 4: HIDDEN},
    "auditor": {1: HIDDEN, 2: HIDDEN, 3: HIDDEN, 4: HIDDEN},
}
TIERS = ("standard", "premium", "vip")
ZONES = ("", "office", "remote")
CATEGORIES = ("basic", "business", "sensitive")


def shipped() -> list[Rule]:
    return [
        Rule(
            code=str(row["code"]),
            version=1,
            role=str(row["role"]),
            level=int(str(row["level"])),
            view=str(row["view"]),
            clause=str(row["clause"]),
            clear_when=tuple(frozenset(needs) for needs in row["clear_when"]),  # type: ignore[attr-defined]
        )
        for row in rows()
    ]


def ask(role: str = "agent", level: int = 3, **more) -> Question:
    more.setdefault("roles", frozenset({role}))
    more.setdefault("reached_as", more["roles"])
    return Question(level=level, **more)


def oracle(role: str, level: int, reached: bool, contact: bool, reason: bool) -> str:
    if not reached:
        return HIDDEN
    said = SHIPPED_TABLE[role][level]
    if said == MASKED + "+":
        return CLEAR if contact and reason else MASKED
    return said


def test_agrees_with_the_table_over_the_whole_matrix():
    rules = shipped()
    asked = 0
    for role, level, reached, contact, reason, tier, zone, category in product(
        SHIPPED_TABLE, (1, 2, 3, 4), (True, False), (True, False), (True, False), TIERS, ZONES, CATEGORIES
    ):
        question = Question(
            roles=frozenset({role}),
            reached_as=frozenset({role}) if reached else frozenset(),
            level=level,
            category=category,
            tier=tier,
            zone=zone,
            has_contact=contact,
            has_reason=reason,
        )
        assert decide(question, rules).view == oracle(role, level, reached, contact, reason), question
        asked += 1
    assert asked == 8 * 4 * 2 * 2 * 2 * 3 * 3 * 3


def test_agrees_with_the_table_for_every_pair_of_roles():
    rules = shipped()
    roles = list(SHIPPED_TABLE)
    for one, other, level, contact, reason in product(
        roles, roles, (1, 2, 3, 4), (True, False), (True, False)
    ):
        pair = frozenset({one, other})
        expected = max((oracle(role, level, True, contact, reason) for role in pair), key=VIEWS.index)
        question = ask(roles=pair, level=level, has_contact=contact, has_reason=reason)
        assert decide(question, rules).view == expected


def test_reads_in_a_role_only_where_that_role_reaches():
    both = frozenset({"agent", "officer"})
    inside = decide(ask(roles=both, reached_as=both, level=2), shipped())
    outside = decide(ask(roles=both, reached_as=frozenset({"officer"}), level=2), shipped())
    assert (inside.view, outside.view) == (CLEAR, MASKED)
    assert [one.mismatch for one in outside.tried if one.rule.code == "agent-l2"] == ["reach"]


def test_denies_by_default():
    decision = decide(ask("agent"), [])
    assert (decision.view, decision.why, decision.next_step) == (HIDDEN, Why.NO_RULE, Step.ASK_RULE)


def test_hides_everything_out_of_reach():
    decision = decide(ask("supervisor", level=1, reached_as=frozenset()), shipped())
    assert (decision.view, decision.why) == (HIDDEN, Why.OUTSIDE_REACH)


def test_tells_an_agent_the_clause_and_a_step_that_exists():
    decision = decide(ask("agent", has_contact=True, has_reason=True), shipped())
    assert decision == Decision(
        view=MASKED,
        why=Why.NEEDS_MISSING,
        rule="agent-l3",
        rule_version=1,
        clause="S0-28",
        missing=("consent",),
        next_step=Step.COMPARE_OR_SUPERVISOR,
        grantable=True,
        tried=decision.tried,
    )


@pytest.mark.parametrize(
    ("needs", "missing", "step"),
    [
        ({}, ("contact", "reason"), Step.START_CONTACT),
        ({"has_contact": True}, ("reason",), Step.GIVE_REASON),
        ({"has_reason": True}, ("contact",), Step.START_CONTACT),
    ],
)
def test_names_what_a_supervisor_still_needs(needs, missing, step):
    decision = decide(ask("supervisor", **needs), shipped())
    assert (decision.view, decision.missing, decision.next_step) == (MASKED, missing, step)


def test_obliges_a_clear_sensitive_value_to_fold_under_a_watermark():
    opened = decide(ask("supervisor", has_contact=True, has_reason=True), shipped())
    assert opened.obligations == ("watermark", "fold")
    assert decide(ask("supervisor", level=2), shipped()).obligations == ()


def test_opens_to_an_agent_with_consent_or_grant_once_there_are_any():
    given = Saying.GIVEN
    assert decide(ask("agent", has_contact=True, consent=given), shipped()).clear
    assert decide(ask("agent", grant=Granting.LIVE), shipped()).clear
    assert not decide(ask("agent", consent=given), shipped()).clear


@pytest.mark.parametrize("saying", [one for one in Saying if one not in OPENS])
def test_no_other_saying_opens_to_an_agent(saying):
    answer = decide(ask("agent", has_contact=True, consent=saying), shipped())
    assert (answer.view, answer.consent.saying) == (MASKED, saying)


def test_business_of_the_company_asks_the_customer_whatever_the_rule_asks():
    inside = {"has_contact": True, "has_reason": True, "for_business": True}
    assert decide(ask("supervisor", **inside), shipped()).missing == ("consent",)
    assert decide(ask("supervisor", **inside, consent=Saying.GIVEN), shipped()).clear
    assert decide(ask("supervisor", grant=Granting.LIVE, for_business=True), shipped()).clear


def rule(code: str, **more) -> Rule:
    given: dict[str, Any] = {"version": 1, "role": "agent", "level": 2, "view": CLEAR, "clause": "S0-27"}
    return Rule(code=code, **given | more)


def test_counts_the_strictest_rule_within_a_role():
    rules = [rule("wide"), rule("for-vips", tier="vip", view=MASKED)]
    assert decide(ask(level=2, tier="vip"), rules).rule == "for-vips"
    assert decide(ask(level=2, tier="standard"), rules).rule == "wide"


def test_counts_the_strictest_after_its_needs_are_worked_out():
    with_needs = rule("needs", view=MASKED, clear_when=(frozenset({"contact"}),))
    without = rule("none", view=MASKED, tier="vip")
    assert decide(ask(level=2, tier="vip", has_contact=True), [with_needs, without]).view == MASKED
    assert decide(ask(level=2, has_contact=True), [with_needs, without]).view == CLEAR


def test_counts_the_most_generous_over_the_roles():
    rules = [rule("one", view=HIDDEN), rule("other", role="supervisor", view=MASKED)]
    decision = decide(ask(roles=frozenset({"agent", "supervisor"}), level=2), rules)
    assert (decision.view, decision.rule) == (MASKED, "other")


@pytest.mark.parametrize("role", ["agent", "officer", ""])
def test_lets_a_forbidding_rule_beat_every_other(role):
    rules = [rule("yes"), rule("never", role=role, zone="remote", view=HIDDEN, forbid=True)]
    both = frozenset({"agent", "officer"})
    away = decide(ask(roles=both, level=2, zone="remote"), rules)
    assert (away.view, away.why, away.rule) == (HIDDEN, Why.FORBIDDEN, "never")
    assert decide(ask(roles=both, level=2, zone="office"), rules).view == CLEAR


def test_a_forbidding_rule_counts_even_where_its_role_does_not_reach():
    rules = [rule("yes"), rule("never", role="officer", view=HIDDEN, forbid=True)]
    both = frozenset({"agent", "officer"})
    assert decide(ask(roles=both, reached_as=frozenset({"agent"}), level=2), rules).view == HIDDEN


def test_explains_every_rule_tried():
    rules = shipped()
    decision = decide(ask("supervisor"), rules)
    assert [one.rule for one in decision.tried] == rules
    assert [one.rule.code for one in decision.tried if one.deciding] == ["supervisor-l3"]
    assert {one.mismatch for one in decision.tried if not one.fits} == {"role", "level"}


def test_says_what_ones_own_effort_could_open():
    assert could_be(ask("supervisor"), shipped()).clear
    assert not could_be(ask("agent"), shipped()).clear


def test_does_not_depend_on_the_order_of_rules():
    rules = [
        rule("wide"),
        rule("a", tier="vip", view=MASKED),
        rule("b", zone="remote", view=MASKED),
        *shipped(),
    ]
    asked = ask(level=2, tier="vip", zone="remote")
    assert decide(asked, rules).rule == decide(asked, rules[::-1]).rule


def at_l3(code: str, **more) -> Rule:
    return rule(code, **{"level": 3, "view": MASKED, "clause": "S4-44"} | more)


IN_OFFICE = at_l3("office", zone="office", clear_when=(frozenset({"contact"}),))
IN_BRANCH = at_l3("branch", zone="branch", view=CLEAR)


@pytest.mark.parametrize(
    ("rules", "zone", "view", "why", "zones", "step"),
    [
        ([IN_OFFICE], "", HIDDEN, Why.OUTSIDE_ZONE, ("office",), Step.GO_TO_ZONE),
        ([IN_OFFICE, IN_BRANCH], "", HIDDEN, Why.OUTSIDE_ZONE, ("branch", "office"), Step.GO_TO_ZONE),
        ([IN_OFFICE, IN_BRANCH], "office", MASKED, Why.NEEDS_MISSING, ("branch",), Step.START_CONTACT),
        ([IN_OFFICE, IN_BRANCH], "branch", CLEAR, Why.ALLOWED, (), Step.NONE),
        # Within a role the strictest counts: a general mask is not lifted by a zone, so no zone is promised.
        ([IN_BRANCH, at_l3("general")], "", MASKED, Why.MASKED_BY_RULE, (), Step.ASK_RULE),
        (
            [IN_BRANCH, at_l3("home", zone="home")],
            "home",
            MASKED,
            Why.MASKED_BY_RULE,
            ("branch",),
            Step.GO_TO_ZONE,
        ),
        (
            [IN_BRANCH, at_l3("never", role="", view=HIDDEN, forbid=True)],
            "",
            HIDDEN,
            Why.FORBIDDEN,
            (),
            Step.ASK_RULE,
        ),
    ],
)
def test_says_from_which_zone_more_would_be_shown(rules, zone, view, why, zones, step):
    decision = decide(ask(zone=zone), rules)
    assert (decision.view, decision.why, decision.zones, decision.next_step) == (view, why, zones, step)


def test_sends_nobody_to_another_zone_who_first_has_to_sign():
    decision = decide(ask(zone="branch", lacking="undertaking"), [IN_BRANCH, IN_OFFICE])
    assert (decision.view, decision.why, decision.zones) == (MASKED, Why.LACKS_UNDERTAKING, ())


@pytest.mark.parametrize(
    ("tier", "view"),
    [("standard", CLEAR), ("premium", CLEAR), ("vip", HIDDEN), ("", HIDDEN), ("platinum", HIDDEN)],
)
def test_a_rule_reaches_no_higher_than_its_tier(tier, view):
    decision = decide(ask(tier=tier), [at_l3("up", view=CLEAR, highest_tier="premium")])
    assert decision.view == view
    assert decision.why == (Why.ALLOWED if view == CLEAR else Why.ABOVE_TIER)


def test_the_more_particular_rule_speaks_between_equals():
    both = [at_l3("a-any", view=CLEAR), at_l3("b-up", view=CLEAR, highest_tier="vip")]
    assert decide(ask(tier="vip"), both).rule == "b-up"
