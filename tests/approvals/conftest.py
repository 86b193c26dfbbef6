"""A company, and one harmless kind of proposal with two seats."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from approvals import registry
from approvals.registry import CannotApply, Content, Line, ProposalKind, Seat
from staff.queries import holders_of
from tests.staff.company import Company
from trail.actor import Actor


@dataclass
class Done:
    """What was carried out."""

    contents: list[Content] = field(default_factory=list)
    fails: bool = False

    def apply(self, content: Content, *, proposal: Any, by: Actor, at: datetime) -> str:
        if self.fails:
            raise CannotApply("not_working", number="p")
        self.contents.append(content)
        return "done"


def two_seats(content: Content, at: datetime) -> list[Seat]:
    officers, analysts = holders_of("officer", at), holders_of("analyst", at)
    return [Seat("officer", officers), Seat("any", officers | analysts)]


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def done() -> Iterator[Done]:
    acts = Done()
    kind = ProposalKind(
        code="test.act",
        name="act",
        seats=two_seats,
        apply=acts.apply,
        describe=lambda content: [Line("what", after=str(content["what"]))],
        lifetime=timedelta(days=2),
        permission="people.propose",
    )
    registry.register(kind)
    yield acts
    registry._kinds.pop("test.act")
