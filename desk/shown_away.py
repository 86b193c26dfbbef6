"""What everybody behind the login is told while no value opens: why, what waits, and who does what about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.views.errors import words_of
from staff.permissions import may
from trail.actor import Actor
from vault.holding.condition import away_here

STEPS: tuple[tuple[str, str, Promise], ...] = (
    ("keys.act", "desk:keys", _("Bring your share")),
    ("keys.seal", "desk:seal_site", _("What is missing")),
)
"""Permission, page and the words of its button: the first that a person has is their next step."""
PLACE = "standing"
"""Where on those pages it is said how the site is opened again."""


@dataclass(frozen=True, slots=True)
class AwayShown:
    """Why no value opens now; `url` is empty for whoever can do nothing about it, and on the page itself."""

    title: str
    words: str
    step: Promise | str = ""
    url: str = ""


def shown(actor: Actor, path: str) -> AwayShown | None:
    """Return what to say over the page at `path`, or nothing while the site is open."""
    away = away_here()
    if away is None:
        return None
    title, words = words_of(away)
    for permission, page, step in STEPS:
        if may(actor, permission):
            return AwayShown(title, words, step, address(page, path))
    return AwayShown(title, words)


def address(page: str, here: str) -> str:
    """Return where a page tells it, empty where one is there already."""
    try:
        url = reverse(page)
    except NoReverseMatch:
        return ""
    return "" if url == here else f"{url}#{PLACE}"
