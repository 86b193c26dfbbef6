"""Row budgets as pages show them: in words, decided already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.utils.translation import gettext as _

from access.budgets import BUDGETS, CLEAR, HOUR, LISTS, REASON, TAP, Line
from access.models import RowBudget
from access.models.budgets import budgets
from access.queries import team_budgets
from access.queries.budgets import counted
from access.queries.team_budgets import Watched
from access.services.budgets import OverBudget
from customers.models import tiers
from staff.permissions import may
from staff.roles import NAMES
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How much of a budget is used in a window."""

    words: str
    used: int
    allowed: int
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPerson:
    """A budget of somebody one answers for."""

    person: UUID
    number: str
    name: str
    budget: str
    meter: Meter
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The people one answers for: whose budgets come to their end, and who waits for a tap."""

    near: list[OfPerson]
    taps: list[OfPerson]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """One version of a row budget."""

    code: str
    number: int
    case: str
    budget: str
    role: str
    tier: str
    per_hour: int
    per_day: int
    more_hour: int
    more_day: int
    since: datetime
    until: datetime | None
    shipped: bool

    @classmethod
    def of(cls, row: RowBudget) -> "BudgetRow":
        """Put a budget in words."""
        budget, role = str(dict(budgets())[row.budget]), str(NAMES[row.role])
        tier = _tier(row.tier) if row.tier else _("all customers")
        return cls(
            code=row.code,
            number=row.number,
            case=" · ".join((budget, role, tier)),
            budget=budget,
            role=role,
            tier=tier,
            per_hour=row.per_hour,
            per_day=row.per_day,
            more_hour=row.more_hour,
            more_day=row.more_day,
            since=row.since,
            until=row.until,
            shipped=row.shipped,
        )


def meters(actor: Actor, at: datetime, *, which: Iterable[str] = BUDGETS, every: bool = False) -> list[Meter]:
    """Return the person's budgets of which most is used, or every one that they have."""
    if actor.id is None:
        return []
    found = [line for budget in which for line in counted(actor.id, actor.roles, budget, at).lines]
    return [meter(line) for line in found if line.near or (every and line.allowed)]


def meter(line: Line) -> Meter:
    """Put a line of a budget in words."""
    return Meter(words=said(line), used=line.used, allowed=line.allowed, near=line.near)


def said(line: Line) -> str:
    """Say what a line counts, and since when."""
    if line.budget == LISTS:
        hour, day = (
            _("Pages of searches and lists in the last hour"),
            _("Pages of searches and lists in the last 24 hours"),
        )
    elif line.tier:
        hour, day = (
            _("Customers of tier %(tier)s with sensitive values in clear in the last hour"),
            _("Customers of tier %(tier)s with sensitive values in clear in the last 24 hours"),
        )
    else:
        hour, day = (
            _("Customers with sensitive values in clear in the last hour"),
            _("Customers with sensitive values in clear in the last 24 hours"),
        )
    words = hour if line.window == HOUR else day
    return words % {"tier": _tier(line.tier)} if line.tier else words


def refusal(refused: OverBudget) -> dict[str, object]:
    """Return the refusal of a budget for a template: what is used up, what brings the person on, how long it takes."""
    minutes = ceil(refused.seconds / 60) * 60
    return {
        "meter": meter(refused.line),
        "budget": refused.line.budget,
        "more": refused.line.more,
        "seconds": minutes if refused.seconds > 60 else refused.seconds,
        "asks_reason": refused.step == REASON,
        "waits_for_tap": refused.step == TAP,
        "values": refused.line.budget == CLEAR,
    }


def team(actor: Actor, at: datetime) -> Team | None:
    """Return the budgets of the people one answers for; None for whoever answers for nobody's budget."""
    if not may(actor, "budget.extend"):
        return None
    return Team(
        near=[_of(one) for one in team_budgets.near_their_end(actor, at)],
        taps=[_of(one) for one in team_budgets.taps_waiting(actor, at)],
    )


def rows(at: datetime) -> list[BudgetRow]:
    """Return the budgets in force."""
    return [BudgetRow.of(row) for row in RowBudget.objects.in_force(at)]


def _of(one: Watched) -> OfPerson:
    return OfPerson(
        person=one.person,
        number=one.number,
        name=one.name,
        budget=one.line.budget,
        meter=meter(one.line),
        more=one.line.more,
    )


def _tier(code: str) -> str:
    return str(dict(tiers()).get(code, code))
