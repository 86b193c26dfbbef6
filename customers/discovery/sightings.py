"""Write down what a run saw: a doubt where there is none yet, and a sighting for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from customers.models import NOTE, DoubtSighting, LabelDoubt


@dataclass(frozen=True, slots=True)
class Seen:
    """One place that looks like a kind, with its counts (see `DoubtSighting`)."""

    place: str
    kind: str
    values: int
    hits: int
    passed: int | None
    field: str = ""
    column: str = ""
    customer: int | None = None

    @property
    def key(self) -> tuple[str, str, str, int | None, str]:
        """What makes it the same doubt in every run."""
        return self.place, self.field, self.column, self.customer, self.kind


@dataclass(frozen=True, slots=True)
class Noted:
    """How many doubts were new, how many known ones were seen again, how many new ones were too many to list."""

    new: int
    seen: int
    unlisted: int


def note(wanted: Sequence[Seen], *, run: UUID, at: datetime, listed: dict[str, int], most: int) -> Noted:
    """Write the sightings of a batch, within its transaction.

    :param at: when the run began; all of its sightings carry that time.
    :param listed: how many new single texts the run has listed by field; counted on here.
    :param most: how many it lists of one field. Known ones are always seen again, or they would seem gone.
    """
    held = {_key(doubt): doubt for doubt in _held(wanted)}
    known = len(held)
    new, unlisted = [], 0
    for one in wanted:
        if one.key in held:
            continue
        if one.place == NOTE:
            if listed.get(one.field, 0) >= most:
                unlisted += 1
                continue
            listed[one.field] = listed.get(one.field, 0) + 1
        doubt = LabelDoubt(
            place=one.place, field=one.field, column=one.column, customer_id=one.customer, kind=one.kind,
            first_at=at,
        )  # fmt: skip
        held[one.key] = doubt
        new.append(doubt)
    LabelDoubt.objects.bulk_create(new)
    DoubtSighting.objects.bulk_create(
        DoubtSighting(
            doubt=held[one.key], run=run, at=at, values=one.values, hits=one.hits, passed=one.passed
        )
        for one in wanted
        if one.key in held
    )
    return Noted(len(new), known, unlisted)


def _held(wanted: Sequence[Seen]) -> list[LabelDoubt]:
    customers = [one.customer for one in wanted if one.customer is not None]
    places = {one.place for one in wanted if one.customer is None}
    if not wanted:
        return []
    keys = {one.key for one in wanted}
    rows = LabelDoubt.objects.filter(Q(place=NOTE, customer__in=customers) | Q(place__in=places))
    return [doubt for doubt in rows if _key(doubt) in keys]


def _key(doubt: LabelDoubt) -> tuple[str, str, str, int | None, str]:
    return doubt.place, doubt.field, doubt.column, doubt.customer_id, doubt.kind
