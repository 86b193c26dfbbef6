"""The seats of proposals with the people who may fill them, stand-ins included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from approvals import registry
from approvals.models import Proposal, StandIn
from approvals.registry import Content, ProposalKind, Seat
from staff import queries as staff

StandIns = Mapping[UUID, Sequence[UUID]]
"""Person → who signs for them now."""


def stand_ins(at: datetime) -> StandIns:
    """Return who stands in for whom; stand-ins who do not work or are frozen sign nothing."""
    rows = list(StandIn.objects.live(at).values_list("person_id", "stand_in_id"))
    able = staff.acting([stand_in for _, stand_in in rows], at) if rows else frozenset()
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for person, stand_in in rows:
        if stand_in in able:
            found[person].append(stand_in)
    return found


def seats_of(what: ProposalKind, content: Content, at: datetime) -> list[Seat]:
    """Return the seats of one proposal."""
    known = stand_ins(at)
    return [_widened(seat, known) for seat in what.seats(content, at)]


def seats_of_all(proposals: Sequence[Proposal], at: datetime) -> dict[UUID, list[Seat]]:
    """Return the seats of many proposals, by id; kinds that can answer for many at once are asked once."""
    known = stand_ins(at)
    by_kind: dict[str, list[Proposal]] = defaultdict(list)
    for one in proposals:
        by_kind[one.kind].append(one)
    found: dict[UUID, list[Seat]] = {}
    for code, rows in by_kind.items():
        what = registry.get(code)
        contents = [row.content for row in rows]
        many = what.seats_of_many
        seats = many(contents, at) if many else [what.seats(content, at) for content in contents]
        for row, its in zip(rows, seats, strict=True):
            found[row.pk] = [_widened(seat, known) for seat in its]
    return found


def _widened(seat: Seat, known: StandIns) -> Seat:
    """Add the stand-ins of those who may sign; whoever may sign anyway stands in for nobody."""
    extra = {
        stand_in: person
        for person in sorted(seat.eligible & known.keys(), key=str)
        for stand_in in known[person]
        if stand_in not in seat.eligible
    }
    return replace(seat, eligible=seat.eligible | extra.keys(), stand_ins=extra) if extra else seat
