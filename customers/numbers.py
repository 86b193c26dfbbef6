"""Customer numbers: one canonical form, and the folded form by which they are found."""

from __future__ import annotations

from customers.models import NUMBER_LIMIT
from kinds import registry
from kinds.folding import fold, looks_rounded, readable

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
_PERSONAL = ("resident_id", "mobile", "email")
"""Kinds that must not serve as a customer number: it is open, and identifies a person in the world."""
_SHORTEST_PERSONAL = 11
"""Characters of a mobile number; an e-mail address has its sign."""


class BadNumber(ValueError):
    """This cannot be a customer number. Carries a code of `customers.words`, never the number."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def clean_number(text: str) -> str:
    """Return the number as it is stored: half-width, without spaces.

    :raises BadNumber: empty, too long, rounded by a spreadsheet, or a personal number of some kind.
    """
    number = "".join(readable(text).translate(_DASHES).split()).lstrip("'")
    if not number:
        raise BadNumber("number_empty")
    if len(number) > NUMBER_LIMIT:
        raise BadNumber("number_too_long", limit=NUMBER_LIMIT)
    if looks_rounded(number):
        raise BadNumber("rounded_by_excel")
    if len(number) < _SHORTEST_PERSONAL and number.isascii() and "@" not in number:
        return number
    for code in _PERSONAL:
        if registry.get(code).detect(number):
            raise BadNumber("number_is_personal", kind=code)
    return number


def folded_number(text: str) -> str:
    """Return the number as it is searched: upper case, without spaces and hyphens."""
    return "".join(fold(text).translate(_DASHES).replace("-", "").split()).upper()
