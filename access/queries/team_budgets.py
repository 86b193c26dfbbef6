"""The row budgets of the people one answers for: which are near their end, and who waits for a tap."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.budgets import BUDGETS, DAY, TAP, WINDOWS, Line, lines
from access.queries import budgets
from staff import queries as staff
from staff.models import Person
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One person's budget as whoever answers for them sees it."""

    person: UUID
    number: str
    name: str
    line: Line


def near_their_end(actor: Actor, at: datetime) -> list[Watched]:
    """Return the budgets of which most is used, over all tiers; in a fixed number of queries, whatever the team."""
    people = staff.people_led_by(actor, at) - {actor.id}
    if not people:
        return []
    used = {budget: budgets.used_by(people, budget, at) for budget in BUDGETS}
    busy = sorted({person for found in used.values() for person in found})
    if not busy:
        return []
    rows, roles, given = budgets.in_force(at), staff.roles_of_people(busy, at), budgets.portions(busy, at)
    found = [
        (person, line)
        for budget, of in used.items()
        for person, counts in of.items()
        for line in lines(budget, roles[person], rows, counts, given.get(person, []))
        if line.near and not line.tier
    ]
    return _named(found)


def taps_waiting(actor: Actor, at: datetime) -> list[Watched]:
    """Return who was refused until somebody taps, and is so still; each budget once."""
    people = staff.people_led_by(actor, at) - {actor.id}
    if not people:
        return []
    refused = budgets.tap_refusals(people, at - WINDOWS[DAY], at)
    asked = refused.order_by().values_list("actor_id", "facts__budget", "facts__tier", "facts__window", "at")
    last: dict[tuple[UUID, str, str, str], datetime] = {}
    for person, budget, tier, window, when in asked:
        if when > at - WINDOWS[window]:
            last[person, budget, tier, window] = max(when, last.get((person, budget, tier, window), when))
    roles = staff.roles_of_people({person for person, *_line in last}, at)
    found: dict[tuple[UUID, str], Line] = {}
    for person, budget, tier, window in last:
        for line in budgets.counted(person, roles[person], budget, at).lines:
            if (line.tier, line.window, line.step) == (tier, window, TAP):
                found[person, budget] = line
    return _named([(person, line) for (person, _budget), line in found.items()])


def _named(found: list[tuple[UUID, Line]]) -> list[Watched]:
    names = {
        id: (number, name)
        for id, number, name in Person.objects.filter(pk__in={person for person, _line in found}).values_list(
            "pk", "number", "name"
        )
    }
    shown = [
        Watched(person=person, number=names[person][0], name=names[person][1], line=line)
        for person, line in found
        if person in names
    ]
    return sorted(shown, key=lambda one: (one.number, one.line.budget, one.line.window))
