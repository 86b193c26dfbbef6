"""What one event let someone see or change of one customer: field codes, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

LISTED = "listed"
OPENED = "opened"
REVEALED = "revealed"
COMPARED = "compared"
EXPORTED = "exported"
USED = "used"
WRITTEN = "written"
REFUSED = "refused"
ACTS = (LISTED, OPENED, REVEALED, COMPARED, EXPORTED, USED, WRITTEN, REFUSED)

OPENING = frozenset({REVEALED, EXPORTED, USED})
"""Acts whose receipt lets sealed values be opened; the others never do."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One customer of one event. `level` is the highest level among `clear`, 0 when nothing was clear."""

    customer: UUID
    act: str
    clear: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    level: int = 0
    portfolio: str = ""
    region: str = ""
    digest: bytes | None = None

    def __post_init__(self) -> None:
        if self.act not in ACTS:
            raise ValueError(f"{self.act!r} is no act")
        if not 0 <= self.level <= 4:
            raise ValueError("levels are 1 to 4, and 0 when nothing was clear")
        if self.act == REFUSED and (self.clear or self.masked or self.level):
            raise ValueError("a refusal shows nothing: the event's facts name the fields")
