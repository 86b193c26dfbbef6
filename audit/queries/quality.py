"""How well the detectors do: the figures that were measured on simulated years, as shipped (docs/detectors.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIGURES = Path(__file__).resolve().parent.parent / "data" / "quality.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What one detector found of what was planted.

    :ivar recall: which part of what was planted was found; None: nothing was planted.
    :ivar precision: which part of the hits was planted in this way; None: there was no hit.
    :ivar justified: which part of the hits tells of somebody who did wrong in any way.
    """

    planted: int
    found: int
    other: int
    wrong: int
    recall: float | None
    precision: float | None
    justified: float | None


@cache
def measured() -> dict[str, Quality]:
    """Return the shipped figures by detector."""
    facts = json.loads(FIGURES.read_text(encoding="utf-8"))
    return {code: Quality(**figures) for code, figures in facts["detectors"].items()}
