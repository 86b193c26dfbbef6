"""Explain: the same answer as point check, list and export, for every role and field, with every rule tried."""

import pytest

from access.policy import HIDDEN, Why
from access.queries import explain, point
from access.queries.cards import cards
from classification.queries import catalogue
from customers.models import Customer
from customers.reach import visible_to
from tests.access.cast import CANARIES

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

EVERYBODY = ("agent", "supervisor", "head", "analyst", "officer", "security", "custodian", "auditor")


@pytest.mark.parametrize(
    "roles", [*((role,) for role in EVERYBODY), ("agent", "officer"), ("supervisor", "head")]
)
@pytest.mark.parametrize("portfolio", ["north", "south"])
@pytest.mark.parametrize("needs", [(False, False), (True, False), (True, True)])
def test_gives_one_answer_to_point_check_list_and_explanation(cast, roles, portfolio, needs):
    contact, reason = needs
    actor = cast.person(*roles)
    customer = cast.customer(number="C1", portfolio=portfolio)
    told = explain.explain(actor.number, "C1", cast.at, in_contact=contact, with_reason=reason)
    visible = list(visible_to(actor, cast.at))
    assert told.reached_as <= actor.roles
    assert bool(told.reached_as) == bool(visible)
    if not visible:
        assert {field.decision.view for field in told.fields} == {HIDDEN}
        assert {field.decision.why for field in told.fields} == {Why.OUTSIDE_REACH}
        return
    (card,) = cards(actor, visible, cast.at, in_contact=contact, with_reason=reason)
    known = catalogue(cast.at)
    for field in told.fields:
        spec = known.get(field.code)
        checked = point.check(actor, customer, spec, cast.at, in_contact=contact, with_reason=reason)
        assert field.decision == checked
        on_card = card.get(field.code)
        assert on_card is None or on_card.decision == checked


def test_lists_every_rule_in_words_and_marks_the_deciding_one(cast):
    agent = cast.agent()
    cast.customer(number="C1")
    told = explain.explain(agent.number, "C1", cast.at)
    mobile = next(field for field in told.fields if field.code == "mobile")
    assert len(mobile.tried) == 8 * 4
    first = mobile.tried[0]
    assert (first.rule, first.deciding, first.clause) == ("agent-l3", True, "S0-28")
    assert all(line.outcome for line in mobile.tried)
    assert [line.rule for line in mobile.close] == ["agent-l3"]


def test_contains_no_value(cast):
    supervisor = cast.supervisor()
    cast.customer(number="C1")
    told = repr(explain.explain(supervisor.number, "C1", cast.at, in_contact=True, with_reason=True))
    assert not any(canary in told for canary in (*CANARIES, "张示例", "154****"))


def test_knows_nobody_and_nothing_else(cast):
    cast.customer(number="C1")
    with pytest.raises(explain.UnknownPerson):
        explain.explain("nobody", "C1", cast.at)
    with pytest.raises(Customer.DoesNotExist):
        explain.explain(cast.agent().number, "C2", cast.at)


def test_answers_for_the_zone_asked(cast):
    from access.models import ReadingRule

    agent = cast.agent()
    cast.customer(number="C1")
    ReadingRule.objects.create(
        code="never", level=2, zone="remote", view=HIDDEN, forbid=True, clause="S0-26", since=cast.at
    )
    views = {
        zone: {
            field.decision.view
            for field in explain.explain(agent.number, "C1", cast.at, zone=zone).fields
            if field.level == 2
        }
        for zone in ("", "remote")
    }
    assert views == {"": {"clear"}, "remote": {HIDDEN}}
