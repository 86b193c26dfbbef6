"""Somebody who was erased and is brought back: refused, until they have consented anew.

Their values are gone, so they are known only by the tombstones of the keyring's journal. An import always refuses
them; the form of a new customer takes them with a line that says what new consent they gave, sealed with the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from classification.queries import Catalogue
from customers.numbers import folded_number
from customers.problems import Problem
from files.services import put_text
from trail.actor import Actor
from vault.journal import NUMBER, Said, met

IDENTITY = "resident_id"
NEW_CONSENT = "new_consent"
"""The field of the form, and the fact of the event: the id of the sealed line."""
SAID = "customer.new_consent"
LONGEST_LINE = 200
Newcomer = tuple[str, Mapping[str, str]]
"""A number, and the values to be sealed by field code."""


def erased_before(newcomers: Sequence[Newcomer], known: Catalogue) -> dict[str, tuple[str, datetime]]:
    """Return, by number, which of these were erased: by which field they are known, and when that was.

    Two queries, however many there are.
    """
    if not newcomers:
        return {}
    found = met(mark for newcomer in newcomers for mark in _said(*newcomer, known))
    return {
        number: (mark.index, found[mark])
        for number, values in (newcomers if found else ())
        for mark in _said(number, values, known)
        if mark in found
    }


def came_back(index: str, at: datetime) -> Problem:
    """Return why somebody who was erased is not taken."""
    return Problem(index, "erased_person", {"date": timezone.localtime(at).strftime("%Y-%m-%d")})


def unconsented(number: str, values: Mapping[str, str], known: Catalogue, consent: str) -> list[Problem]:
    """Return why a new customer may not be made: erased before, and no new consent is stated."""
    if len(consent) > LONGEST_LINE:
        return [Problem(NEW_CONSENT, "too_long", {"limit": LONGEST_LINE})]
    found = {} if consent.strip() else erased_before([(number, values)], known)
    return [came_back(*one) for one in found.values()]


def seal_consent(consent: str, *, customer: UUID, by: Actor, at: datetime) -> UUID | None:
    """Seal what new consent was given and return its id; part of the write."""
    if not consent.strip():
        return None
    return put_text(consent.strip(), about=SAID, subject=customer, by=by, at=at)


def _said(number: str, values: Mapping[str, str], known: Catalogue) -> list[Said]:
    marks = [Said(NUMBER, "", folded_number(number))]
    if values.get(IDENTITY) and IDENTITY in known:
        marks.append(Said(IDENTITY, known.get(IDENTITY).kind, values[IDENTITY]))
    return marks
