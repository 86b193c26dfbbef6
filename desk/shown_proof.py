"""What the page about seal and proof receives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trail.models import Checkpoint
from trail.words import WITNESS_NAMES


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """One checkpoint: when, of how many events, its root, who has seen it."""

    at: datetime
    size: int
    root: str
    seen: tuple[str, ...]


def checkpoint_lines(limit: int) -> list[CheckpointLine]:
    """Return the newest checkpoints."""
    found = Checkpoint.objects.order_by("-size").prefetch_related("seen")[:limit]
    return [
        CheckpointLine(
            one.at,
            one.size,
            bytes(one.root).hex(),
            tuple(str(WITNESS_NAMES[seen.witness]) for seen in one.seen.all()),
        )
        for one in found
    ]
