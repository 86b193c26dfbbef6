"""Who acts: the person, task or public page that every service is told about (`by`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MODES = ("human", "api", "system", "public", "demo")
"""How someone acts. `words.MODE_NAMES` has the names shown to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Carry what the trail writes of whoever acts, copied at that moment; never customer data."""

    id: UUID | None
    number: str
    name: str
    roles: frozenset[str] = frozenset()
    department: str = ""
    mode: str = "human"
    acting_as: str = ""
    ip: str | None = None
    site: str = ""
    region: str = ""
    zone: str = ""
    session: str = ""  # the hash of the session key, never the key
    second_factor_at: datetime | None = None
    lacking: str = (
        ""  # what the person must have before anything is shown in the clear: undertaking, training
    )

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"{self.mode!r} is no mode of acting")

    @classmethod
    def system(cls, task: str) -> Actor:
        """Return the actor of upkeep that nobody asked for, named after its task (`trail.partitions`)."""
        return cls(id=None, number="system", name=task, mode="system")
