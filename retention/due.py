"""What is due to end: the shape in which the due list is handed to destruction. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Values of one customer whose term is over. `fields` empty means the whole customer.

    `rule` names the schedule row or purpose whose term ended last, `reason_code` why the term ended (term,
    withdrawal, relationship_ended, no_purpose), `until` when it ended. `storage_only_until` is set where a legal
    floor or a hold stands against destruction: until then the value is kept and nothing else is done with it.
    """

    customer_ref: UUID
    fields: tuple[str, ...]
    rule: str
    reason_code: str
    until: datetime
    storage_only_until: datetime | None = None
    basis: str = ""
    """What stands against destruction: floor, hold or stored."""
