"""What every template of the workbench receives: person, navigation, languages, the lock's facts."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from desk import shown_away
from desk.navigation import side_for
from staff.acting import Facts
from staff.permissions import may
from trail.actor import Actor
from trail.questions import Question, ask

LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
"""Each language in its own words, so that whoever is lost finds the way back."""


def workbench(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's facts; what costs a query is worked out only when asked for."""
    actor: Actor | None = getattr(request, "actor", None)
    frame: dict[str, Any] = {"actor": actor, "languages": LANGUAGES, "demo": settings.DEMO}
    at: datetime | None = getattr(request, "at", None)
    if actor is None or at is None:
        return frame
    return frame | {
        "side": SimpleLazyObject(lambda: side_for(actor, request.path)),
        "away": SimpleLazyObject(lambda: shown_away.shown(actor, request.path)),
        "unread": SimpleLazyObject(lambda: unread(actor)),
        "may": Permissions(actor),
        "idle_seconds": settings.IDLE_LOCK_SECONDS,
        "ends_in": ends_in(request),
    }


class Permissions:
    """Let a template ask `{% if may.customer_find %}`: its first dot is written as an underscore."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def __getitem__(self, name: str) -> bool:
        return may(self._actor, name.replace("_", ".", 1))


def unread(actor: Actor) -> int:
    """Return how many notifications this person has not read."""
    return ask(Question(_UNREAD, [actor.id], lambda rows: int(rows[0][0]))) if actor.id else 0


# Every page asks this, so it is written out.
_UNREAD = "select count(*) from staff_notification where person_id = %s and read_at is null"


def ends_in(request: HttpRequest) -> int:
    """Return the seconds until the session reaches its absolute limit, as the server counts."""
    facts: Facts | None = getattr(request, "facts", None)
    at: datetime | None = getattr(request, "at", None)
    if facts is None or at is None:
        return settings.SESSION_ABSOLUTE_SECONDS
    left = facts.login_at + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS) - at
    return max(0, int(left.total_seconds()))
