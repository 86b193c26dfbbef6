"""After the deadline: take away what nobody confirmed, ask the policy whether it is gone, and close the review.

Nothing here makes anything safe: from its deadline on a lapsed right counts for nothing (`lapses_at`). A worker may die
between any two items; each is done in a transaction of its own, and the next turn goes on with the rest.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from access import events
from access.models import PermissionReview, ReviewItem
from access.models.reviews import CLOSED, KEEP, LAPSED, NARROW, REVOKE
from access.reviewed import kind_of
from trail import services as trail
from trail.actor import Actor

AT_ONCE = 500
"""How many items one turn handles; the schedule comes again within minutes."""


def end_lapsed(*, by: Actor, at: datetime) -> int:
    """Take away the rights that nobody confirmed until the deadline; return how many."""
    waiting = ReviewItem.objects.to_end(at).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_end(item, by, at) for item in list(waiting))


def _end(id: int, by: Actor, at: datetime) -> bool:
    with transaction.atomic():
        item = (
            ReviewItem.objects.to_end(at)
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=id)
            .first()
        )
        if item is None:
            return False
        kind_of(item.kind).take(item, by=by, at=at)
        item.ended_at = at
        item.save(update_fields=["ended_at"])
        trail.record(events.RIGHT_LAPSED, by=by, at=at, facts=_facts(item))
    return True


def verify(*, by: Actor, at: datetime) -> int:
    """Ask the policy whether what was taken away is really gone; return of how many it still is given.

    A right that a signed proposal gave again since then is another right.
    """
    still = 0
    for item in ReviewItem.objects.to_verify().order_by("pk")[:AT_ONCE]:
        kind = kind_of(item.kind)
        if kind.given(item, at) and not kind.given_anew(item, at):
            trail.record(events.RIGHT_STILL_GIVEN, by=by, at=at, facts=_facts(item))
            still += 1
        else:
            ReviewItem.objects.to_verify().filter(pk=item.pk).update(verified_at=at)
    return still


def close(*, by: Actor, at: datetime) -> list[PermissionReview]:
    """Close the reviews of which nothing is left to take away or to verify; return them."""
    closed = []
    for review in PermissionReview.objects.over(at).filter(closed_at__isnull=True):
        rows = ReviewItem.objects.filter(review=review)
        if rows.to_end(at).exists() or rows.to_verify().exists():
            continue
        with transaction.atomic():
            locked = PermissionReview.objects.select_for_update().get(pk=review.pk)
            if locked.closed_at is not None:
                continue
            locked.closed_at = at
            locked.save(update_fields=["closed_at"])
            trail.record(events.REVIEW_CLOSED, by=by, at=at, facts=_counts(locked, at))
        closed.append(locked)
    return closed


def _facts(item: ReviewItem) -> dict[str, object]:
    return {
        "review": str(item.review_id),
        "item": item.pk,
        "person": str(item.person_id),
        "right_kind": item.kind,
        "which": item.which,
    }


def _counts(review: PermissionReview, at: datetime) -> dict[str, object]:
    states = Counter(item.decision or LAPSED for item in review.items.only("decision"))
    names = {"confirmed": KEEP, "narrowed": NARROW, "revoked": REVOKE, "lapsed": LAPSED, "ended": CLOSED}
    return {"review": str(review.pk), **{name: states[state] for name, state in names.items()}}
