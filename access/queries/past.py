"""What a field held before, decided line by line as the value of now is. Clear L3 values are in no history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from access.cards import CardValue
from access.policy import CLEAR, HIDDEN
from access.queries import point
from access.queries.cards import SEALED_LEVEL
from classification.queries import FieldSpec
from customers.models import Customer, ValueChange
from customers.values import as_stored
from kinds import registry
from trail.actor import Actor

MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OldValue:
    """One value that a field held until `at`; `text` is what the reader may see of it."""

    view: str
    level: int
    text: str = field(repr=False)
    origin: Mapping[str, str]
    at: datetime
    by: str
    cleared: bool


def past(
    actor: Actor, customer: Customer, spec: FieldSpec, value: CardValue, at: datetime, *, in_contact: bool
) -> list[OldValue]:
    """Return the old values of a field, newest first.

    :param value: the field on the reader's card, whose view counts for the old ones, too.
    """
    rows = list(
        ValueChange.objects.filter(customer=customer, field=spec.code).order_by("-at", "-pk")[:MOST_LINES]
    )
    views = _views(actor, customer, spec, value, rows, at, in_contact=in_contact)
    return [_old(row, spec, views[max(row.level, value.level)], value) for row in rows]


def _views(
    actor: Actor,
    customer: Customer,
    spec: FieldSpec,
    value: CardValue,
    rows: Sequence[ValueChange],
    at: datetime,
    *,
    in_contact: bool,
) -> dict[int, str]:
    """Return the view by level: what was sealed once is decided as L3, whatever its field is now."""
    views = {value.level: value.view}
    for level in {row.level for row in rows if row.level > value.level}:
        decision = point.check(actor, customer, replace(spec, level=level), at, in_contact=in_contact)
        views[level] = decision.view
    return views


def _old(row: ValueChange, spec: FieldSpec, view: str, value: CardValue) -> OldValue:
    level = max(row.level, value.level)
    text = row.text
    if view == HIDDEN:
        text = ""
    elif row.level < SEALED_LEVEL:
        shown = view == CLEAR and level < SEALED_LEVEL
        text = spec.shown(as_stored(spec.kind, text)) if shown else registry.get(spec.kind).mask(text)
    return OldValue(
        view=view, level=level, text=text, origin=row.origin, at=row.at, by=row.by_number, cleared=row.cleared
    )
