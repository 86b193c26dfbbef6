"""What the pages of rules receive: frozen, in words."""

from dataclasses import dataclass
from datetime import datetime

from access import clauses, words
from access.models import ReadingRule
from staff.roles import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One version of a rule."""

    code: str
    number: int
    role: str
    level: int
    case: str
    view: str
    view_words: str
    when: str
    up_to: str
    forbid: bool
    clause: str
    clause_words: str
    since: datetime
    until: datetime | None
    shipped: bool

    @classmethod
    def of(cls, row: ReadingRule) -> "RuleLine":
        """Put a rule in words."""
        role = str(NAMES[row.role]) if row.role else ""
        return cls(
            code=row.code,
            number=row.number,
            role=role,
            level=row.level,
            case=" · ".join(filter(None, (role, words.case(row.level, row.category, row.tier, row.zone)))),
            view=row.view,
            view_words=str(words.VIEWS[row.view]),
            when=words.conditions(row.clear_when) if row.clear_when else "",
            up_to=words.up_to(row.highest_tier) if row.highest_tier else "",
            forbid=row.forbid,
            clause=row.clause,
            clause_words=clauses.words(row.clause),
            since=row.since,
            until=row.until,
            shipped=row.shipped,
        )


def matrix(at: datetime) -> tuple[list[tuple[str, list[RuleLine | None]]], list[RuleLine]]:
    """Return the rules that hold everywhere, by role and level, and those for a category, tier or zone."""
    rows = list(ReadingRule.objects.in_force(at).order_by("role", "level", "code"))
    general = {(row.role, row.level): row for row in rows if not (row.category or row.tier or row.zone)}
    lines = [
        (
            str(name),
            [
                RuleLine.of(general[role, level]) if (role, level) in general else None
                for level in (1, 2, 3, 4)
            ],
        )
        for role, name in NAMES.items()
    ]
    return lines, [RuleLine.of(row) for row in rows if row.category or row.tier or row.zone or not row.role]
