"""Doubts about labels as the pages show them: where, what it looks like, the evidence, the way to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classification.queries import Catalogue, FieldSpec
from classification.words import kind_words
from customers.discovery.doubts import DISMISSED, GONE, OPEN, Standing
from customers.models import COLUMN, FIELD, NOTE
from kinds import registry
from kinds.labelled import Measured, measured

PLACES: dict[str, str | Promise] = {
    FIELD: gettext_lazy("a field"),
    COLUMN: gettext_lazy("a column left out of an import"),
    NOTE: gettext_lazy("one customer's text"),
}
STATES: dict[str, str | Promise] = {
    OPEN: gettext_lazy("to be decided"),
    DISMISSED: gettext_lazy("dismissed"),
    GONE: gettext_lazy("no longer seen"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtShown:
    """One doubt in words and numbers; nothing of it is a value."""

    id: UUID
    place: str
    place_words: str | Promise
    where: str
    level: int  # 0 where it has none
    looks: str
    looks_level: int
    values: int
    hits: int
    percent: int
    passed: int | None
    state: str
    state_words: str | Promise
    first_at: datetime
    last_at: datetime
    dismissed_until: datetime | None
    customer: UUID | None
    mend_url: str


def doubts_shown(found: Iterable[Standing], known: Catalogue) -> list[DoubtShown]:
    """Return doubts as a list shows them."""
    return [doubt_shown(one, known) for one in found]


def doubt_shown(one: Standing, known: Catalogue) -> DoubtShown:
    """Return one doubt."""
    doubt = one.doubt
    spec = known.get(doubt.field) if doubt.field in known else None
    return DoubtShown(
        id=doubt.pk,
        place=doubt.place,
        place_words=PLACES[doubt.place],
        where=doubt.column or (spec.label if spec else doubt.field),
        level=spec.level if spec else 0,
        looks=kind_words(doubt.kind),
        looks_level=registry.get(doubt.kind).typical_level,
        values=one.values,
        hits=one.hits,
        percent=min(100, round(one.hits * 100 / one.values)),
        passed=one.passed,
        state=one.state,
        state_words=STATES[one.state],
        first_at=doubt.first_at,
        last_at=one.last_at,
        dismissed_until=one.dismissed_until,
        customer=doubt.customer.ref if doubt.customer else None,
        mend_url=_mend_url(doubt.place, spec, doubt.customer.ref if doubt.customer else None),
    )


def _mend_url(place: str, spec: FieldSpec | None, customer: UUID | None) -> str:
    if place == NOTE:
        return reverse("desk:customer", args=[customer])
    return reverse("desk:field", args=[spec.code]) if spec else reverse("desk:catalogue")


@dataclass(frozen=True, slots=True)
class MeasuredShown:
    """How well one kind is found, in whole percent."""

    kind: str
    level: int
    planted: int
    found: int
    wrong: int
    precision: int
    recall: int
    checksum: bool


def measured_shown() -> list[MeasuredShown]:
    """Return precision and recall on the sample, kind by kind."""
    return [_measured(one) for one in measured()]


def _measured(one: Measured) -> MeasuredShown:
    kind = registry.get(one.kind)
    return MeasuredShown(
        kind=kind_words(one.kind),
        level=kind.typical_level,
        planted=one.found + one.missed,
        found=one.found,
        wrong=one.wrong,
        precision=int(one.precision * 100),
        recall=int(one.recall * 100),
        checksum=kind.checksum,
    )


def outcome_words(outcome: dict[str, Any]) -> str:
    """Say what a run has done."""
    return _("%(customers)s customers, %(values)s values: %(new)s new, %(seen)s seen again") % {
        name: f"{outcome.get(name, 0):,}" for name in ("customers", "values", "new", "seen")
    }
