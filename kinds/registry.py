"""The kinds there are, and what they tell of values whose kind is not known: a column, a free text."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from kinds.base import Invalid, Kind
from kinds.contact import Address, Email, Landline, Mobile
from kinds.dates import Date
from kinds.finance import Amount, BankCard, Uscc
from kinds.folding import fold, looks_rounded
from kinds.identity import Passport, Permit, Plate, ResidentId
from kinds.names import FullName
from kinds.plain import Choice, MemberLevel, Note, Tags, Text

_KINDS: dict[str, Kind] = {
    kind.code: kind()
    for kind in (
        Text, FullName, Mobile, Landline, Email, Address, ResidentId, Passport, Permit, BankCard, Uscc, Plate,
        Date, Amount, Choice, Tags, MemberLevel, Note,
    )
}  # fmt: skip
_DETECTED = sorted((kind for kind in _KINDS.values() if kind.detected), key=lambda kind: -kind.weight)
ENOUGH = 0.8  # share of the values that must fit, so that a few defects do not hide a column's kind
_FEW_VALUES = 10
_DISTINCT_NAMES = 0.2  # names differ; a column of few words that begin with a surname is a list of choices


def get(code: str) -> Kind:
    """Return the kind with this code.

    :raises KeyError: there is none.
    """
    return _KINDS[code]


def every_kind() -> tuple[Kind, ...]:
    """Return all kinds, in the order in which they are offered."""
    return tuple(_KINDS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What a column looks like. `kind` is a code, "text" when nothing fits, "" when there are no values."""

    kind: str
    share: float  # of the values that are not empty, how many fit the kind
    counts: Mapping[str, int]  # kind code -> values that fit; one value may fit several kinds
    values: int  # not empty
    rounded: int  # values that a spreadsheet has rounded
    inside: Mapping[str, int]  # kind code -> values that have such a value somewhere inside (as `scan`)

    @property
    def level(self) -> int:
        """The level that such values usually have."""
        return _KINDS[self.kind].typical_level if self.kind else 1

    @property
    def highest_level(self) -> int:
        """The highest level of any kind that even one value fits or contains."""
        return max([self.level, *(_KINDS[code].typical_level for code in (*self.counts, *self.inside))])


def _keeps(value: str, code: str) -> bool:
    try:
        _KINDS[code].clean(value)
    except Invalid:
        return False
    return True


def detect_column(values: Iterable[str]) -> Detected:
    """Tell the kind of a column from its values; a few defects do not matter, the most specific kind wins.

    Looks at every value that it is given: pass a sample of a long column.
    """
    counts: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    total = rounded = 0
    names: set[str] = set()
    for value in values:
        if not value or value.isspace():
            continue
        total += 1
        fitting = [kind.code for kind in _DETECTED if kind.detect(value)] if len(value) <= 300 else []
        counts.update(fitting)
        if FullName.code in fitting:
            names.add(value)
        if not fitting:
            inside.update(scan(value))
        rounded += len(value) <= 40 and looks_rounded(value) and not any(map(partial(_keeps, value), fitting))
    for kind in _DETECTED:
        fits = counts[kind.code]
        if not total or fits < total * ENOUGH:
            continue
        if kind.code == FullName.code and fits > _FEW_VALUES and len(names) < fits * _DISTINCT_NAMES:
            continue
        return Detected(
            kind=kind.code,
            share=fits / total,
            counts=dict(counts),
            values=total,
            rounded=rounded,
            inside=dict(inside),
        )
    return Detected(
        kind=Text.code if total else "",
        share=1.0 if total else 0.0,
        counts=dict(counts),
        values=total,
        rounded=rounded,
        inside=dict(inside),
    )


# No \b: Chinese characters are word characters, so "手机138…" has no boundary there. Digits bound digits; a
# decimal point in front makes them a fraction.
_RUN = re.compile(r"(?<![0-9])(?<![0-9]\.)\+?[0-9]{2,}(?:[ -]{1,2}[0-9]{2,}){0,24}[Xx]?(?![0-9])")
_AREA_IN_BRACKETS = re.compile(r"\((0[0-9]{2,3})\) ?(?=[0-9])")
_MOST_GROUPS = 6
_GROUPS = re.compile(r"\+?[0-9]+[Xx]?")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LETTERED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[0-9]{7,10}(?![A-Za-z0-9])")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Za-z][ ·•]?[A-Za-z0-9]{4,6}[警学挂港澳领试超]?(?![A-Za-z0-9])")
_NUMBERS = ("resident_id", "mobile", "bank_card", "landline")


def _in_digits(text: str, missing: set[str]) -> set[str]:
    found: set[str] = set()
    for run in _RUN.finditer(text):
        groups = _GROUPS.findall(run[0])
        for first in range(len(groups)):
            for last in range(first + 1, min(first + _MOST_GROUPS, len(groups)) + 1):
                number = "-".join(groups[first:last])
                found.update(code for code in missing - found if _KINDS[code].detect(number))
    return found


def scan(text: str) -> list[str]:
    """Return the codes of the kinds of L3 and above that occur inside a free text, most specific first.

    Finds ID numbers, mobile, landline and card numbers (with spaces and hyphens too), e-mail addresses,
    passports, permits, plates and postal addresses. Names and short or unformatted numbers go unnoticed.
    """
    folded = fold(text)
    found = _in_digits(_AREA_IN_BRACKETS.sub(r"\1-", folded), set(_NUMBERS))
    candidates = {
        Email.code: _MAIL.findall(folded) if "@" in folded else [],
        Passport.code: _LETTERED.findall(folded),
        Permit.code: _LETTERED.findall(folded),
        Plate.code: _PLATE.findall(folded),
    }
    found |= {code for code, texts in candidates.items() if any(map(_KINDS[code].detect, texts))}
    if Address.pattern.search(folded):
        found.add(Address.code)
    return [kind.code for kind in _DETECTED if kind.code in found and kind.typical_level >= 3]
