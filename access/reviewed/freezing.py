"""Freeze who holds what: one item per live right, with its use, that of the others, and what is odd about it.

The number of queries is the same for ten rights and for ten thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import median
from uuid import UUID

from access.models import PermissionReview, ReviewItem
from access.reviewed import KINDS
from access.reviewed.kind import Population, Right, RightKind, Use
from staff.models import Freeze, Headship, Person, RoleHolding
from staff.models.rights import frozen_at, live
from staff.queries import EXPIRED, FROZEN, LEFT, state_of
from staff.roles import HEAD, conflicts
from staff.signers import signers

LEAVER, STOPPED, MOVER, ORPHAN, CONFLICT = "leaver", "frozen", "mover", "orphan", "conflict"
NEW, UNUSED, RARE = "new", "unused", "rare"
MARKS = (LEAVER, STOPPED, MOVER, ORPHAN, CONFLICT, NEW, UNUSED, RARE)
RARELY = 10
"""A right that is used less than a tenth as often as the others' is pointed out."""


def population(at: datetime) -> Population:
    """Return everybody with their roles, and the tree."""
    roles: dict[UUID, set[str]] = defaultdict(set)
    for person, role in RoleHolding.objects.filter(live(at)).values_list("person_id", "role"):
        roles[person].add(role)
    for person in Headship.objects.filter(live(at)).values_list("person_id", flat=True):
        roles[person].add(HEAD)
    return Population(
        at=at,
        people={one.pk: one for one in Person.objects.select_related("department")},
        roles={person: frozenset(held) for person, held in roles.items()},
        above={one: frozenset(line) for one, line in signers(at).above.items()},
    )


def frozen_items(review: PermissionReview) -> list[ReviewItem]:
    """Return an item, not yet saved, for every right that is live when the review starts."""
    at = review.started_at
    among = population(at)
    stopped = frozenset(Freeze.objects.filter(frozen_at(at)).values_list("person_id", flat=True))
    return [item for kind in KINDS.values() for item in _items(kind, review, among, stopped)]


def _items(
    kind: RightKind, review: PermissionReview, among: Population, stopped: frozenset[UUID]
) -> Iterator[ReviewItem]:
    rights = list(kind.live(among))
    used = kind.used(rights, review.used_since, review.started_at) if rights else {}
    others = _others(rights, used)
    for one in rights:
        use, usual = used.get(one.key), others.get(one.key)
        times = use.times if use else 0
        person = among.people[one.person]
        yield ReviewItem(
            review=review,
            person=person,
            department=person.department,
            kind=kind.code,
            key=one.key,
            which=one.which,
            since=one.since,
            last_used_at=use.last if use else None,
            uses=times,
            peer_uses=usual,
            marks=[
                *_of_the_person(one, review, among, frozen=one.person in stopped),
                *_of_the_right(kind, one, review, among, times, usual),
            ],
        )


def _others(rights: list[Right], used: Mapping[str, Use]) -> dict[str, float]:
    """Return, by key, how often the others of the same kind and place use theirs (median)."""
    groups: dict[str, list[Right]] = defaultdict(list)
    for one in rights:
        groups[one.peers].append(one)
    found: dict[str, float] = {}
    for group in groups.values():
        if len(group) < 2:
            continue
        # With the own use among them the median moves little, and is worked out once for all.
        usual = median(used[one.key].times if one.key in used else 0 for one in group)
        found |= dict.fromkeys((one.key for one in group), float(usual))
    return found


def _of_the_person(one: Right, review: PermissionReview, among: Population, *, frozen: bool) -> Iterator[str]:
    person = among.people[one.person]
    state = state_of(person, frozen=frozen, at=among.at)
    if state in (LEFT, EXPIRED):
        yield LEAVER
    if state == FROZEN:
        yield STOPPED
    moved = person.moved_at
    if moved is not None and (moved >= review.used_since or (one.since is not None and one.since < moved)):
        yield MOVER


def _of_the_right(
    kind: RightKind, one: Right, review: PermissionReview, among: Population, times: int, usual: float | None
) -> Iterator[str]:
    if not one.fits:
        yield ORPHAN
    role = {"role": one.which, "headship": HEAD}.get(kind.code)
    if role and any(role in pair for pair in conflicts(among.roles_of(one.person))):
        yield CONFLICT
    if one.since is not None and one.since >= review.used_since:
        yield NEW
    if not times:
        yield UNUSED
    elif usual and times * RARELY < usual:
        yield RARE
