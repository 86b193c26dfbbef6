"""L4 values as the main site knows them: that they exist, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from access.proposals import apart as proposals
from classification.queries import UnknownField, catalogue
from customers.words import problem_words
from files.apart import Held, held


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShown:
    """One value that was handed over. `address` leads to it on the restricted site, where there is one to go to;
    `decision` to the proposal to destroy it, while that waits; `destroys` where the reader may propose it."""

    id: UUID
    label: str
    created_at: datetime
    by_number: str
    state: str
    address: str
    destroyed_at: datetime | None
    decision: UUID | None
    destroys: bool


def held_shown(ref: UUID, at: datetime, *, site: str, destroys: bool) -> list[HeldShown]:
    """Return what was handed over of a customer, newest first."""
    known, waiting = catalogue(at), proposals.waiting(ref, at)

    def label(code: str) -> str:
        try:
            return known.get(code).label
        except UnknownField:
            return code

    return [
        HeldShown(
            id=one.id,
            label=label(one.field),
            created_at=one.created_at,
            by_number=one.by_number,
            state=_state(one),
            address=f"{site}/values/{one.id}/" if site and _is_there(one) else "",
            destroyed_at=one.destroyed_at,
            decision=waiting.get(one.id),
            destroys=destroys and not one.refused and not one.ordered and one.id not in waiting,
        )
        for one in held(ref)
    ]


def deposit_words(code: str) -> str:
    """Say why a value was not handed over."""
    words = {
        "no_host": _("There is no restricted host here, so nothing can be handed over."),
        "empty": _("The file is empty."),
        "only_stored": _("What is held of this customer is only stored; nothing is added to it (PIPL 47)."),
        "size": _("The file is too large: 50 MB at most."),
    }
    return words.get(code) or problem_words(code, {})


def _is_there(one: Held) -> bool:
    return one.taken_at is not None and not one.refused and not one.ordered


def _state(one: Held) -> str:
    if one.destroyed_at is not None:
        return _("destroyed")
    if one.refused:
        return _("not taken in: damaged on its way")
    if one.ordered:
        return _("destruction ordered")
    return _("held apart") if one.taken_at is not None else _("on its way")
