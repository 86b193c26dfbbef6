"""Searches kept in the session, so that their results can be reloaded and paged without anything in the address.

The session's payload is sealed (`staff.sessions`): what was typed lies nowhere else.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.services.export import MOST_ROWS
from classification.queries import Catalogue
from customers import lists, search
from customers.lists import Page
from trail.actor import Actor

PLACE = "searches"
KEPT = 10
"""Older searches of a session are forgotten."""
WAYS = {
    search.ANY: gettext_lazy("number, name or identifier"),
    search.NUMBER: gettext_lazy("customer number"),
    search.NAME: gettext_lazy("beginning of the name"),
    search.WHOLE: gettext_lazy("whole identifier"),
    search.FOUR: gettext_lazy("last four characters"),
}
SHORT = 9
"""Identifiers of people are at least as long as this."""
_LONG_NUMBER = re.compile(r"(?<=\w{3})[\w\s-]+(?=\w{4})")


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked and how."""

    how: str
    typed: str

    @property
    def code(self) -> str:
        """The way of searching, for the trail: never what was typed."""
        return f"search.{self.how}"


def keep(session: SessionBase, how: str, typed: str) -> str:
    """Keep a search and return its token."""
    token = secrets.token_urlsafe(9)
    kept = dict(list(session.get(PLACE, {}).items())[1 - KEPT :])
    kept[token] = {"how": how, "typed": typed[: search.TYPED_LIMIT]}
    session[PLACE] = kept
    return token


def kept(session: SessionBase, token: str) -> Search | None:
    """Return a kept search, or None when this session has forgotten it."""
    found = session.get(PLACE, {}).get(token)
    return Search(found["how"], found["typed"]) if found else None


def ways(known: Catalogue) -> list[tuple[str, str]]:
    """Return the ways to search: the general ones, then each field that the index knows."""
    general = [(code, str(words)) for code, words in WAYS.items()]
    return [*general, *((spec.code, spec.label) for spec in known.searchable)]


def not_searchable(known: Catalogue) -> list[str]:
    """Return the labels of the sealed fields that nothing indexes."""
    return [spec.label for spec in known.by_level(3) if not spec.searchable]


def said(asked: Search, known: Catalogue) -> str:
    """Say in words what was searched. A long identifier is shown covered: the screen may be seen by others."""
    way = dict(ways(known)).get(asked.how, asked.how)
    typed = asked.typed if asked.how in (search.NAME, search.NUMBER) else cover(asked.typed)
    return _("Searched by %(way)s: “%(typed)s”") % {"way": way, "typed": typed}


def cover(typed: str) -> str:
    """Cover the middle of a long identifier and the name of a mail address."""
    head, at, domain = typed.partition("@")
    if at:
        return f"{head[:1]}***@{domain}"
    long = len(typed) >= SHORT and any(sign.isdigit() for sign in typed)
    return _LONG_NUMBER.sub("****", typed, count=1) if long else typed


def refs_found(asked: Search, by: Actor, at: datetime) -> list[UUID]:
    """Return the customers of a search, one more than an export may hold at most."""
    return _refs(lambda number: search.search(by, asked.how, asked.typed, at, number=number))


def refs_listed(by: Actor, at: datetime, *, portfolio: str, tier: str) -> list[UUID]:
    """Return the customers of a list, one more than an export may hold at most."""
    return _refs(lambda number: lists.page(by, at, number=number, portfolio=portfolio, tier=tier))


def _refs(page_of: Callable[[int], Page]) -> list[UUID]:
    refs: list[UUID] = []
    for number in range(1, MOST_ROWS // lists.PAGE_ROWS + 2):
        page = page_of(number)
        refs += [customer.ref for customer in page.rows]
        if not page.has_next:
            break
    return refs
