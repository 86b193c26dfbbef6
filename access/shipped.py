"""The reading rules and row budgets as shipped: the matrix of architecture.md §6, before consent and grants exist.

A need of consent or of a grant stands in the rules already; nothing can meet it until those come, so an
agent's L3 stays masked and the refusal says which clause asks for the customer's word (S0-28).
"""

from datetime import UTC, datetime
from typing import Any

from access.budgets import CLEAR as VALUES
from access.budgets import LISTS
from access.policy import CLEAR, CONSENT, CONTACT, GRANT, HIDDEN, MASKED, REASON

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""The shipped rules have no first day of their own; every event of an installation lies after this one."""

Needs = list[list[str]]
Row = tuple[str, tuple[int, ...], str, Needs, str]

IN_CONTACT: Needs = [[CONTACT, REASON], [GRANT]]
"""A reason inside a contact, or a grant."""

MATRIX: tuple[Row, ...] = (
    ("agent", (1, 2), CLEAR, [], "S0-28"),
    ("agent", (3,), MASKED, [[CONTACT, CONSENT], [GRANT]], "S0-28"),
    ("agent", (4,), HIDDEN, [], "S0-27"),
    ("supervisor", (1, 2), CLEAR, [], "S4-34"),
    ("supervisor", (3,), MASKED, IN_CONTACT, "S2-25"),
    ("supervisor", (4,), HIDDEN, [], "S0-25"),
    ("head", (1, 2), CLEAR, [], "S4-34"),
    ("head", (3,), MASKED, IN_CONTACT, "S4-15"),
    ("head", (4,), HIDDEN, [], "S0-25"),
    ("analyst", (1, 2, 3, 4), HIDDEN, [], "S0-29"),
    ("officer", (1, 2, 3), MASKED, [], "S0-20"),
    ("officer", (4,), HIDDEN, [], "S0-24"),
    ("security", (1, 2, 3, 4), HIDDEN, [], "S0-30"),
    ("custodian", (1, 2, 3, 4), HIDDEN, [], "S0-23"),
    ("auditor", (1, 2, 3, 4), HIDDEN, [], "S1-11"),
)

BUDGETS: tuple[tuple[str, str, str, tuple[int, int, int, int]], ...] = (
    (VALUES, "agent", "", (60, 400, 20, 100)),
    (VALUES, "agent", "vip", (10, 40, 5, 10)),
    (VALUES, "supervisor", "", (60, 400, 20, 100)),
    (VALUES, "supervisor", "vip", (20, 80, 5, 20)),
    (VALUES, "head", "", (60, 400, 20, 100)),
    (VALUES, "head", "vip", (20, 80, 5, 20)),
    (LISTS, "agent", "", (120, 800, 40, 200)),
    (LISTS, "supervisor", "", (120, 800, 40, 200)),
    (LISTS, "head", "", (120, 800, 40, 200)),
    (LISTS, "officer", "", (240, 1600, 80, 400)),
)
"""Budget, role, tier: rows in an hour and in a day, and how many a portion more is (S4-57)."""


def rows() -> list[dict[str, object]]:
    """Give the shipped rules as columns of `ReadingRule`, without dates."""
    return [
        {
            "code": f"{role}-l{level}",
            "role": role,
            "level": level,
            "view": view,
            "clear_when": needs,
            "clause": clause,
        }
        for role, levels, view, needs, clause in MATRIX
        for level in levels
    ]


def budget_rows() -> list[dict[str, object]]:
    """Give the shipped budgets as columns of `RowBudget`, without dates."""
    return [
        {
            "code": "-".join(filter(None, (budget, role, tier))),
            "budget": budget,
            "role": role,
            "tier": tier,
            "per_hour": hour,
            "per_day": day,
            "more_hour": more_hour,
            "more_day": more_day,
        }
        for budget, role, tier, (hour, day, more_hour, more_day) in BUDGETS
    ]


def install_budgets(model: Any = None) -> int:
    """Put in the shipped budgets whose code has no version yet; give their number.

    :param model: the historical model when a migration calls.
    """
    if model is None:
        from access.models import RowBudget as model
    return _install(model, budget_rows())


def install_shipped(model: Any = None) -> int:
    """Put in the shipped rules whose code has no version yet; give their number.

    A rule that was changed since stays changed.

    :param model: the historical model when a migration calls.
    """
    if model is None:
        from access.models import ReadingRule as model
    return _install(model, rows())


def _install(model: Any, shipped: list[dict[str, object]]) -> int:
    known = set(model.objects.values_list("code", flat=True))
    missing = [model(**row, since=SINCE, shipped=True) for row in shipped if row["code"] not in known]
    model.objects.bulk_create(missing)
    return len(missing)
