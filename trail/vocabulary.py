"""The declared vocabulary of the trail: every kind of event, with the exact facts it carries.

An app declares its kinds in its `events.py`, one line each; `apps.py` imports those modules at start, so
every process knows every kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_FACT = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class EventKind:
    """One kind of event: its code for ever, its translated name, its facts, and whether it alarms."""

    code: str
    name: StrOrPromise = field(compare=False)
    facts: frozenset[str] = frozenset()
    alarm: bool = False


class UnknownKind(LookupError):
    """No app has declared this kind of event."""


_kinds: dict[str, EventKind] = {}


def declare(code: str, *, name: StrOrPromise, facts: Iterable[str] = (), alarm: bool = False) -> EventKind:
    """Add a kind to the vocabulary and return it.

    :raises ValueError: the code is taken or malformed (`app.what_happened`), or a fact's name is.
    """
    if isinstance(facts, str):
        raise ValueError(f"the facts of {code!r} are a collection of names, not one text")
    kind = EventKind(code=code, name=name, facts=frozenset(facts), alarm=alarm)
    if not _CODE.fullmatch(code) or not all(_FACT.fullmatch(fact) for fact in kind.facts):
        raise ValueError(f"{code!r}: codes read app.what_happened, facts are snake_case")
    if code in _kinds:
        raise ValueError(f"{code!r} is declared twice")
    _kinds[code] = kind
    return kind


def get(code: str) -> EventKind:
    """Return the kind of this code.

    :raises UnknownKind: nobody declared it.
    """
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(code) from None


def every_kind() -> tuple[EventKind, ...]:
    """Return all declared kinds, ordered by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))


def alarms() -> tuple[str, ...]:
    """Return the codes of the kinds that raise an alarm."""
    return tuple(kind.code for kind in every_kind() if kind.alarm)
