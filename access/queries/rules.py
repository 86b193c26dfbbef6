"""The reading rules in force, as the decision needs them."""

from datetime import datetime

from access.models import ReadingRule
from access.policy import Rule


def in_force(at: datetime) -> tuple[Rule, ...]:
    """Give all rules that decide at this moment; one query, never kept across requests."""
    return tuple(row.as_rule() for row in ReadingRule.objects.in_force(at))
