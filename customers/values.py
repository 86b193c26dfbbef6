"""From typed texts to what a record holds: cleaned, derived, sealed, indexed. Forms and imports share it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from classification.queries import Catalogue, FieldSpec
from customers.problems import Problem
from kinds import registry
from kinds.base import HIDDEN, Invalid, Kind
from vault.blind_index import Live, live, value_digests
from vault.keyring import Keys
from vault.place import Place
from vault.sealing import seal_values

DOMAIN, LEVEL = "L3", 3
RELATIONSHIP = ("relationship_since", "relationship_until")
"""Dates of the record itself; forms and imports carry them beside the fields of the catalogue."""
FREE = frozenset({"text", "note", "tags"})
"""Kinds that may hold anything, so that their texts are looked through for values of a higher level."""

Open = str | list[str]
IndexRow = tuple[str, int, bytes]
"""Field, epoch, digest."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What may be written, and what may not."""

    open: dict[str, Open] = field(default_factory=dict)
    to_seal: dict[str, str] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        """The fields that get a value."""
        return {*self.open, *self.to_seal}


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is asked of a field for each of its values, settled once."""

    spec: FieldSpec
    kind: Kind
    params: Mapping[str, object]
    derives: bool


class Cleaner:
    """Checks and canonicalises typed texts. Settled once for a form, or for a million rows."""

    def __init__(self, known: Catalogue, *, today: date, asked: Collection[str] | None = None) -> None:
        """
        :param asked: the fields that the collection scenario may ask for; None asks for all.
        """
        self._known = known
        self._asked = asked
        self._today = today
        self._fields: dict[str, _Ready | Problem] = {}

    def clean(self, typed: Mapping[str, str]) -> Cleaned:
        """Return what may be written; empty texts are left out, derived values come with their base."""
        cleaned = Cleaned()
        for code, text in typed.items():
            if text and not text.isspace():
                field = self._fields.get(code) or self._settle(code)
                problem = field if isinstance(field, Problem) else self._take(field, text, cleaned)
                if problem:
                    cleaned.problems.append(problem)
        return cleaned

    def _settle(self, code: str) -> _Ready | Problem:
        refused = self._may_hold(code)
        if refused is None:
            spec = self._known.get(code)
            ready = _Ready(
                spec,
                registry.get(spec.kind),
                {**spec.params, "today": self._today},
                bool(self._known.derived_from(code)),
            )
        field = self._fields[code] = refused or ready
        return field

    def _may_hold(self, code: str) -> Problem | None:
        if code not in self._known:
            return Problem(code, "unknown_field")
        spec = self._known.get(code)
        if spec.level > 3:
            return Problem(code, "level_four")
        if spec.derived_from:
            return Problem(code, "derived")
        if not spec.kept:
            return Problem(code, "no_schedule", {"field": spec.name})
        if self._asked is not None and code not in self._asked:
            return Problem(code, "not_asked")
        return None

    def _take(self, field: _Ready, text: str, cleaned: Cleaned) -> Problem | None:
        spec = field.spec
        try:
            value = field.kind.clean(text, field.params)
        except Invalid as refused:
            return Problem(spec.code, refused.code, refused.params)
        if higher := higher_inside(spec, value):
            return Problem(spec.code, "holds_higher", {"kinds": higher, "level": spec.level})
        if spec.sealed:
            cleaned.to_seal[spec.code] = value
        else:
            cleaned.open[spec.code] = as_stored(spec.kind, value)
        if field.derives:
            cleaned.open.update(derived_of(self._known, spec, field.kind, value))
        return None


def clean(
    known: Catalogue, typed: Mapping[str, str], *, today: date, asked: Collection[str] | None = None
) -> Cleaned:
    """Check one set of typed texts; see `Cleaner`."""
    return Cleaner(known, today=today, asked=asked).clean(typed)


def derived_of(known: Catalogue, spec: FieldSpec, kind: Kind, value: str) -> dict[str, str]:
    """Return the open values that are computed from a value, by field code; what it does not tell is left out."""
    derived = known.derived_from(spec.code)
    if not derived:
        return {}
    parts = kind.derive(value)
    found = {one.code: parts.get(one.base[1]) or _view(kind, one.base[1], value) for one in derived}
    return {code: text for code, text in found.items() if text}


def higher_inside(spec: FieldSpec, value: str) -> list[str]:
    """Return the kinds of a higher level that an open free text seems to hold (S2-8)."""
    if spec.level >= 3 or spec.kind not in FREE:
        return []
    allowed = spec.params.get("may_hold", ())
    return [code for code in registry.scan(value) if code not in allowed]


def _view(kind: Kind, name: str, value: str) -> str:
    shown = kind.view(value, name) if name in kind.views else ""
    return "" if HIDDEN in shown else shown


def relationship_dates(values: Mapping[str, str]) -> tuple[dict[str, date], list[Problem]]:
    """Return the dates of the relationship that were typed, and why others were refused."""
    dates: dict[str, date] = {}
    problems = []
    for code in RELATIONSHIP:
        if text := values.get(code, "").strip():
            try:
                dates[code] = date.fromisoformat(registry.get("date").clean(text))
            except Invalid as bad:
                problems.append(Problem(code, bad.code, bad.params))
    return dates, problems


def as_text(value: Open) -> str:
    """Return an open value as the one text that its kind reads and a sealed value holds."""
    return ",".join(value) if isinstance(value, list) else value


def as_stored(kind: str, text: str) -> Open:
    """Return a text as the open document holds values of this kind: tags one by one."""
    return text.split(",") if kind == "tags" else text


def place(ref: UUID, code: str) -> Place:
    """Return where the sealed value of a field belongs."""
    return Place(ref, DOMAIN, code, LEVEL)


def seal_all(ref: UUID, to_seal: Mapping[str, str], keys: Keys) -> dict[str, str]:
    """Return the sealed values by field code."""
    return seal_values(to_seal, place(ref, ""), keys) if to_seal else {}


def index_rows(known: Catalogue, to_seal: Mapping[str, str], now: Live | None = None) -> list[IndexRow]:
    """Return (field, epoch, digest) for every indexed value.

    :param now: what is written now, where the caller has settled it for many records.
    """
    now = now or live()
    return [row for code, value in to_seal.items() for row in index_rows_of(known.get(code), value, now)]


def index_rows_of(spec: FieldSpec, value: str, now: Live | None = None) -> list[IndexRow]:
    """Return (field, epoch, digest) for one value in every index of its field.

    :param now: what is written now, where the caller has settled it for many values.
    """
    if not spec.searchable:
        return []
    found = value_digests(spec.code, spec.index_kinds, spec.kind, value, now)
    return [(spec.code, epoch, digest) for epoch, digest in found]


def missing(known: Catalogue, asked: Iterable[FieldSpec], held: Collection[str]) -> list[Problem]:
    """Return a problem for each required field that is neither given nor held."""
    return [Problem(spec.code, "required") for spec in asked if spec.required and spec.code not in held]
