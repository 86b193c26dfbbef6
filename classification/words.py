"""Codes of the catalogue in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.registry import CannotApply
from classification import purpose_words, schedule_words
from classification.models import Field, categories, in_active_language, indexes

KINDS: dict[str, Promise] = {
    "text": _("text"),
    "full_name": _("a full name"),
    "mobile": _("a mobile number"),
    "landline": _("a landline number"),
    "email": _("an e-mail address"),
    "address": _("a postal address"),
    "resident_id": _("a resident ID number"),
    "passport": _("a passport number"),
    "permit": _("a permit number"),
    "bank_card": _("a bank card number"),
    "uscc": _("a unified social credit code"),
    "plate": _("a licence plate"),
    "date": _("a date"),
    "amount": _("an amount"),
    "choice": _("a choice"),
    "tags": _("tags"),
    "member_level": _("a member level"),
    "note": _("a note"),
    "secret": _("a secret that is never held"),
}
PARTS: dict[str, Promise] = {
    "level": _("Level"),
    "kind": _("Kind"),
    "params": _("Parameters of the kind"),
    "index": _("Search"),
    "category": _("Category"),
    "required": _("Required"),
    "sensitive": _("Sensitive personal information"),
}
REFUSALS: dict[str, Promise] = {
    "unknown_field": _("The catalogue has no such field."),
    "field_taken": _("There is a field with this code already: %(field)s."),
    "bad_field_code": _(
        "A code is 2 to 40 lower-case letters, digits and underscores, and begins with a letter."
    ),
    "names_missing": _("A field needs a Chinese and an English name of at most 60 characters."),
    "unknown_level": _("There is no such level."),
    "unknown_kind": _("There is no such kind of value."),
    "unknown_category": _("There is no such category."),
    "bad_parameters": _(
        "These parameters do not fit the kind. A choice needs options; a length is 1 to 2,000 characters."
    ),
    "index_needs_l3": _("Only a sealed L3 field has a search index: open values are searched as they are."),
    "no_such_index": _("Values of this kind cannot be searched in this way."),
    "derived_fixed": _(
        "This field is computed from another: it stays L1 or L2, and its kind, search and duty are not changed."
    ),
    "derives_others": _("Field %(field)s is computed from this one, and this kind could not give its value."),
    "level_four_no_host": _(
        "Customers hold values in this field, and no restricted host is set up that could take them in."
    ),
    "level_four_never_held": _("Values of this kind are held nowhere, not even in L4."),
    "level_four_left": _("No field leaves L4: what is held apart does not come back."),
    "opening_reason_missing": _(
        "Say why sealed values may be held in the clear: that needs a reason of its own."
    ),
    "nothing_chosen": _("Choose at least one field."),
}
"""Why a proposal about the catalogue cannot be made or carried out."""


def kind_words(code: str) -> str:
    """Name a kind of value."""
    return str(KINDS.get(code, code))


def refusal_words(problem: CannotApply) -> str:
    """Say why a field, a purpose or a schedule cannot be changed so; nothing for a code of somebody else."""
    others = purpose_words.REFUSALS | schedule_words.REFUSALS
    template = REFUSALS.get(problem.code) or others.get(problem.code)
    return "" if template is None else str(template) % problem.params


def name_of(code: str) -> str:
    """Return the name of a field with its code."""
    field = Field.objects.filter(code=code).first()
    return f"{field} ({code})" if field else code


def part(name: str, value: Any) -> str:
    """Put one part of a label in words."""
    if value is None:
        return ""
    if name == "level":
        return f"L{value}"
    if name == "kind":
        return kind_words(value)
    if name == "params":
        return parameters(value)
    if name in ("index", "category"):
        choices = indexes() if name == "index" else categories()
        return str(dict(choices).get(value, value))
    return purpose_words.yes_or_no(value)


def parameters(params: Mapping[str, Any]) -> str:
    """Put the parameters of a kind in words."""
    said = []
    if "max_length" in params:
        said.append(gettext("at most %(count)d characters") % {"count": params["max_length"]})
    if params.get("options"):
        said.append(
            gettext("options: %(options)s") % {"options": gettext(", ").join(_options(params["options"]))}
        )
    if params.get("may_hold"):
        kinds = gettext(", ").join(map(kind_words, params["may_hold"]))
        said.append(gettext("may hold %(kinds)s") % {"kinds": kinds})
    if params.get("past"):
        said.append(gettext("in the past"))
    if params.get("negative"):
        said.append(gettext("may be negative"))
    return gettext("; ").join(said)


def summary(label: Mapping[str, Any]) -> str:
    """Put a whole label in one line."""
    said = [part(name, label[name]) for name in ("level", "kind", "params", "index", "category")]
    said += [str(PARTS[name]) for name in ("required", "sensitive") if label[name]]
    return " · ".join(one for one in said if one)


def what_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say what happens to held values once a label is signed."""
    said = []
    if after["level"] == 4 != before["level"]:
        return gettext("are handed over to the restricted host and removed here; none comes back")
    if before["level"] < 3 <= after["level"]:
        said.append(gettext("are sealed"))
    if after["level"] < 3 <= before["level"]:
        said.append(gettext("are opened and held in the clear"))
    if any(before[name] != after[name] for name in ("kind", "params")):
        said.append(gettext("are checked anew; what does not fit is kept and listed"))
    if after["index"] == "none" != before["index"]:
        said.append(gettext("can no longer be searched"))
    elif after["index"] != "none":
        said.append(gettext("are indexed anew for the search"))
    return gettext("; ").join(said)


def _options(options: Any) -> list[str]:
    if isinstance(options, Mapping):
        return [
            in_active_language(*labels[:2]) if len(labels) > 1 else str(labels[0])
            for labels in options.values()
        ]
    return [str(one) for one in options]
