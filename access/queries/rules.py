"""The reading rules in force, as the decision needs them."""

from datetime import datetime

from access.models import ReadingRule
from access.policy import Rule

_SAID = ("role", "level", "view", "clause", "category", "tier", "zone", "forbid", "highest_tier")


def in_force(at: datetime) -> tuple[Rule, ...]:
    """Give all rules that decide at this moment; one query, never kept across requests."""
    rows = ReadingRule.objects.in_force(at).values_list("code", "number", "clear_when", *_SAID)
    return tuple(
        Rule(
            code=code,
            version=number,
            clear_when=tuple(map(frozenset, clear_when)),
            **dict(zip(_SAID, said, strict=True)),
        )
        for code, number, clear_when, *said in rows
    )
