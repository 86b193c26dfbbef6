"""Tell people something. Words are made when shown (`staff.words.notification_words`)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from staff.models import Notification


def notify(
    people: Iterable[UUID],
    code: str,
    *,
    params: Mapping[str, object] | None = None,
    link: str = "",
    at: datetime,
) -> None:
    """Leave a message for each of `people`, as part of an act; no event of its own."""
    Notification.objects.bulk_create(
        Notification(person_id=one, code=code, params=dict(params or {}), link=link, created_at=at)
        for one in sorted(set(people))
    )


def mark_read(person: UUID, *, at: datetime) -> int:
    """Mark every message of a person as read; return how many were new."""
    return Notification.objects.filter(person_id=person, read_at__isnull=True).update(read_at=at)
