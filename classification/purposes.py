"""The purposes of a time, as frozen values: why a value may be collected and used (S2-23, PIPL 6, 13)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from classification.models import CONSENT, NECESSARY, PurposeVersion, in_active_language
from trail.questions import Question, Rows, ask

SHIPPED_ORDER = {"service": 0, "complaint": 1, "quality": 2}
"""Service comes first: it is what a contact starts with."""
SERVING = frozenset(SHIPPED_ORDER)
"""S2-23: to serve, to solve problems, to improve the service. Whatever else rests on consent is business (S2-24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeSpec:
    """One purpose as its version in force says. `fields`: field code → necessary or optional."""

    code: str
    name_zh: str
    name_en: str
    version: int
    basis: str
    basis_reason_zh: str = ""
    basis_reason_en: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    necessary_for_service: bool = False
    service_reason_zh: str = ""
    service_reason_en: str = ""
    retain_months: int = 0
    retain_from: str = ""
    consent_months: int | None = None
    automated: bool = False
    owner: str = ""
    confirmed: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)

    @property
    def basis_reason(self) -> str:
        """Why it rests on this basis, in the active language where that was written."""
        return in_active_language(
            self.basis_reason_zh or self.basis_reason_en, self.basis_reason_en or self.basis_reason_zh
        )

    @property
    def service_reason(self) -> str:
        """Why the service cannot do without it, in the active language where that was written."""
        return in_active_language(
            self.service_reason_zh or self.service_reason_en, self.service_reason_en or self.service_reason_zh
        )

    @property
    def asks_consent(self) -> bool:
        """Whether it rests on the customer's consent (PIPL 13, first case)."""
        return self.basis == CONSENT

    @property
    def serves(self) -> bool:
        """Whether it is one of the three uses that S2-23 allows to those who serve."""
        return self.code in SERVING

    def needs(self, code: str) -> bool:
        """Whether it cannot be reached without this field."""
        return self.fields.get(code) == NECESSARY


def purposes(at: datetime) -> dict[str, PurposeSpec]:
    """Return the purposes in force at a time by code, the usual one first; one query."""
    return ask(purposes_asked(at))


def purposes_asked(at: datetime) -> Question[dict[str, PurposeSpec]]:
    """Ask for the purposes in force at a time."""
    return Question(_PURPOSES, {"at": at, "code": None}, _by_code)


def purpose_at(code: str, at: datetime) -> PurposeSpec | None:
    """Return one purpose as it is in force at a time, or None."""
    return ask(purpose_asked(code, at))


def purpose_asked(code: str, at: datetime) -> Question[PurposeSpec | None]:
    """Ask for one purpose."""
    return Question(_PURPOSES, {"at": at, "code": code}, lambda rows: _by_code(rows).get(code))


_SAID = (
    "basis", "basis_reason_zh", "basis_reason_en", "necessary_for_service", "service_reason_zh", "service_reason_en",
    "retain_months", "retain_from", "consent_months", "automated", "owner",
)  # fmt: skip
_PURPOSES = """
select version.purpose_id, name_zh, name_en, number, fields::text, roles::text, shipped,
  basis, basis_reason_zh, basis_reason_en, necessary_for_service, service_reason_zh, service_reason_en,
  retain_months, retain_from, consent_months, automated, owner
from classification_purposeversion version join classification_purpose purpose on purpose.code = version.purpose_id
where since <= %(at)s and (until is null or until > %(at)s)
  and (%(code)s::text is null or version.purpose_id = %(code)s)"""


def _by_code(rows: Rows) -> dict[str, PurposeSpec]:
    found = sorted(map(_spec, rows), key=lambda one: (SHIPPED_ORDER.get(one.code, 99), one.code))
    return {one.code: one for one in found}


def purposes_for(roles: Collection[str], at: datetime) -> list[PurposeSpec]:
    """Return the purposes that somebody with these roles may pick, the usual one first."""
    return [one for one in purposes(at).values() if one.roles & set(roles)]


def unserved(at: datetime) -> dict[str, datetime]:
    """Return the fields whose last purpose has ended, each with when it did (S0-7); one query."""
    ended: dict[str, datetime] = {}
    served: set[str] = set()
    rows = PurposeVersion.objects.filter(since__lte=at).values_list("fields", "until")
    for fields, until in rows:
        if until is None or until > at:
            served |= set(fields)
        else:
            ended |= {code: max(until, ended.get(code, until)) for code in fields}
    return {code: since for code, since in ended.items() if code not in served}


def _spec(row: tuple[Any, ...]) -> PurposeSpec:
    code, name_zh, name_en, number, fields, roles, shipped, *said = row
    return PurposeSpec(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        version=number,
        fields=json.loads(fields),
        roles=frozenset(json.loads(roles)),
        confirmed=not shipped,
        **dict(zip(_SAID, said, strict=True)),
    )


def spec_of(row: PurposeVersion) -> PurposeSpec:
    """Return one version as a frozen value; its purpose was fetched with it."""
    return PurposeSpec(
        code=row.purpose_id,
        name_zh=row.purpose.name_zh,
        name_en=row.purpose.name_en,
        version=row.number,
        fields=row.fields,
        roles=frozenset(row.roles),
        confirmed=not row.shipped,
        **{name: getattr(row, name) for name in _SAID},
    )
