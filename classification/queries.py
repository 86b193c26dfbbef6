"""The catalogue at a time, as frozen values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from typing import Any

from classification.models import EXACT_LAST_FOUR, NO_INDEX, Scenario, in_active_language
from kinds import registry
from trail.questions import Question, ask


class UnknownField(LookupError):
    """The catalogue of that time has no such field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field as its version in force says."""

    code: str
    name_zh: str
    name_en: str
    category: str
    level: int
    kind: str
    params: Mapping[str, Any] = default(default_factory=dict)
    index: str = NO_INDEX
    required: bool = False
    sensitive: bool = False
    derived_from: str = ""
    purposes: tuple[str, ...] = ()
    form_order: int = 500
    version: int = 1
    confirmed: bool = False
    kept: bool = True
    """Whether a retention schedule says how long its values are kept; without one none may be collected (PIPL 19)."""

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)

    @property
    def label(self) -> str:
        """Level and name together, as shown wherever the field is shown (S0-19): “L3-证件号码”."""
        return f"L{self.level}-{self.name}"

    @property
    def sealed(self) -> bool:
        """Whether its values lie in the sealed document."""
        return self.level == 3

    @property
    def apart(self) -> bool:
        """Whether its values lie on the restricted host, and none here (S0-24)."""
        return self.level == 4

    @property
    def holdable(self) -> bool:
        """Whether somebody may type a value: L1–L3 and not derived."""
        return self.level <= 3 and not self.derived_from

    @property
    def searchable(self) -> bool:
        """Whether the blind index knows its values."""
        return self.index != NO_INDEX

    @property
    def index_kinds(self) -> tuple[str, ...]:
        """The blind indexes of its values: nothing, `exact`, or `exact` and `last_four`."""
        if not self.searchable:
            return ()
        return ("exact", "last_four") if self.index == EXACT_LAST_FOUR else ("exact",)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The options of a choice or of a kind with its own, each with its words in the active language."""
        options = self.params.get("options") or getattr(registry.get(self.kind), "named", None)
        if not isinstance(options, Mapping):
            return [(str(option), str(option)) for option in options or ()]
        return [(code, in_active_language(*words[:2])) for code, words in options.items()]

    def shown(self, value: str | list[str]) -> str:
        """Return an open value as people read it: words for the code of a choice, tags in a row."""
        if isinstance(value, list):
            return "、".join(value)
        return dict(self.options).get(value, value)

    @property
    def base(self) -> tuple[str, str]:
        """The field and the derived value of its kind that it comes from, both empty when typed."""
        code, _, part = self.derived_from.partition(":")
        return code, part


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every field in force, in form order."""

    fields: tuple[FieldSpec, ...]
    _by_code: Mapping[str, FieldSpec]
    _derived: Mapping[str, tuple[FieldSpec, ...]]

    @classmethod
    def of(cls, fields: Iterable[FieldSpec]) -> Catalogue:
        """Put fields in form order."""
        ordered = tuple(sorted(fields, key=lambda spec: (spec.form_order, spec.code)))
        derived: dict[str, tuple[FieldSpec, ...]] = {}
        for spec in ordered:
            if spec.derived_from:
                derived[spec.base[0]] = (*derived.get(spec.base[0], ()), spec)
        return cls(ordered, {spec.code: spec for spec in ordered}, derived)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> FieldSpec:
        """Return one field.

        :raises UnknownField: when the catalogue has none with that code.
        """
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownField(code) from None

    def by_level(self, level: int) -> tuple[FieldSpec, ...]:
        """Return the fields of one level."""
        return tuple(spec for spec in self.fields if spec.level == level)

    @property
    def searchable(self) -> tuple[FieldSpec, ...]:
        """The fields that the blind index knows."""
        return tuple(spec for spec in self.fields if spec.searchable)

    @property
    def holdable(self) -> tuple[FieldSpec, ...]:
        """The fields that somebody may fill: L1–L3, not derived."""
        return tuple(spec for spec in self.fields if spec.holdable)

    def derived_from(self, code: str) -> tuple[FieldSpec, ...]:
        """Return the fields computed from one field."""
        return self._derived.get(code, ())

    def asked_in(self, purposes: Collection[str]) -> tuple[FieldSpec, ...]:
        """Return the holdable fields that serve one of these purposes: what a scenario may ask (S0-7).

        A field that no schedule keeps may be asked nowhere (PIPL 19).
        """
        wanted = set(purposes)
        return tuple(spec for spec in self.holdable if spec.kept and wanted & set(spec.purposes))


def catalogue(at: datetime) -> Catalogue:
    """Return the catalogue of a time, in one query: fields with the purposes that need them."""
    return ask(catalogue_asked(at))


def catalogue_asked(at: datetime) -> Question[Catalogue]:
    """Ask for the catalogue of a time."""
    return Question(_FIELDS, {"at": at, "code": None}, lambda rows: Catalogue.of(map(_spec, rows)))


def field_at(code: str, at: datetime) -> FieldSpec:
    """Return one field as the catalogue of a time has it.

    :raises UnknownField: when it has none with that code.
    """
    for spec in ask(Question(_FIELDS, {"at": at, "code": code}, lambda rows: list(map(_spec, rows)))):
        return spec
    raise UnknownField(code)


# Purposes: those in force that need the field. `kept`: a schedule in force speaks of it, or of its category.
_FIELDS = """
select version.field_id, field.name_zh, field.name_en, version.category, version.level, version.kind,
  version.params::text, version.index, version.required, version.sensitive, version.derived_from, field.form_order,
  version.number, version.shipped,
  array(select purpose_id from classification_purposeversion serving
    where since <= %(at)s and (until is null or until > %(at)s) and serving.fields ? version.field_id
    order by purpose_id),
  exists (select from classification_schedule
    where since <= %(at)s and (until is null or until > %(at)s)
      and (scope = 'field' and subject = version.field_id or scope = 'category' and subject = version.category))
from classification_fieldversion version join classification_field field on field.code = version.field_id
where version.since <= %(at)s and (version.until is null or version.until > %(at)s)
  and (%(code)s::text is null or version.field_id = %(code)s)"""


def _spec(row: tuple[Any, ...]) -> FieldSpec:
    code, name_zh, name_en, *label, form_order, number, shipped, purposes, kept = row
    category, level, kind, params, index, required, sensitive, derived_from = label
    return FieldSpec(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        category=category,
        level=level,
        kind=kind,
        params=json.loads(params),
        index=index,
        required=required,
        sensitive=sensitive,
        derived_from=derived_from,
        purposes=tuple(purposes),
        form_order=form_order,
        version=number,
        confirmed=not shipped,
        kept=kept,
    )


def scenarios() -> list[Scenario]:
    """Return the collection scenarios in form order."""
    return list(Scenario.objects.all())


def not_yet_confirmed(at: datetime) -> list[FieldSpec]:
    """Return the fields that still stand on the shipped defaults, to be confirmed by two people (S0-20)."""
    return [spec for spec in catalogue(at).fields if not spec.confirmed]
