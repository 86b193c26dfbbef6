"""Changing a reading rule: proposed by one, signed by another, superseded and never edited."""

from datetime import timedelta

import pytest

from access import events
from access.models import ReadingRule
from access.policy import CLEAR, HIDDEN, MASKED
from access.queries.cards import cards
from access.queries.rules import in_force
from access.services import rules
from approvals import services as approvals
from approvals.registry import CannotApply
from customers.reach import visible_to
from staff.roles import OFFICER, SECURITY
from staff.services.people import NotAllowed
from tests.access.cast import kinds_since, last_event
from tests.customers.builders import serve_one

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

VIPS_MASKED = {"role": "agent", "level": 2, "tier": "vip", "view": MASKED, "clause": "S4-55"}


@pytest.fixture
def manager(cast):
    return cast.person(SECURITY)


@pytest.fixture
def signer(cast):
    return cast.person(OFFICER)


def sign(proposal, signer, at):
    return approvals.approve(proposal.id, seen_hash=proposal.content_hash, by=signer, at=at)


def test_puts_a_signed_rule_in_force(cast, manager, signer):
    agent = cast.agent()
    serve_one(agent, cast.customer(number="V", tier="vip"))
    cast.customer(number="W")
    start = last_event()
    proposal = rules.propose_change(VIPS_MASKED, reason="VIPs", by=manager, at=cast.at)
    sign(proposal, signer, cast.at)
    views = {
        card.number: card["full_name"].view
        for card in cards(agent, list(visible_to(agent, cast.at)), cast.at)
    }
    assert views == {"V": MASKED, "W": CLEAR}
    assert events.RULE_CHANGED.code in kinds_since(start)


def test_supersedes_and_keeps_the_old_version(cast, manager, signer):
    change = {"role": "agent", "level": 3, "view": HIDDEN, "clause": "S0-27"}
    proposal = rules.propose_change(change, reason="", by=manager, at=cast.at)
    sign(proposal, signer, cast.at)
    old, new = ReadingRule.objects.filter(code="agent-l3").order_by("number")
    assert (old.until, old.view, old.shipped) == (cast.at, MASKED, True)
    assert (new.number, new.since, new.view, new.proposal) == (2, cast.at, HIDDEN, proposal.id)
    now = [rule for rule in in_force(cast.at) if rule.code == "agent-l3"]
    before = [rule for rule in in_force(cast.at - timedelta(days=1)) if rule.code == "agent-l3"]
    assert (now[0].version, before[0].version) == (2, 1)


def test_ends_a_rule_and_leaves_the_case_to_default_deny(cast, manager, signer):
    proposal = rules.propose_change(
        {"role": "agent", "level": 1, "end": True}, reason="", by=manager, at=cast.at
    )
    sign(proposal, signer, cast.at)
    assert "agent-l1" not in {rule.code for rule in in_force(cast.at)}


def test_begins_again_with_the_next_number_after_an_end(cast, manager, signer):
    again = {"role": "agent", "level": 1, "view": CLEAR, "clause": "S0-28"}
    for change in ({"role": "agent", "level": 1, "end": True}, again):
        sign(rules.propose_change(change, reason="", by=manager, at=cast.at), signer, cast.at)
    assert ReadingRule.objects.get(code="agent-l1", until=None).number == 2


def test_carries_out_only_one_of_two_proposals_about_one_rule(cast, manager, signer):
    change = {"role": "agent", "level": 3, "view": HIDDEN, "clause": "S0-27"}
    one = rules.propose_change(change, reason="", by=manager, at=cast.at)
    other = rules.propose_change(change | {"clause": "S0-28"}, reason="", by=manager, at=cast.at)
    sign(one, signer, cast.at)
    with pytest.raises(approvals.NotSigned, match="cannot_apply"):
        sign(other, signer, cast.at)
    assert ReadingRule.objects.get(code="agent-l3", until=None).clause == "S0-27"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "king"}, "rule_bad"),
        ({"level": 7}, "rule_bad"),
        ({"view": "visible"}, "rule_bad"),
        ({"role": ""}, "rule_bad"),
        ({"clear_when": [["luck"]]}, "rule_bad"),
        ({"clear_when": [[]]}, "rule_bad"),
        ({"view": CLEAR, "clear_when": [["contact"]]}, "rule_bad"),
        ({"forbid": True}, "rule_bad"),
        ({"clause": "S9-9"}, "rule_clause_unknown"),
        ({"end": True, "zone": "moon"}, "rule_stale"),
    ],
)
def test_refuses_a_change_that_makes_no_sense(cast, manager, signer, change, code):
    sound = {"role": "agent", "level": 3, "view": MASKED, "clause": "S0-27"}
    with pytest.raises(CannotApply, match=code):
        rules.propose_change(sound | change, reason="", by=manager, at=cast.at)


@pytest.mark.parametrize(
    "role", ["agent", "supervisor", "head", "officer", "auditor", "custodian", "analyst"]
)
def test_takes_proposals_from_the_security_manager_only(cast, signer, role):
    with pytest.raises(NotAllowed):
        rules.propose_change(VIPS_MASKED, reason="", by=cast.person(role), at=cast.at)


def test_is_not_signed_by_its_proposer_nor_by_other_roles(cast, manager, signer):
    proposal = rules.propose_change(VIPS_MASKED, reason="", by=manager, at=cast.at)
    for other in (manager, cast.person("auditor"), cast.person("head")):
        with pytest.raises(approvals.NotSigned):
            sign(proposal, other, cast.at)


def test_shows_the_change_as_a_difference(cast, manager, signer):
    change = {"role": "agent", "level": 3, "view": HIDDEN, "clause": "S0-27"}
    lines = rules.describe(rules.content_of(change, cast.at))
    view = next(line for line in lines if line.before and line.after)
    assert view.before != view.after
    assert any("S0-28" in str(line.before) and "S0-27" in str(line.after) for line in lines)
