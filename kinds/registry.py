"""The kinds there are, and what they tell of values whose kind is not known: a column, a free text."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from kinds.base import Invalid, Kind
from kinds.contact import Address, Email, Landline, Mobile
from kinds.dates import Date
from kinds.finance import Amount, BankCard, Uscc
from kinds.folding import looks_rounded
from kinds.identity import Passport, Permit, Plate, ResidentId
from kinds.inside import scan as scan
from kinds.names import FullName
from kinds.plain import Choice, MemberLevel, Note, Secret, Tags, Text

_KINDS: dict[str, Kind] = {
    kind.code: kind()
    for kind in (
        Text, FullName, Mobile, Landline, Email, Address, ResidentId, Passport, Permit, BankCard, Uscc, Plate,
        Date, Amount, Choice, Tags, MemberLevel, Note, Secret,
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
