"""What is asked with a usage request, and what can be said of it before anyone signs (S0-33)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from access.consents import Saying
from access.grants import SCREEN
from access.models.requests import ONE, SERVICE
from customers.problems import Problem

LONGEST = timedelta(days=92)
"""A quarter: whoever needs a value for longer asks again, and somebody looks again."""
LONGEST_REASON = 1000
OFFICER_LEVEL = 3
L4 = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A usage request as its applicant fills it in.

    :ivar uses: how many values at most; None is every field of every customer once.
    :ivar exclude: leave out the customers whose consent is missing; else `justification` says why they are needed.
    """

    purpose: str
    fields: tuple[str, ...]
    customers: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    scenario: str = SERVICE
    selection: str = ONE
    output: str = SCREEN
    uses: int | None = None
    exclude: bool = True
    extends: UUID | None = None
    reason: str = field(default="", repr=False)
    justification: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a draft would be if it were asked now.

    :ivar customers: those who would be in it, sorted. `out_of_reach`: how many of those named are not.
    :ivar without_consent: how many of them do not consent to the purpose with these fields.
    :ivar refused: how many said no; they are never in it.
    :ivar excluded: how many were left out for want of consent.
    :ivar sayings: what consent says, and how often.
    """

    draft: Draft
    customers: tuple[UUID, ...]
    tiers: frozenset[str]
    level: int
    out_of_reach: int
    without_consent: int
    refused: int
    excluded: int
    sayings: Mapping[Saying, int]
    problems: tuple[Problem, ...]

    @property
    def needs_officer(self) -> bool:
        """Whether a data security officer signs too: L3 in bulk or in a file."""
        return needs_officer(self.level, len(self.customers), self.draft.output)

    @property
    def uses(self) -> int:
        """How many values it may show."""
        most = max(len(self.customers) * len(self.draft.fields), 1)
        return min(self.draft.uses or most, most)


def needs_officer(level: int, customers: int, output: str) -> bool:
    """Return whether a data security officer signs too."""
    return level >= OFFICER_LEVEL and (customers > 1 or output != SCREEN)
