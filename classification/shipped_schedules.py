"""The retention schedules that the product ships: the longest that values of a category or a field are kept. Pure data.

A company confirms or replaces them; until then a fresh house has rules, and may collect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

COLLECTION, LAST_CONTACT, END = "collection", "last_contact", "end_of_relationship"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedSchedule:
    """One schedule and its first version."""

    scope: str
    subject: str
    starts: str
    months: int
    floor: str = ""
    floor_from: str = ""
    then: str = "destroy"
    store_months: int | None = None
    verify_months: int | None = None


def _field(code: str, starts: str, months: int, **more: Any) -> ShippedSchedule:
    return ShippedSchedule(scope="field", subject=code, starts=starts, months=months, **more)


SCHEDULES: tuple[ShippedSchedule, ...] = (
    ShippedSchedule(scope="category", subject="basic", starts=END, months=60),
    ShippedSchedule(scope="category", subject="business", starts=END, months=60),
    ShippedSchedule(scope="category", subject="sensitive", starts=END, months=60),
    _field("mobile", END, 60, verify_months=24),
    _field("email", END, 60, verify_months=24),
    _field("address", END, 60, verify_months=24),
    _field("delivery_address", END, 12, verify_months=12),
    _field("employer", END, 36, verify_months=24),
    _field("emergency_name", END, 1, verify_months=24),
    _field("emergency_mobile", END, 1, verify_months=24),
    _field("preference_tags", LAST_CONTACT, 24),
    _field("habit_tags", LAST_CONTACT, 24),
    _field("browsing_note", COLLECTION, 12),
    _field("service_note", LAST_CONTACT, 36),
    _field("health_note", END, 6),
    _field("transaction_note", END, 12, floor="trade_record_keep", floor_from=COLLECTION),
    _field("business_number", END, 36, floor="trade_record_keep", floor_from=COLLECTION),
    _field("account_balance", END, 12, then="store", store_months=24),
)
