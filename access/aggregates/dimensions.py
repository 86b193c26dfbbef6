"""By what customers may be counted: derived open fields, tier, and how they answered to each purpose.

A derived field is a dimension only while a purpose in force that analysts may pick needs it (S0-7), and only while it
is open: aggregates never open a sealed value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classification.purposes import purposes, purposes_for
from classification.queries import catalogue
from consent.models import GIVEN, REFUSED, WITHDRAWN
from customers.models import TIERS
from kinds.regions import PROVINCES
from staff.roles import ANALYST

PORTFOLIO, TIER, REGION, BIRTH, GENDER = "portfolio", "tier", "region", "birth", "gender"
CONSENT = "consent-"
"""Before the code of a purpose."""
UNKNOWN = ""
AGREED, DECLINED, LAPSED, UNASKED = "agreed", "declined", "lapsed", "unasked"
ANSWERS: Mapping[str, str | Promise] = {
    AGREED: _("agreed"),
    DECLINED: _("refused or withdrawn"),
    LAPSED: _("to be asked anew"),
    UNASKED: _("not asked"),
}
FIRST_DECADE, LAST_DECADE = 1930, 2010
DECADES = tuple(str(year) for year in range(FIRST_DECADE, LAST_DECADE + 1, 10))
DERIVED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    REGION: ("id_region", (*dict.fromkeys(PROVINCES.values()), UNKNOWN)),
    BIRTH: ("birth_year", (*DECADES, UNKNOWN)),
    GENDER: ("gender", ("male", "female", UNKNOWN)),
}
"""Dimension → its field and all of its values."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What customers are counted by at one time. `axes`: dimension → all of its values."""

    fields: Mapping[str, str]
    consents: tuple[str, ...]

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The dimensions of a release in their order, each with all of its values."""
        derived = {name: values for name, (_field, values) in DERIVED.items() if name in self.fields}
        return derived | {TIER: tuple(TIERS)} | {f"{CONSENT}{code}": tuple(ANSWERS) for code in self.consents}


def dimensions(at: datetime) -> Dimensions:
    """Return what may be counted at a time."""
    known = catalogue(at)
    served = {code for purpose in purposes_for({ANALYST}, at) for code in purpose.fields}
    fields = {
        name: code
        for name, (code, _values) in DERIVED.items()
        if code in served and code in known and known.get(code).level < 3
    }
    return Dimensions(fields, tuple(code for code, one in purposes(at).items() if one.asks_consent))


def trait(dimension: str, value: str) -> str:
    """Return what counts of a derived value: itself, the decade of a year, or that it is not known."""
    if dimension == BIRTH:
        if not (value.isascii() and value.isdecimal()):
            return UNKNOWN
        return str(min(max(int(value) // 10 * 10, FIRST_DECADE), LAST_DECADE))
    return value if value in DERIVED[dimension][1] else UNKNOWN


def answer(state: str) -> str:
    """Return what counts of the state of a consent."""
    if state == GIVEN:
        return AGREED
    return DECLINED if state in (REFUSED, WITHDRAWN) else LAPSED
