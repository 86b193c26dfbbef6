"""Write a period of the trail as NDJSON that the stand-alone verifier accepts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What an export holds."""

    events: int
    exposures: int
    unsealed: int
    """Events of the period that have no leaf yet; with any, the verifier calls the export incomplete."""
    first: int | None
    """Index of the first leaf covered; None when there is none."""
    last: int | None
    size: int
    """Size of the checkpoint that the proof ends in; 0 when nothing was ever sealed."""
    root: str
    """Root of that checkpoint in hex; empty when there is none."""


def write_export(out: BinaryIO, *, since: datetime, until: datetime) -> ExportSummary:
    """Write the events of a period (`since` included, `until` not) with their proof to the newest checkpoint."""
    raise NotImplementedError
