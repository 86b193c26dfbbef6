"""What was counted in a field or a column: its values, those that look like a kind, those that pass its check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kinds import registry
from kinds.inside import Hit

ENOUGH_SHARE = 0.05
"""From this share of its values on a whole field or column is doubted."""
ENOUGH_HITS = 3
NAMES = "full_name"
ENOUGH_NAMES = 0.5
"""Names are told by their looks alone, so that it takes many of them."""


@dataclass(slots=True)
class Tally:
    """The counts of one field or column; a value counts once for each kind. Goes into a job's cursor as it is."""

    values: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    def add(self, found: Mapping[str, bool]) -> None:
        """Count one value that holds these kinds, each with whether a check digit was right."""
        self.values += 1
        self.hits.update(found.keys())
        self.passed.update(kind for kind, right in found.items() if right)

    def add_names(self, values: Iterable[str]) -> None:
        """Count the values of a batch that look like names, each once: a list of few words is none of names."""
        detect = registry.get(NAMES).detect
        self.hits[NAMES] += sum(map(detect, set(values)))

    def doubtful(self) -> list[str]:
        """Return the kinds that enough of the values look like."""
        return [
            kind
            for kind, hits in self.hits.items()
            if hits >= ENOUGH_HITS and hits >= self.values * (ENOUGH_NAMES if kind == NAMES else ENOUGH_SHARE)
        ]

    def passing(self, kind: str) -> int | None:
        """Return how many hits pass the check of their kind, None where it has none."""
        return self.passed[kind] if registry.get(kind).checksum else None

    def plain(self) -> dict[str, object]:
        """Return the counts as a job may keep them."""
        return {"values": self.values, "hits": dict(self.hits), "passed": dict(self.passed)}

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> Tally:
        """Return what `plain` gave."""
        held: dict[str, Mapping[str, int]] = {
            name: part for name in ("hits", "passed") if isinstance(part := plain[name], Mapping)
        }
        return cls(int(str(plain["values"])), Counter(held["hits"]), Counter(held["passed"]))


def kinds_of(found: Iterable[Hit], *, above: int, besides: Iterable[str] = ()) -> dict[str, bool]:
    """Return the kinds of a higher level among the hits of a value, each with whether one passed its check."""
    kinds: dict[str, bool] = {}
    allowed = set(besides)
    for hit in found:
        if hit.level > above and hit.kind not in allowed:
            kinds[hit.kind] = kinds.get(hit.kind, False) or hit.passed is True
    return kinds
