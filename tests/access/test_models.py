"""Reading rules as rows: shipped, dated, unique, and refused by the database where they make no sense."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from access import clauses
from access.models import ReadingRule
from access.queries.rules import in_force
from access.shipped import install_shipped, rows
from tests.access.cast import now

pytestmark = pytest.mark.django_db


def test_ships_a_rule_for_every_role_and_level():
    assert ReadingRule.objects.filter(shipped=True).count() == 8 * 4 == len(rows())


def test_installs_only_what_is_missing(monkeypatch):
    assert install_shipped() == 0
    monkeypatch.setattr("access.shipped.MATRIX", [("visitor", (1,), "hidden", [], "S0-27")])
    assert (install_shipped(), install_shipped()) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda rule: rule.update(view="clear", clear_when=[]),
        lambda rule: rule.update(since=now()),
        lambda rule: rule.delete(),
        lambda rule: (rule.update(until=now()), rule.update(until=None)),
    ],
)
def test_lets_nobody_edit_or_delete_a_rule(change):
    with pytest.raises(DatabaseError, match="a reading rule is"), transaction.atomic():
        change(ReadingRule.objects.filter(code="agent-l3"))


def test_leaves_a_changed_rule_changed():
    ReadingRule.objects.filter(code="agent-l3").update(until=now())
    assert install_shipped() == 0


def test_cites_a_known_clause_in_every_rule():
    assert {row["clause"] for row in rows()} <= set(clauses.every_clause())


def test_counts_a_rule_from_its_first_to_its_last_moment():
    at = now()
    ReadingRule.objects.filter(code="agent-l1").update(until=at)
    assert "agent-l1" not in {rule.code for rule in in_force(at)}
    assert "agent-l1" in {rule.code for rule in in_force(at - timedelta(microseconds=1))}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "agent-l2"}, "a_rule_version_exists_once"),
        ({"code": "agent-l2", "number": 2}, "a_rule_has_one_version_in_force"),
        ({"role": "agent", "level": 2, "zone": ""}, "one_rule_speaks_about_one_case"),
        ({"level": 5}, "a_rule_has_one_of_four_levels"),
        ({"view": "visible"}, "a_rule_hides_masks_or_shows"),
        ({"forbid": True, "view": "masked"}, "a_forbidding_rule_hides_without_exception"),
        ({"forbid": True, "view": "hidden", "clear_when": [["grant"]]}, "a_forbidding_rule_hides"),
        ({"role": ""}, "only_a_forbidding_rule_speaks_to_every_role"),
        ({"view": "clear", "clear_when": [["contact"]]}, "what_is_clear_needs_nothing_more"),
    ],
)
def test_refuses_a_rule_that_makes_no_sense(changed, sentence):
    sound = {
        "code": "tried",
        "number": 1,
        "role": "agent",
        "level": 3,
        "zone": "tried",
        "view": "masked",
        "clause": "S0-27",
        "since": now(),
    }
    with transaction.atomic():
        ReadingRule.objects.create(**sound)
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        ReadingRule.objects.create(**(sound | changed))
