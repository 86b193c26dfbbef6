"""What a purpose says, in the reader's language, made when shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from classification.models import (
    NECESSARY,
    Field,
    bases,
    in_active_language,
    retained_from,
)
from staff.models import Department
from staff.roles import NAMES

PARTS: dict[str, Promise] = {
    "basis": _("Legal basis"),
    "basis_reason_zh": _("Why this basis, in Chinese"),
    "basis_reason_en": _("Why this basis, in English"),
    "fields": _("Fields"),
    "necessary_for_service": _("Necessary for the service"),
    "service_reason_zh": _("Why it is necessary, in Chinese"),
    "service_reason_en": _("Why it is necessary, in English"),
    "retain_months": _("Months kept"),
    "retain_from": _("Kept from"),
    "consent_months": _("A consent counts for"),
    "automated": _("Automated decisions"),
    "roles": _("Roles that may pick it"),
    "owner": _("Responsible department"),
}
REFUSALS: dict[str, Promise] = {
    "unknown_purpose": _("There is no such purpose."),
    "purpose_taken": _("There is a purpose with this code already: %(purpose)s."),
    "bad_purpose_code": _(
        "A code is 2 to 40 lower-case letters, digits and underscores, and begins with a letter."
    ),
    "purpose_names_missing": _("A purpose needs a Chinese and an English name of at most 60 characters."),
    "ended_already": _("This purpose has ended already."),
    "unknown_basis": _("Choose one of the seven legal bases (PIPL 13)."),
    "basis_reason_missing": _(
        "Say why it may do without consent: any other basis needs its reason (PIPL 13)."
    ),
    "service_reason_missing": _(
        "Say why the service cannot do without it: otherwise a customer who says no is served all the same (PIPL 16)."
    ),
    "reason_too_long": _("A reason has at most 300 characters."),
    "bad_retention": _("Say how long values are kept, in months from 1 to 1,200, and from when (PIPL 19)."),
    "bad_consent_term": _("A consent counts for 1 to 1,200 months, or until it is withdrawn."),
    "unknown_roles": _("There is no such role."),
    "unknown_owner": _("Name an active department that answers for this purpose."),
    "unknown_scenarios": _("There is no such collection scenario."),
    "no_fields": _("Choose at least one field: a purpose that needs none is ended instead."),
    "unknown_fields": _("The catalogue has no field %(field)s that could be chosen so."),
    "derived_alone": _("“%(field)s” is computed from “%(base)s”: choose that one, too."),
}
"""Why a proposal about a purpose cannot be made or carried out."""


def named(content: Mapping[str, Any]) -> str:
    """Return the name of a purpose with its code."""
    return f"{in_active_language(content['name_zh'], content['name_en'])} ({content['purpose']})"


def part(name: str, value: Any) -> str:
    """Put one part of a purpose in words."""
    if value == "":
        return ""
    if name == "consent_months":
        return consent_term(value)
    if name == "basis":
        return basis(value)
    if name == "retain_from":
        return str(dict(retained_from()).get(value, value))
    if name == "roles":
        return roles(value)
    if name == "owner":
        return department(value)
    if isinstance(value, bool):
        return yes_or_no(value)
    return str(value)


def basis(code: str) -> str:
    """Name a legal basis."""
    return str(dict(bases()).get(code, code))


def roles(codes: Collection[str]) -> str:
    """Name the roles that may pick a purpose, in the usual order."""
    return gettext(", ").join(str(name) for code, name in NAMES.items() if code in codes)


def department(code: str) -> str:
    """Name the department that answers for a purpose."""
    found = Department.objects.filter(code=code).first()
    return found.name if found else code


def retention(months: int, start: str) -> str:
    """Say how long values are kept."""
    said = ngettext("%(months)d month %(start)s", "%(months)d months %(start)s", months)
    return said % {"months": months, "start": dict(retained_from()).get(start, start)}


def consent_term(months: int | None) -> str:
    """Say how long a consent counts."""
    if months is None:
        return gettext("until it is withdrawn")
    return ngettext("%d month", "%d months", months) % months


def yes_or_no(value: object) -> str:
    """Answer a question of yes or no; another app's “yes” may mean that something is there."""
    return pgettext("answer", "yes") if value else pgettext("answer", "no")


def need(value: str | None) -> str:
    """Say how much a purpose needs a field; nothing where it does not."""
    if not value:
        return ""
    if value == NECESSARY:
        return pgettext("need of a field", "necessary")
    return pgettext("need of a field", "optional")


def field_lines(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each field that a change adds, removes or needs otherwise: its name, before and after."""
    changed = [code for code in {**before, **after} if before.get(code) != after.get(code)]
    names = _names(changed)
    for code in sorted(changed, key=list(names).index):
        said = need(after.get(code)) or gettext("no longer needed")
        label = gettext("Field “%(field)s”") % {"field": names[code]}
        yield label, need(before.get(code)), said


def fields_named(codes: Collection[str]) -> str:
    """Name fields in the order of the forms."""
    return gettext(", ").join(_names(codes).values())


def _names(codes: Collection[str]) -> dict[str, str]:
    found = {one.code: str(one) for one in Field.objects.filter(code__in=codes)}
    return found | {code: code for code in codes if code not in found}
