"""What people see of permission reviews: their items, how far each department has come, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from access.models import PermissionReview, ReviewItem
from access.models.reviews import CLOSED, KEEP, NARROW, REVOKE, Items
from access.reviewed import KINDS
from staff.models import Person
from staff.permissions import may
from staff.roles import AUDITOR, HEAD, OFFICER, SECURITY
from staff.signers import signers
from trail.actor import Actor

ALL = frozenset({OFFICER, AUDITOR, SECURITY})
"""Roles that read every item; a head reads those of the people they sign for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a department has come."""

    code: str
    department: str
    items: int
    kept: int
    narrowed: int
    revoked: int
    closed: int
    silent: int
    """Those of which nobody has said anything."""
    deciders: tuple[str, ...]

    @property
    def decided(self) -> int:
        """How many are decided, or ended otherwise."""
        return self.items - self.silent

    @property
    def percent(self) -> int:
        """The share that is decided, rounded down: a hundred means all."""
        return 100 * self.decided // self.items if self.items else 100


def decided_by(review: PermissionReview, actor: Actor, at: datetime) -> frozenset[UUID]:
    """Return the people about whose rights the actor decides: those they sign for, never they themselves."""
    if actor.id is None:
        return frozenset()
    who = signers(at)
    people = Person.objects.filter(pk__in=ReviewItem.objects.filter(review=review).values("person_id"))
    found = people.values_list("pk", "department_id")
    return frozenset(pk for pk, department in found if actor.id in who.reviewing(pk, department))


def items_for(review: PermissionReview, actor: Actor, people: Iterable[UUID]) -> Items:
    """Return the items that the actor may read; `people` are those they decide about."""
    items = ReviewItem.objects.filter(review=review).select_related("review", "person", "department")
    return items if actor.roles & ALL else items.filter(person_id__in=people)


def progress(items: Items, at: datetime) -> list[Progress]:
    """Return how far each department has come with these items, in four queries."""

    def so(decision: str) -> Count:
        return Count("pk", filter=Q(decision=decision))

    counted = items.order_by().values("department_id", "department__code", "department__name")
    rows = counted.annotate(
        items=Count("pk"),
        kept=so(KEEP),
        narrowed=so(NARROW),
        revoked=so(REVOKE),
        closed=so(CLOSED),
        silent=so(""),
    ).order_by("department__code")
    heads = _deciders(items, at)
    return [
        Progress(
            code=row["department__code"],
            department=row["department__name"],
            items=row["items"],
            kept=row["kept"],
            narrowed=row["narrowed"],
            revoked=row["revoked"],
            closed=row["closed"],
            silent=row["silent"],
            deciders=heads.get(row["department_id"], ()),
        )
        for row in rows
    ]


def _deciders(items: Items, at: datetime) -> dict[int, tuple[str, ...]]:
    """Return who decides about what is still open in each department, by name."""
    who = signers(at)
    open_items = (
        items.undecided().order_by().values_list("department_id", "person_id", "person__department_id")
    )
    ids: dict[int, set[UUID]] = defaultdict(set)
    for department, person, today in open_items.distinct():
        ids[department] |= who.reviewing(person, today)
    names = dict(Person.objects.filter(pk__in=set().union(*ids.values())).values_list("pk", "name"))
    return {one: tuple(sorted(names[pk] for pk in people)) for one, people in ids.items()}


def words_of(items: Iterable[ReviewItem], actor: Actor) -> Mapping[tuple[str, str], str]:
    """Return what each right is about in words, in a query per kind.

    A customer's number is for those who find customers, and for the auditor; others read that it is one customer.
    """
    asked: dict[str, set[str]] = defaultdict(set)
    for item in items:
        asked[item.kind].add(item.which)
    if not (may(actor, "customer.find") or may(actor, "trail.find_customer")):
        asked.pop("customer", None)
    return {
        (code, which): words
        for code, codes in asked.items()
        for which, words in KINDS[code].words(codes).items()
    }


def waiting_for(actor: Actor, at: datetime) -> int:
    """Count the rights of the running review that wait for this person."""
    review = PermissionReview.objects.running(at).first() if actor.roles & {HEAD, OFFICER} else None
    if review is None:
        return 0
    people = decided_by(review, actor, at)
    return ReviewItem.objects.filter(review=review, person_id__in=people).undecided().count()
