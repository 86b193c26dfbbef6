"""Emergencies as their list shows them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import BreakGlass, BreakGlassReview
from access.queries.break_glass import waiting_for
from classification.queries import catalogue
from desk.fact_names import WHYS
from staff.permissions import may
from trail.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One value shown against the rules, and what was said of it since."""

    id: UUID
    person: str
    number: str
    customer: str
    label: str
    why: str
    event: int
    at: datetime
    due_at: datetime
    overdue: bool
    waits_for_me: bool
    reads_reason: bool
    reads_words: bool
    """Whether what the reviewer wrote is for this reader."""
    reviewed: bool
    justified: bool
    reviewer: str
    reviewed_at: datetime | None


def emergencies(
    found: Collection[BreakGlass], numbers: Mapping[UUID, str], *, reads: bool, by: Actor, at: datetime
) -> list[Emergency]:
    """Put emergencies in words.

    :param numbers: those of the customers whom the reader may find.
    :param reads: the reader's role reads the sealed reasons.
    """
    labels = {spec.code: spec.label for spec in catalogue(at).fields}
    mine = set(waiting_for(by, at).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    return [
        _shown(
            one,
            labels,
            numbers,
            waits=one.pk in mine,
            reads=reads or one.person_id == by.id,
            words=reads_words(one, by),
            at=at,
        )
        for one in found
    ]


def reads_words(one: BreakGlass, by: Actor) -> bool:
    """Tell whether somebody is told why a review came out so: who used it, who reviewed it, who reads every text."""
    review: BreakGlassReview | None = getattr(one, "review", None)
    return review is not None and (may(by, "texts.read") or by.id in (one.person_id, review.by_id))


def _shown(
    one: BreakGlass,
    labels: Mapping[str, str],
    numbers: Mapping[UUID, str],
    *,
    waits: bool,
    reads: bool,
    words: bool,
    at: datetime,
) -> Emergency:
    review: BreakGlassReview | None = getattr(one, "review", None)
    return Emergency(
        id=one.id,
        person=one.person_name,
        number=one.person_number,
        customer=numbers.get(one.customer, ""),
        label=labels.get(one.field, one.field),
        why=str(WHYS.get(one.why, one.why)),
        event=one.event,
        at=one.at,
        due_at=one.due_at,
        overdue=review is None and at >= one.due_at,
        waits_for_me=waits,
        reads_reason=reads,
        reads_words=words,
        reviewed=review is not None,
        justified=review is not None and review.justified,
        reviewer=f"{review.by_name} {review.by_number}" if review else "",
        reviewed_at=review.at if review else None,
    )
