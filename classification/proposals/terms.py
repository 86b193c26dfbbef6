"""What a purpose may say: whether its terms are sound, and the next version of a purpose that is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.registry import CannotApply
from classification.models import (
    BASES,
    CONSENT,
    NECESSARY,
    OPTIONAL,
    RETAINED_FROM,
    PurposeVersion,
)
from classification.queries import Catalogue, catalogue
from staff.models import Department
from staff.roles import ANALYST, NAMES

TERMS = (
    "basis",
    "basis_reason_zh",
    "basis_reason_en",
    "fields",
    "necessary_for_service",
    "service_reason_zh",
    "service_reason_en",
    "retain_months",
    "retain_from",
    "consent_months",
    "automated",
    "roles",
    "owner",
)
"""What a version says of a purpose, and a proposal may change."""
LONGEST_REASON = 300
MOST_MONTHS = 1200
"""A hundred years: whatever is longer is a slip of the pen."""


def insist_sound(terms: Mapping[str, Any], at: datetime) -> None:
    """Refuse terms that no purpose could have.

    :raises CannotApply: unknown_basis, basis_reason_missing, service_reason_missing, reason_too_long, bad_retention,
        bad_consent_term, unknown_roles, unknown_owner, no_fields, unknown_fields, derived_alone.
    """
    _insist_on_reasons(terms)
    if terms["retain_from"] not in RETAINED_FROM or not _are_months(terms["retain_months"]):
        raise CannotApply("bad_retention")
    if terms["consent_months"] is not None and not _are_months(terms["consent_months"]):
        raise CannotApply("bad_consent_term")
    if not set(terms["roles"]) <= set(NAMES):
        raise CannotApply("unknown_roles")
    if not Department.objects.filter(code=terms["owner"], active=True).exists():
        raise CannotApply("unknown_owner")
    _insist_on_fields(terms["fields"], catalogue(at), grouped=set(terms["roles"]) == {ANALYST})


def terms_of(version: PurposeVersion) -> dict[str, Any]:
    """Return what a version says, as proposals carry it."""
    said = {name: getattr(version, name) for name in TERMS}
    return said | {"roles": [role for role in NAMES if role in version.roles]}


def succeed(
    current: PurposeVersion | None,
    purpose: str,
    terms: Mapping[str, Any],
    *,
    proposal: UUID,
    at: datetime,
) -> PurposeVersion:
    """Write the next version of a purpose, signed, and end the one in force; the caller has locked that row."""
    if current is not None:
        end(current, at=at)
    return PurposeVersion.objects.create(
        purpose_id=purpose,
        number=current.number + 1 if current else 1,
        since=at,
        proposal=proposal,
        **{name: terms[name] for name in TERMS},
    )


def end(current: PurposeVersion, *, at: datetime) -> None:
    """Let a version count no longer; one that ended before stays as it is."""
    if current.until is None:
        current.until = at
        current.save(update_fields=["until"])


def _insist_on_reasons(terms: Mapping[str, Any]) -> None:
    if terms["basis"] not in BASES:
        raise CannotApply("unknown_basis")
    reasons = {
        name: (terms[f"{name}_reason_zh"].strip(), terms[f"{name}_reason_en"].strip())
        for name in ("basis", "service")
    }
    if terms["basis"] != CONSENT and not any(reasons["basis"]):
        raise CannotApply("basis_reason_missing")
    if terms["necessary_for_service"] and not any(reasons["service"]):
        raise CannotApply("service_reason_missing")
    if any(len(said) > LONGEST_REASON for both in reasons.values() for said in both):
        raise CannotApply("reason_too_long")


def _insist_on_fields(fields: Mapping[str, str], known: Catalogue, *, grouped: bool) -> None:
    if not fields:
        raise CannotApply("no_fields")
    for code, need in fields.items():
        if code not in known or need not in (NECESSARY, OPTIONAL):
            raise CannotApply("unknown_fields", field=code)
        base = known.get(code).base[0]
        # A derived value is computed from its base, so whoever wants it collects the base as well; but for analysts,
        # who group what was collected for others and may not have the base at all (S0-29).
        if base and base not in fields and not grouped:
            raise CannotApply("derived_alone", field=known.get(code).name, base=known.get(base).name)


def _are_months(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST_MONTHS
