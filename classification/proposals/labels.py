"""What a field may mean: whether a label is sound, and the next version of a field that is signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.registry import CannotApply
from classification.models import (
    EXACT_LAST_FOUR,
    LEVELS,
    NO_INDEX,
    FieldVersion,
    categories,
    indexes,
)
from kinds import registry
from kinds.base import Kind

LABEL = ("level", "kind", "params", "index", "category", "required", "sensitive")
"""What a version says of a field, and a proposal may change."""
PARAMETERS: dict[str, set[str]] = {
    "text": {"max_length", "may_hold"},
    "note": {"max_length", "may_hold"},
    "tags": {"options", "may_hold"},
    "choice": {"options"},
    "member_level": {"options"},
    "date": {"past"},
    "amount": {"negative"},
}
"""Which parameters each kind reads."""
LONGEST_TEXT = 2000
MOST_OPTIONS = 200
_NEW_WITH_EACH = {"id", "number", "since", "until", "shipped", "proposal"}


def insist_sound(label: Mapping[str, Any]) -> None:
    """Refuse a label that no field could carry.

    :raises CannotApply: unknown_level, unknown_kind, unknown_category, bad_parameters, index_needs_l3, no_such_index.
    """
    if label["level"] not in LEVELS:
        raise CannotApply("unknown_level")
    if label["category"] not in dict(categories()):
        raise CannotApply("unknown_category")
    kind = kind_of(label["kind"])
    if not _parameters_fit(kind, label["params"]):
        raise CannotApply("bad_parameters")
    _insist_on_index(kind, label["index"], label["level"])


def kind_of(code: str) -> Kind:
    """Return a kind of value.

    :raises CannotApply: unknown_kind.
    """
    try:
        return registry.get(code)
    except KeyError:
        raise CannotApply("unknown_kind") from None


def insist_on_derived(
    before: FieldVersion, label: Mapping[str, Any], derived: Collection[FieldVersion]
) -> None:
    """Refuse what would tear a derived field from its base.

    :param derived: the versions in force of the fields computed from this one.
    :raises CannotApply: derived_fixed, derives_others.
    """
    if before.derived_from:
        fixed = ("kind", "params", "index", "required")
        if label["level"] > 2 or any(label[name] != getattr(before, name) for name in fixed):
            raise CannotApply("derived_fixed")
    kind = kind_of(label["kind"])
    gives = {*kind.derives, *kind.views}
    for one in derived:
        if one.derived_from.partition(":")[2] not in gives:
            raise CannotApply("derives_others", field=one.field_id)


def supersede(
    current: FieldVersion, label: Mapping[str, Any], *, proposal: UUID, at: datetime
) -> FieldVersion:
    """End the version in force and write the next one, signed. The row is locked by the caller."""
    current.until = at
    current.save(update_fields=["until"])
    kept = {
        column.attname: getattr(current, column.attname)
        for column in FieldVersion._meta.concrete_fields
        if column.name not in _NEW_WITH_EACH
    }
    return FieldVersion.objects.create(
        **kept | {name: label[name] for name in LABEL if name in label},
        number=current.number + 1,
        since=at,
        proposal=proposal,
    )


def label_of(version: FieldVersion) -> dict[str, Any]:
    """Return what a version says, as proposals carry it."""
    return {name: getattr(version, name) for name in LABEL}


def moves_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether values that are held have to be sealed, opened, checked or indexed anew."""
    lies = [(one["level"] >= 3) + (one["level"] >= 4) for one in (before, after)]
    return lies[0] != lies[1] or any(before[name] != after[name] for name in ("kind", "params", "index"))


def _insist_on_index(kind: Kind, index: str, level: int) -> None:
    if index not in dict(indexes()):
        raise CannotApply("no_such_index")
    if index != NO_INDEX and level != 3:
        raise CannotApply("index_needs_l3")
    if index != NO_INDEX and not kind.indexable:
        raise CannotApply("no_such_index")
    if index == EXACT_LAST_FOUR and not kind.last_four:
        raise CannotApply("no_such_index")


def _parameters_fit(kind: Kind, params: object) -> bool:
    """Tell whether these are parameters that this kind reads."""
    if not isinstance(params, Mapping):
        return False
    if set(params) - PARAMETERS.get(kind.code, set()) or (kind.code == "choice" and "options" not in params):
        return False
    if not all(isinstance(params.get(name, False), bool) for name in ("past", "negative")):
        return False
    return (
        _is_length(params.get("max_length", 1))
        and _are_options(params.get("options", ["-"]))
        and _are_kinds(params.get("may_hold", []))
    )


def _is_length(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= LONGEST_TEXT


def _are_options(given: object) -> bool:
    if isinstance(given, Mapping):
        words = [
            word for labels in given.values() for word in ([labels] if isinstance(labels, str) else labels)
        ]
        return 0 < len(given) <= MOST_OPTIONS and all(
            isinstance(one, str) and one for one in [*given, *words]
        )
    return isinstance(given, list) and 0 < len(given) <= MOST_OPTIONS and all(map(_is_word, given))


def _is_word(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip())


def _are_kinds(given: object) -> bool:
    known = {kind.code for kind in registry.every_kind()}
    return isinstance(given, list) and set(given) <= known
