"""The purposes that the product ships, and the scenarios in which values are collected. Pure data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classification.shipped import (
    ANALYSIS,
    COMPLAINT,
    DEALING,
    FIELDS,
    HANDLING,
    IDENTITY,
    MAINTENANCE,
    MARKETING,
    QUALITY,
    REGISTRATION,
    SERVICE,
    SURVEY,
    TASTE,
)

SERVICE_ROLES = ["agent", "supervisor", "head"]
"""S2-23: service, complaint and quality are bound to those who serve."""
STEWARD_ROLES = ["supervisor", "head"]
ANALYST_ROLES = ["analyst"]
"""S0-29: grouped figures only, so this purpose names derived fields without the field that they come from."""


@dataclass(frozen=True, slots=True)
class ShippedPurpose:
    """One purpose and its first version. Which fields it needs stands with the fields above."""

    code: str
    name_zh: str
    name_en: str
    roles: Sequence[str]
    basis: str = "consent"
    basis_reason_zh: str = ""
    basis_reason_en: str = ""
    service_reason_zh: str = ""
    service_reason_en: str = ""
    necessary: Sequence[str] = ()
    """The fields without which the purpose cannot be reached; all others are optional."""
    retain_months: int = 36
    retain_from: str = "end_of_relationship"
    consent_months: int | None = None
    automated: bool = False

    def fields(self) -> dict[str, str]:
        """Return what the purpose needs: field code → necessary or optional."""
        return {
            row.code: "necessary" if row.code in self.necessary else "optional"
            for row in FIELDS
            if self.code in row.purposes
        }


PURPOSES: tuple[ShippedPurpose, ...] = (
    ShippedPurpose(
        SERVICE,
        "客服服务",
        "Customer service",
        SERVICE_ROLES,
        necessary=("full_name", "surname", "mobile"),
        consent_months=36,
    ),
    ShippedPurpose(
        COMPLAINT,
        "解决问题与投诉",
        "Solving problems and complaints",
        SERVICE_ROLES,
        necessary=("full_name", "surname", "mobile"),
        consent_months=36,
    ),
    ShippedPurpose(
        QUALITY, "提升服务质量", "Improving service", SERVICE_ROLES, retain_months=12, consent_months=12
    ),
    ShippedPurpose(
        REGISTRATION,
        "客户注册",
        "Registration",
        STEWARD_ROLES,
        basis="contract",
        basis_reason_zh="没有身份和联系方式，合同无法订立。",
        basis_reason_en="Without identity and a way to reach the customer no contract is made.",
        service_reason_zh="开户所必需。",
        service_reason_en="No account is opened without it.",
        necessary=("full_name", "surname", "mobile", "resident_id"),
        retain_months=60,
    ),
    ShippedPurpose(
        HANDLING,
        "业务办理",
        "Handling business",
        STEWARD_ROLES,
        basis="contract",
        basis_reason_zh="为履行客户签订的合同所必需。",
        basis_reason_en="Needed to fulfil the contract that the customer concluded.",
        service_reason_zh="业务办理所必需。",
        service_reason_en="The business cannot be handled without it.",
        necessary=("full_name", "surname", "mobile", "resident_id", "bank_card", "business_number"),
        retain_months=60,
    ),
    ShippedPurpose(
        SURVEY, "需求调研", "Survey of needs", STEWARD_ROLES, retain_months=12, retain_from="collection"
    ),
    ShippedPurpose(
        MAINTENANCE,
        "日常维护",
        "Keeping data right",
        STEWARD_ROLES,
        basis="legal_duty",
        basis_reason_zh="个人信息应当保证质量（个人信息保护法第八条）。",
        basis_reason_en="Personal information is kept right and complete (PIPL 8).",
        retain_months=36,
    ),
    ShippedPurpose(
        MARKETING,
        "营销推广",
        "Marketing",
        STEWARD_ROLES,
        retain_months=12,
        retain_from="withdrawal",
        consent_months=12,
        automated=True,
    ),
    ShippedPurpose(
        ANALYSIS,
        "汇总统计",
        "Grouped statistics",
        ANALYST_ROLES,
        basis="legal_duty",
        basis_reason_zh="为分类管理个人信息和定期合规审计掌握总体情况，只出具五人以上的汇总数（个人信息保护法第五十一条、第五十四条）。",
        basis_reason_en=(
            "Knowing the whole, to manage information by class and to audit it (PIPL 51, 54);"
            " only figures of groups of five or more are given out."
        ),
        retain_months=36,
    ),
)
"""Service comes first: it is what a contact starts with. S2-24: marketing rests on the customer's consent alone."""

SCENARIOS: tuple[tuple[str, str, str, list[str], bool], ...] = (
    (REGISTRATION, "注册", "Registration", [REGISTRATION], True),
    (HANDLING, "业务办理", "Business handling", [HANDLING], False),
    (SURVEY, "需求调研", "Survey of needs", [SURVEY], False),
    (MAINTENANCE, "日常维护", "Maintenance", list(dict.fromkeys([*IDENTITY, *DEALING, *TASTE], 0)), False),
)
"""Code, names, purposes, and whether it insists on the required fields."""
