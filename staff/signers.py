"""Who signs for whom, for many people at once: the answers of `queries.signers_for_person` in four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from staff.models import Department, Headship
from staff.models.rights import live
from staff.queries import acting, holders_of
from staff.roles import OFFICER


@dataclass(frozen=True, slots=True)
class Signers:
    """The tree with its heads at one moment."""

    above: Mapping[int, tuple[int, ...]]
    """Each department and what is above it, from itself to the root."""
    heads: Mapping[int, frozenset[UUID]]
    """The heads of a department who can act."""
    officers: frozenset[UUID]
    """Who signs where no head does."""
    first: frozenset[UUID]
    """The first head, who signs until there is an officer."""

    def for_person(self, person: UUID, department: int) -> frozenset[UUID]:
        """Return who signs for a person of a department; never they themselves."""
        for above in self.above[department]:
            heads = self.heads.get(above, frozenset())
            if heads and person not in heads:
                return heads
        return (self.officers or self.first) - {person}

    def reviewing(self, person: UUID, department: int) -> frozenset[UUID]:
        """Return who reviews a person's rights: who signs for them, else the first head.

        Of the only officer nobody else would say anything, and silence takes a right away.
        """
        return self.for_person(person, department) or self.first - {person}


def signers(at: datetime) -> Signers:
    """Return who signs for whom at `at`."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    held = list(
        Headship.objects.filter(live(at)).order_by("since", "pk").values("department_id", "person_id")
    )
    able = acting({row["person_id"] for row in held}, at)
    heads: dict[int, set[UUID]] = defaultdict(set)
    for row in held:
        if row["person_id"] in able:
            heads[row["department_id"]].add(row["person_id"])
    first = [row["person_id"] for row in held if row["person_id"] in able][:1]
    return Signers(
        above={one: _line(one, parents) for one in parents},
        heads={one: frozenset(people) for one, people in heads.items()},
        officers=holders_of(OFFICER, at),
        first=frozenset(first),
    )


def _line(department: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    found: list[int] = []
    here: int | None = department
    while here is not None and here not in found:
        found.append(here)
        here = parents.get(here)
    return tuple(found)
