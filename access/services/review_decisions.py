"""Decide about a right under review: keep it, keep it until a day, or take it away (S0-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from access import events
from access.models import ReviewItem
from access.models.reviews import CLOSED, KEEP, NARROW, REVOKE
from access.reviewed import KINDS, kind_of
from staff import step_up
from staff.signers import Signers, signers
from trail import services as trail
from trail.actor import Actor

RECENTLY = timedelta(days=30)
"""What was used within this time before a review may be kept together with others."""
LONGEST = timedelta(days=366)


class NotDecided(Exception):
    """Nothing was decided.

    `not_yours` (no such item for this person), `over` (the deadline has come), `decided`, `gone` (the right ended
    otherwise), `no_end` and `end_too_far` (of a narrowed right), `look_at_each` (not to be kept together with others).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody says about a right; `until` of one that is narrowed."""

    decision: str
    until: datetime | None = None


def is_easy(item: ReviewItem) -> bool:
    """Return whether a right may be kept together with others: nothing odd about it, and used lately."""
    used = item.last_used_at
    moved = item.person.moved_at
    return (
        not item.marks
        and used is not None
        and used >= item.review.started_at - RECENTLY
        and (moved is None or moved < item.review.started_at)
    )


def decide(item: int, answer: Answer, *, by: Actor, at: datetime) -> None:
    """Decide about one right.

    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises NotDecided: with the reason.
    """
    step_up.require(by, at=at)
    _insist_sound(answer, at)
    with transaction.atomic():
        (found,) = _mine([item], by, at)
        _carry_out(found, answer, by, at)
        _write(found, answer, by, at)


def keep_together(items: Collection[int], *, by: Actor, at: datetime) -> int:
    """Keep several rights that are unchanged and lately used; one event each. Return how many.

    :raises staff.step_up.StepUpNeeded: the second factor is not fresh.
    :raises NotDecided: with the reason, and then none is kept.
    """
    step_up.require(by, at=at)
    with transaction.atomic():
        found = _mine(items, by, at)
        if not all(is_easy(item) for item in found):
            raise NotDecided("look_at_each")
        by_kind: dict[str, list[str]] = defaultdict(list)
        for item in found:
            by_kind[item.kind].append(item.key)
        for code, keys in by_kind.items():
            if KINDS[code].confirm(keys, by=by, at=at) != len(keys):
                raise NotDecided("gone")
        for item in found:
            _write(item, Answer(decision=KEEP), by, at)
    return len(found)


def close_ended(person: UUID, *, by: Actor, at: datetime) -> int:
    """Take the rights of a person that ended otherwise out of the running review; return how many."""
    with transaction.atomic():
        waiting = ReviewItem.objects.undecided().filter(person_id=person, review__deadline__gt=at)
        rows = list(waiting.select_for_update(of=("self",)).select_related("review"))
        live = {kind: KINDS[kind].live_keys(_keys(rows, kind), at) for kind in {item.kind for item in rows}}
        ended = [item for item in rows if item.key not in live[item.kind]]
        if not ended:
            return 0
        facts = {"review": str(ended[0].review_id), "person": str(person), "items": len(ended)}
        receipt = trail.record(events.RIGHTS_CLOSED, by=by, at=at, facts=facts)
        for item in ended:
            _sign(item, Answer(decision=CLOSED), receipt.event, by, at)
    return len(ended)


def _keys(rows: Collection[ReviewItem], kind: str) -> list[str]:
    return [item.key for item in rows if item.kind == kind]


def _insist_sound(answer: Answer, at: datetime) -> None:
    if answer.decision not in (KEEP, NARROW, REVOKE):
        raise NotDecided("not_yours")
    if answer.decision != NARROW:
        return
    if answer.until is None or answer.until <= at:
        raise NotDecided("no_end")
    if answer.until > at + LONGEST:
        raise NotDecided("end_too_far")


def _mine(items: Collection[int], by: Actor, at: datetime) -> list[ReviewItem]:
    """Return these items, locked; each one's person is signed for by this head and is not they themselves."""
    found = ReviewItem.objects.select_for_update(of=("self",)).select_related("review", "person")
    rows = list(found.filter(pk__in=items).order_by("pk"))
    if not rows or len(rows) != len(set(items)):
        raise NotDecided("not_yours")
    who = signers(at)
    for item in rows:
        _insist_open(item, who, by, at)
    return rows


def _insist_open(item: ReviewItem, who: Signers, by: Actor, at: datetime) -> None:
    # SECURITY: nobody decides about an own right, and a head about their own people only.
    if by.id is None or by.id == item.person_id:
        raise NotDecided("not_yours")
    if by.id not in who.reviewing(item.person_id, item.person.department_id):
        raise NotDecided("not_yours")
    if item.decision:
        raise NotDecided("decided")
    if item.review.deadline <= at:
        raise NotDecided("over")


def _carry_out(item: ReviewItem, answer: Answer, by: Actor, at: datetime) -> None:
    kind = kind_of(item.kind)
    if answer.decision == REVOKE:
        done = bool(kind.live_keys([item.key], at)) and kind.take(item, by=by, at=at)
    elif answer.decision == NARROW:
        assert answer.until is not None
        done = bool(kind.narrow(item.key, until=answer.until, by=by, at=at))
    else:
        done = bool(kind.confirm([item.key], by=by, at=at))
    if not done:
        raise NotDecided("gone")


def _write(item: ReviewItem, answer: Answer, by: Actor, at: datetime) -> None:
    facts = {
        "review": str(item.review_id),
        "item": item.pk,
        "person": str(item.person_id),
        "right_kind": item.kind,
        "which": item.which,
        "decision": answer.decision,
        "until": answer.until.isoformat() if answer.until else "",
    }
    receipt = trail.record(events.RIGHT_REVIEWED, by=by, at=at, facts=facts)
    _sign(item, answer, receipt.event, by, at)


def _sign(item: ReviewItem, answer: Answer, event: int, by: Actor, at: datetime) -> None:
    item.decision, item.until, item.decided_at, item.event = answer.decision, answer.until, at, event
    item.decided_by_id, item.decided_by_number, item.decided_by_name = by.id, by.number, by.name
    changed = ["decision", "until", "decided_at", "event"]
    changed += ["decided_by_id", "decided_by_number", "decided_by_name"]
    if answer.decision in (REVOKE, CLOSED):
        item.ended_at = at
        changed.append("ended_at")
    item.save(update_fields=changed)
