"""Why values are refused: the field, a stable code and its parameters, never the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. `field` is a field code, or "number", "tier", "relationship_since", "relationship_until"."""

    field: str
    code: str
    params: Mapping[str, object] = default(default_factory=dict)


class Refused(ValueError):
    """Some values cannot be taken; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = tuple(problems)
