"""What a personnel file would change: leavers, movers, unknown numbers, and rows that cannot be understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from staff.hr.reading import DEPARTMENT, GONE, NUMBER, STATE, STATES, Line
from staff.models import Department, Person


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one cell stops the whole file: place and code."""

    line: int
    column: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One person whom the file changes; `to` is empty for one who has left."""

    line: int
    person: UUID
    number: str
    name: str
    department: str
    to: str = ""


@dataclass(slots=True)
class Diff:
    """The file against today, in constant queries."""

    leavers: list[Change] = field(default_factory=list)
    movers: list[Change] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)
    """Those who work here and of whom the file says nothing; it changes nothing about them."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What a confirmation is bound to: who leaves, and who moves from where to where."""
        said = [f"{one.person} {one.department} {one.to}" for one in (*self.leavers, *self.movers)]
        return sha256("\n".join(said).encode()).hexdigest()

    @property
    def changes(self) -> int:
        """How many people the file changes."""
        return len(self.leavers) + len(self.movers)


def compare(lines: Sequence[Line], *, asked_by: UUID | None, at: datetime) -> Diff:
    """Return what the file would change at `at`.

    :param asked_by: whoever brings the file; about themselves it may change nothing.
    """
    here = Person.objects.select_related("department").filter(left_at__isnull=True)
    people = {one.number.upper(): one for one in here}
    departments = {
        name: one for one in Department.objects.filter(active=True) for name in (one.name, one.code)
    }
    found = Diff()
    seen: set[str] = set()
    for line in lines:
        problems = list(_problems(line, seen, departments))
        person = people.get(line.number.upper())
        if not problems and person is not None and person.pk == asked_by:
            problems = list(_about_oneself(line, person, departments))
        seen.add(line.number.upper())
        if problems:
            found.problems += problems
        elif person is None:
            _count_unknown(found, line)
        else:
            _place(found, line, person, departments)
    found.missing = sorted(one.number for number, one in people.items() if number not in seen)
    return found


def _problems(line: Line, seen: Iterable[str], departments: dict[str, Department]) -> Iterator[Problem]:
    if not line.number:
        yield Problem(line.line, NUMBER, "number_missing")
    elif line.number.upper() in seen:
        yield Problem(line.line, NUMBER, "number_twice")
    state = STATES.get(line.state.casefold())
    if state is None:
        yield Problem(line.line, STATE, "state_unknown")
    elif state != GONE and line.department not in departments:
        yield Problem(line.line, DEPARTMENT, "department_unknown")


def _about_oneself(line: Line, person: Person, departments: dict[str, Department]) -> Iterator[Problem]:
    # SECURITY: nobody changes their own place; another security manager brings that file.
    if STATES[line.state.casefold()] == GONE:
        yield Problem(line.line, STATE, "yourself")
    elif departments[line.department].pk != person.department_id:
        yield Problem(line.line, DEPARTMENT, "yourself")


def _count_unknown(found: Diff, line: Line) -> None:
    """A leaver whom nobody here knows has left already."""
    if STATES[line.state.casefold()] == GONE:
        found.unchanged += 1
    else:
        found.unknown.append(line)


def _place(found: Diff, line: Line, person: Person, departments: dict[str, Department]) -> None:
    change = Change(
        line=line.line,
        person=person.pk,
        number=person.number,
        name=person.name,
        department=person.department.code,
    )
    if STATES[line.state.casefold()] == GONE:
        found.leavers.append(change)
    elif (to := departments[line.department]).pk != person.department_id:
        found.movers.append(replace(change, to=to.code))
    else:
        found.unchanged += 1
