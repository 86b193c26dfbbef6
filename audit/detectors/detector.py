"""What a detector is: a code for ever, words, limits that are rows, and a search over the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from audit.detectors.hits import Hit
from audit.detectors.marks import Mark, hits_of
from audit.detectors.passes import View, prepared

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Limits = Mapping[str, float]
"""Name of a threshold → its value in force."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold of a detector as shipped; rows of `audit.models.DetectorLimit` supersede it.

    :ivar least: below this it would find everything, and a change is refused.
    """

    name: str
    value: float
    words: StrOrPromise
    least: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One pattern that somebody has to explain.

    :ivar words: what it looks for, in one sentence.
    :ivar search: looks through what is prepared and marks people.
    :ivar explain: puts the features of a hit in words, in the language of the reader.
    """

    code: str
    name: StrOrPromise = field(compare=False)
    words: StrOrPromise = field(compare=False)
    limits: tuple[Limit, ...]
    search: Callable[[View, Limits], list[Mark]] = field(compare=False)
    explain: Callable[[Mapping[str, int | float | str]], str] = field(compare=False)

    @property
    def shipped(self) -> dict[str, float]:
        """The thresholds as shipped."""
        return {limit.name: limit.value for limit in self.limits}

    def find(self, since: datetime, until: datetime, thresholds: Limits, at: datetime) -> list[Hit]:
        """Return what it finds from `since` up to but without `until`, the strongest first.

        :param thresholds: those that depart from the shipped ones; see `registry.thresholds`.
        :param at: the moment of asking: what has happened since `until` is known (who has left, say).
        """
        with prepared(since, until, at) as view:
            return self.look(view, thresholds)

    def look(self, view: View, thresholds: Limits) -> list[Hit]:
        """Return what it finds in a period that is prepared, so that several detectors share one pass."""
        return hits_of(self.code, self.search(view, self.shipped | dict(thresholds)), view)
