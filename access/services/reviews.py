"""Start a permission review, and warn those who have not decided (S0-31, S3-6, S4-15)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from access import events
from access.models import PermissionReview, ReviewItem
from access.reviewed import KINDS
from access.reviewed.freezing import frozen_items
from staff import step_up
from staff.permissions import may
from staff.services.notifications import notify
from staff.signers import signers
from trail import services as trail
from trail.actor import Actor

USED = timedelta(days=92)
"""How far back use is counted: a quarter."""
ONE_AT_A_TIME = "one review runs at a time"
USUAL = timedelta(days=14)
SHORTEST, LONGEST = timedelta(days=2), timedelta(days=60)
WARNED_AFTER = {"first_warned_at": 0.5, "last_warned_at": 6 / 7}
"""After which part of the time those who have not decided are told: of two weeks, after seven days and after twelve."""


class NotAllowed(Exception):
    """The person's roles do not start reviews."""


class CannotStart(Exception):
    """No review starts: `running` (another is), `too_short`, `too_long`, `nothing` (nobody holds anything)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def start(*, deadline: datetime, by: Actor, at: datetime) -> PermissionReview:
    """Freeze every right that is live now; each ends at `deadline` unless somebody confirms it before.

    :raises NotAllowed: without `review.start`, unless the schedule does it.
    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises CannotStart: with the reason.
    """
    if by.mode != "system":
        if not may(by, "review.start"):
            raise NotAllowed
        step_up.require(by, at=at)
    if deadline - at < SHORTEST:
        raise CannotStart("too_short")
    if deadline - at > LONGEST:
        raise CannotStart("too_long")
    try:
        with transaction.atomic():
            return _start(deadline, by, at)
    except IntegrityError as refused:
        if ONE_AT_A_TIME not in str(refused):
            raise
        raise CannotStart("running") from None


def start_quarterly(*, by: Actor, at: datetime) -> PermissionReview | None:
    """Start the review of a quarter, as the schedule does, unless one is running."""
    if PermissionReview.objects.running(at).exists():
        return None
    return start(deadline=at + USUAL, by=by, at=at)


def _start(deadline: datetime, by: Actor, at: datetime) -> PermissionReview:
    review = PermissionReview.objects.create(
        started_at=at, deadline=deadline, used_since=at - USED, started_by_number=by.number
    )
    items = ReviewItem.objects.bulk_create(frozen_items(review))
    if not items:
        raise CannotStart("nothing")
    keys: dict[str, list[str]] = defaultdict(list)
    for item in items:
        keys[item.kind].append(item.key)
    for code, held in keys.items():
        KINDS[code].let_lapse(held, deadline=deadline, by=by, at=at)
    facts = {
        "review": str(review.pk),
        "deadline": deadline.isoformat(),
        "items": len(items),
        "people": len({item.person_id for item in items}),
    }
    trail.record(events.REVIEW_STARTED, by=by, at=at, facts=facts)
    _tell("review_started", review, items, at)
    return review


def warn(*, by: Actor, at: datetime) -> int:
    """Tell those who decide what they have not decided, twice before the deadline; return how many were told."""
    told = 0
    for review in PermissionReview.objects.running(at):
        part = (at - review.started_at) / (review.deadline - review.started_at)
        for fact, after in WARNED_AFTER.items():
            if part >= after:
                told += _warn(review.pk, fact, by, at)
    return told


def _warn(id: UUID, fact: str, by: Actor, at: datetime) -> int:
    with transaction.atomic():
        review = PermissionReview.objects.select_for_update().get(pk=id)
        if getattr(review, fact) is not None:
            return 0
        setattr(review, fact, at)
        review.save(update_fields=[fact])
        open_items = list(review.items.undecided().select_related("person"))
        told = _tell("review_ends", review, open_items, at)
        facts = {"review": str(review.pk), "items": len(open_items), "people": told}
        trail.record(events.REVIEW_WARNED, by=by, at=at, facts=facts)
    return told


def _tell(code: str, review: PermissionReview, items: list[ReviewItem], at: datetime) -> int:
    """Leave a message for each of those who decide, with how many items wait for them."""
    waiting: Counter[UUID] = Counter()
    who = signers(at)
    for item in items:
        waiting.update(who.reviewing(item.person_id, item.person.department_id))
    for person, count in waiting.items():
        params = {"items": count, "deadline": review.deadline.isoformat()}
        notify([person], code, params=params, link=f"/reviews/{review.pk}/", at=at)
    return len(waiting)
