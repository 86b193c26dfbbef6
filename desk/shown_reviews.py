"""What the pages of permission reviews receive: frozen, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from access.models import PermissionReview, ReviewItem
from access.models.reviews import LAPSED, OPEN, REVOKE
from access.queries.reviews import Progress
from access.review_words import MARKS, STATES, kind_words
from access.services.review_decisions import is_easy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """One review in the list and at the head of its page."""

    id: UUID
    started_at: datetime
    deadline: datetime
    started_by: str
    closed_at: datetime | None
    running: bool
    items: int
    decided: int

    @property
    def percent(self) -> int:
        """The share that is decided, rounded down."""
        return 100 * self.decided // self.items if self.items else 100

    @classmethod
    def of(cls, review: PermissionReview, places: Iterable[Progress], at: datetime) -> ReviewLine:
        """Return a review with the sum of its departments."""
        places = list(places)
        return cls(
            id=review.pk,
            started_at=review.started_at,
            deadline=review.deadline,
            started_by=review.started_by_number,
            closed_at=review.closed_at,
            running=review.deadline > at,
            items=sum(one.items for one in places),
            decided=sum(one.decided for one in places),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One right under review."""

    id: int
    number: str
    name: str
    department: str
    kind: str
    what: str
    since: datetime | None
    last_used_at: datetime | None
    uses: int
    usual: int | None
    marks: tuple[str, ...]
    state: str
    state_words: str
    until: datetime | None
    decided_by: str
    decided_at: datetime | None
    ended_at: datetime | None
    verified_at: datetime | None
    waits_for_removal: bool
    may_decide: bool
    easy: bool


def items_shown(
    items: Iterable[ReviewItem],
    words: Mapping[tuple[str, str], str],
    mine: Collection[UUID],
    at: datetime,
) -> list[ItemShown]:
    """Return the items of one page; `mine` are the people about whom the reader decides."""
    return [_shown(item, words, mine, at) for item in items]


def _shown(
    item: ReviewItem, words: Mapping[tuple[str, str], str], mine: Collection[UUID], at: datetime
) -> ItemShown:
    state = item.state(at)
    may_decide = state == OPEN and item.person_id in mine
    return ItemShown(
        id=item.pk,
        number=item.person.number,
        name=item.person.name,
        department=item.department.name,
        kind=kind_words(item.kind),
        what=words.get((item.kind, item.which), _("one customer")),
        since=item.since,
        last_used_at=item.last_used_at,
        uses=item.uses,
        usual=None if item.peer_uses is None else round(item.peer_uses),
        marks=tuple(str(MARKS[mark]) for mark in item.marks),
        state=state,
        state_words=str(STATES[state]),
        until=item.until,
        decided_by=item.decided_by_name,
        decided_at=item.decided_at,
        ended_at=item.ended_at,
        verified_at=item.verified_at,
        waits_for_removal=state in (LAPSED, REVOKE) and item.verified_at is None,
        may_decide=may_decide,
        easy=may_decide and is_easy(item),
    )
