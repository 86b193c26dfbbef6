"""How much one person may be shown in an hour and in a day, in pure arithmetic (S4-57).

Two budgets: customers of whom something of L3 or above was shown in clear, and pages of searches and lists. A window
reaches back from the moment of the question, so that what was shown exactly an hour ago no longer counts. Within a
window there are two portions more: one for a typed reason, one for a supervisor's tap; then the window has to move on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

CLEAR, LISTS = "clear", "lists"
BUDGETS = (CLEAR, LISTS)
HOUR, DAY = "hour", "day"
WINDOWS = {HOUR: timedelta(hours=1), DAY: timedelta(days=1)}
REASON, TAP, WAIT = "reason", "tap", "wait"
STEPS = (REASON, TAP, WAIT)
"""What brings a person on who is over: from their own effort to none."""
ROWS_A_PAGE = 25
NEAR = 80
"""Per cent of a budget from which on it is shown, and more may be asked for."""

Used = Mapping[tuple[str, str], int]
"""(tier, window) → how much was shown; tier "" is everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One row budget: of a role, for customers of one tier or ("") of all."""

    code: str
    budget: str
    role: str
    tier: str = ""
    per_hour: int
    per_day: int
    more_hour: int
    more_day: int

    def amounts(self, window: str) -> tuple[int, int]:
        """Return what the budget allows in a window, and how much one portion more is."""
        return (self.per_hour, self.more_hour) if window == HOUR else (self.per_day, self.more_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """More rows in one window, given for a reason or by a tap; they count for the length of the window."""

    budget: str
    tier: str
    window: str
    step: str
    rows: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One budget of one person in one window, now.

    :ivar whole: what the rows allow; `more`: how much one portion is.
    :ivar reason, tap: the portions that were given within the window; 0 for none.
    """

    budget: str
    tier: str
    window: str
    used: int
    whole: int
    more: int
    reason: int = 0
    tap: int = 0

    @property
    def allowed(self) -> int:
        """How much may be shown within the window, portions included."""
        return self.whole + self.reason + self.tap

    @property
    def near(self) -> bool:
        """Whether so much is used that it is time to say so."""
        return self.used > 0 and 100 * self.used >= NEAR * self.allowed

    @property
    def step(self) -> str:
        """What brings the person on when this is used up."""
        if not self.more or not self.near:
            return WAIT
        return REASON if not self.reason else TAP if not self.tap else WAIT

    def step_for(self, asked: int, *, signed: bool = False) -> str:
        """Return what brings the person on who asks for so much; patience where the next portion is not enough."""
        return self.step if bears(self.used, asked, self.allowed + self.more, signed=signed) else WAIT


def lines(
    budget: str, roles: Iterable[str], rows: Iterable[Budget], used: Used, portions: Sequence[Portion]
) -> tuple[Line, ...]:
    """Return a person's lines of one budget, by tier and window, those for all customers first.

    :param portions: those of the person within the last day that count still; see `live`.
    """
    mine = [row for row in rows if row.budget == budget and row.role in set(roles)]
    general = [row for row in mine if not row.tier]
    found = []
    for tier in ("", *sorted({row.tier for row in mine if row.tier})):
        of_tier = [row for row in mine if row.tier == tier]
        # Across roles the most generous counts: a role that the tier's budgets do not name is not held to it.
        if tier and {row.role for row in of_tier} < {row.role for row in general}:
            continue
        for window in WINDOWS:
            # SECURITY: without a row nothing is allowed.
            whole, more = max((row.amounts(window) for row in of_tier), default=(0, 0))
            given = [one for one in portions if (one.budget, one.tier, one.window) == (budget, tier, window)]
            found.append(
                Line(
                    budget=budget,
                    tier=tier,
                    window=window,
                    used=used.get((tier, window), 0),
                    whole=whole,
                    more=more,
                    reason=sum(one.rows for one in given if one.step == REASON),
                    tap=sum(one.rows for one in given if one.step == TAP),
                )
            )
    return tuple(found)


def live(portions: Iterable[Portion], at: datetime) -> list[Portion]:
    """Keep the portions that count at a time: each for the length of its window, its last moment not included."""
    return [one for one in portions if one.at > at - WINDOWS[one.window]]


def bears(used: int, asked: int, allowed: int, *, signed: bool = False) -> bool:
    """Tell whether a window that holds `used` bears `asked` more; whoever asks for nothing new is over none.

    :param signed: signatures stand for exactly what is asked, an officer's among them where it is L3 or above. A file
        larger than a whole window could never be made then, and its signers saw its size: what they signed takes the
        place of the budget. It still has to find the window within its budget, so that one such file fills it, and
        the next, as well as every view, waits as after any other burst.
    """
    return not asked or used + asked <= allowed or (signed and asked > allowed >= used)


def over(found: Iterable[Line], asked: Used, *, signed: bool = False) -> list[Line]:
    """Return the lines that do not bear what is asked; see `bears`."""
    new = [(line, asked.get((line.tier, line.window), 0)) for line in found]
    return [line for line, more in new if not bears(line.used, more, line.allowed, signed=signed)]


def seconds_to_wait(
    line: Line,
    asked: int,
    shown: Iterable[tuple[datetime, int]],
    portions: Iterable[Portion],
    at: datetime,
    *,
    signed: bool = False,
) -> int:
    """Return after how many seconds the line would bear what is asked, as what was shown leaves the window.

    :param shown: when something that counts on this line was last shown, and how much.
    :param signed: as `bears` takes it.
    """
    window = WINDOWS[line.window]
    inside = [(when, rows) for when, rows in shown if when > at - window]
    given = [one for one in portions if (one.tier, one.window) == (line.tier, line.window)]
    for moment in sorted({when + window for when, _rows in inside}):
        used = sum(rows for when, rows in inside if when > moment - window)
        allowed = line.whole + sum(one.rows for one in live(given, moment))
        if bears(used, asked, allowed, signed=signed):
            return ceil((moment - at).total_seconds())
    return int(window.total_seconds())
