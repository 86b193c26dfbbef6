"""Where a purpose asks: the collection scenarios that list it, changed with its terms by the same two signatures.

A scenario takes what its purposes in force need (S0-3, S0-7), so a purpose that none lists collects nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext

from approvals.registry import CannotApply
from classification.models import Scenario


def asking(purpose: str) -> list[str]:
    """Return the codes of the scenarios that list a purpose, sorted."""
    rows = Scenario.objects.filter(purposes__contains=[purpose])
    return sorted(rows.values_list("code", flat=True))


def insist_known(codes: Collection[str]) -> None:
    """Refuse a scenario that there is not.

    :raises CannotApply: unknown_scenarios.
    """
    if not set(codes) <= set(Scenario.objects.values_list("code", flat=True)):
        raise CannotApply("unknown_scenarios")


def ask_in(purpose: str, codes: Collection[str]) -> None:
    """Let these scenarios list a purpose, and no others; part of the transaction of the last signature."""
    for row in Scenario.objects.select_for_update().order_by("code"):
        others = [code for code in row.purposes if code != purpose]
        wanted = purpose in row.purposes
        if (row.code in codes) != wanted:
            row.purposes = others if wanted else [*others, purpose]
            row.save(update_fields=["purposes"])


def named(codes: Collection[str]) -> str:
    """Name scenarios in form order."""
    rows = Scenario.objects.filter(code__in=codes).order_by("form_order", "code")
    return gettext(", ").join(map(str, rows))
