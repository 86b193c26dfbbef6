"""What a retention schedule says, in the reader's language, made when shown."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from classification.models import CATEGORY, Field, categories, endings, retained_from
from classification.purpose_words import retention
from classification.schedules import ScheduleSpec
from lawbook.models import YEAR
from lawbook.queries import Fact, newest

PARTS: dict[str, Promise] = {
    "starts": _("Kept from"),
    "months": _("Months kept at most"),
    "floor": _("Legal floor"),
    "floor_from": _("The floor counts from"),
    "then": _("Then"),
    "store_months": _("Months stored only"),
    "verify_months": _("Confirmed with the customer every"),
}
REFUSALS: dict[str, Promise] = {
    "unknown_schedule": _("There is no such schedule in force."),
    "schedule_subject": _("Choose a field of the catalogue or a category."),
    "schedule_term": _("Say how long values are kept at most, in months from 1 to 1,200, and from when."),
    "schedule_floor": _("A legal floor is a law fact that is a span of time, and says from when it counts."),
    "schedule_store": _("Say for how many months values are only stored, or choose destruction."),
    "schedule_verify": _("Values are confirmed again after 1 to 1,200 months, or never."),
}
"""Why a proposal about a schedule cannot be made or carried out."""


def subject(scope: str, code: str) -> str:
    """Name the field or category that a schedule speaks about."""
    if scope == CATEGORY:
        return gettext("Category “%(name)s”") % {"name": dict(categories()).get(code, code)}
    found = Field.objects.filter(code=code).first()
    return str(found) if found else code


def part(name: str, value: Any) -> str:
    """Put one part of a schedule in words."""
    if value in ("", None):
        return ""
    if name in ("starts", "floor_from"):
        return str(dict(retained_from()).get(value, value))
    if name == "then":
        return str(dict(endings()).get(value, value))
    if name == "floor":
        return floor(value)
    return months(value)


def months(number: int) -> str:
    """Say a number of months."""
    return ngettext("%d month", "%d months", number) % number


def term(number: int, start: str) -> str:
    """Say how long, and from when."""
    return retention(number, start)


def floor(code: str) -> str:
    """Name the law fact behind a floor in its last version, with its term and its source."""
    found = newest(code)
    if found is None:
        return code
    return gettext("%(name)s: %(term)s (%(source)s)") % {
        "name": found.name,
        "term": law_term(found),
        "source": found.citation,
    }


def law_term(found: Fact) -> str:
    """Say the term of a law fact."""
    if found.unit == YEAR:
        return ngettext("%d year", "%d years", found.value) % found.value
    return months(found.value)


def ending(then: str, store_months: int | None) -> str:
    """Say what follows the end of a term."""
    if store_months is None:
        return part("then", then)
    return gettext("stored only for %(months)s, then destroyed") % {"months": months(store_months)}


def summary(spec: ScheduleSpec) -> str:
    """Put a whole schedule in one line."""
    said = [term(spec.months, spec.starts)]
    if spec.floor:
        said.append(floor(spec.floor))
    said.append(ending(spec.then, spec.store_months))
    if spec.verify_months:
        said.append(gettext("confirmed every %(months)s") % {"months": months(spec.verify_months)})
    return " · ".join(said)
