"""What a kind of right has to say for itself, and the people among whom it is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from staff.models import Person
from trail.actor import Actor

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from access.models import ReviewItem


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody who holds something, with what decides whether it still fits them."""

    at: datetime
    people: Mapping[UUID, Person]
    roles: Mapping[UUID, frozenset[str]]
    above: Mapping[int, frozenset[int]]
    """A department and everything above it, by its id."""

    def roles_of(self, person: UUID) -> frozenset[str]:
        """Return the roles of a person, headship included."""
        return self.roles.get(person, frozenset())

    def is_near(self, person: UUID, department: int) -> bool:
        """Return whether a department lies on the person's line: their own, above it or below it."""
        own = self.people[person].department_id
        return department in self.above[own] or own in self.above[department]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One live right of one person."""

    key: str
    """The primary key of its row."""
    person: UUID
    which: str
    """A code, or a customer's UUID."""
    since: datetime | None
    fits: bool
    """Whether the person's department and roles still go with it."""
    peers: str
    """Rights of one kind with the same word are compared with each other."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often a right was used in a time, and when last."""

    last: datetime
    times: int


class ManyAct(Protocol):
    """Change several rows, as part of an act."""

    def __call__(self, keys: Collection[str], *, by: Actor, at: datetime) -> int: ...


class Lapse(Protocol):
    """Let several rows lapse at a deadline, as part of an act."""

    def __call__(self, keys: Collection[str], *, deadline: datetime, by: Actor, at: datetime) -> int: ...


class Narrow(Protocol):
    """Confirm one row until a moment, as part of an act; return 0 where the row is not live."""

    def __call__(self, key: str, *, until: datetime, by: Actor, at: datetime) -> int: ...


class Take(Protocol):
    """Take one right away, as part of an act; return whether there was anything to take."""

    def __call__(self, item: ReviewItem, *, by: Actor, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RightKind:
    """One kind of right. Every question takes one query or a few, however many rights there are."""

    code: str
    name: StrOrPromise
    live: Callable[[Population], Iterable[Right]]
    used: Callable[[Sequence[Right], datetime, datetime], Mapping[str, Use]]
    """The uses of these rights from a time to another, by key; what was not used is not in it."""
    words: Callable[[Collection[str]], Mapping[str, str]]
    """What each `which` is called, for people who read a review."""
    let_lapse: Lapse
    confirm: ManyAct
    narrow: Narrow
    take: Take
    live_keys: Callable[[Collection[str], datetime], set[str]]
    """Which of these rows are live at a time."""
    given: Callable[[ReviewItem, datetime], bool]
    """The policy's own answer: whether the person still has this, from whatever row."""
    given_anew: Callable[[ReviewItem, datetime], bool]
    """Whether another row gave it again since this one was taken away."""
