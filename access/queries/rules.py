"""The reading rules in force, as the decision needs them."""

import json
from datetime import datetime

from access.policy import Rule
from trail.questions import Question, Rows, ask


def in_force(at: datetime) -> tuple[Rule, ...]:
    """Give all rules that decide at this moment; one query, never kept across requests."""
    return ask(asked(at))


def asked(at: datetime) -> Question[tuple[Rule, ...]]:
    """Ask for all rules that decide at this moment."""
    return Question(_IN_FORCE, {"at": at}, _rules)


_SAID = (
    "code",
    "version",
    "role",
    "level",
    "view",
    "clause",
    "category",
    "tier",
    "zone",
    "forbid",
    "highest_tier",
)
_IN_FORCE = """
select clear_when::text, code, number, role, level, view, clause, category, tier, zone, forbid, highest_tier
from access_readingrule where since <= %(at)s and (until is null or until > %(at)s)
order by role, level, code, number"""


def _rules(rows: Rows) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            clear_when=tuple(map(frozenset, json.loads(clear_when))),
            **dict(zip(_SAID, said, strict=True)),
        )
        for clear_when, *said in rows
    )
