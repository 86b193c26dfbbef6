"""The key register as its page receives it: decided, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from custody.models import EscrowDrill
from custody.queries.register import Done, Due, Register, Step
from custody.words import ACTS, DUES, STATES, opened, refusal_words, step_words
from vault import keks
from vault.queries import ALGORITHM, WRAPS_LIMIT, KekLine


@dataclass(frozen=True, slots=True)
class KekShown:
    """One version of the master key."""

    version: int
    state: str
    active: bool
    gone: bool
    algorithm: str
    made_at: datetime
    promoted_at: datetime | None
    destroyed_at: datetime | None
    custodians: str
    data_keys: int
    wraps: int
    limit: int
    compromised: bool
    held: bool
    unwraps: bool

    @classmethod
    def of(cls, line: KekLine, custodians: tuple[str, ...]) -> KekShown:
        """Put a version in words."""
        return cls(
            version=line.version,
            state=str(STATES[line.state]),
            active=line.state == keks.ACTIVE,
            gone=line.state == keks.GONE,
            algorithm=ALGORITHM,
            made_at=line.made_at,
            promoted_at=line.promoted_at,
            destroyed_at=line.destroyed_at,
            custodians=", ".join(custodians),
            data_keys=line.data_keys,
            wraps=line.wraps,
            limit=WRAPS_LIMIT,
            compromised=line.compromised,
            held=line.held or line.state == keks.GONE,
            unwraps=line.unwraps,
        )


@dataclass(frozen=True, slots=True)
class DueShown:
    """What is to be done again by a time."""

    name: str
    last: datetime | None
    until: datetime | None
    overdue: bool

    @classmethod
    def of(cls, due: Due) -> DueShown:
        """Put it in words."""
        return cls(str(DUES[due.code]), due.last, due.until, due.overdue)


@dataclass(frozen=True, slots=True)
class LaterShown:
    """A step that cannot be taken yet, and why."""

    words: str
    why: str

    @classmethod
    def of(cls, step: Step) -> LaterShown:
        """Put it in words."""
        return cls(step_words(step.kind, step.number), refusal_words(step.refusal, {}))


@dataclass(frozen=True, slots=True)
class DoneShown:
    """An act that was signed."""

    id: UUID
    name: str
    at: datetime
    people: str

    @classmethod
    def of(cls, done: Done) -> DoneShown:
        """Put it in words."""
        numbers = [str(done.content[name]) for name in ("version", "epoch", "suite") if name in done.content]
        return cls(done.id, " · ".join([str(ACTS[done.kind]), *numbers]), done.at, ", ".join(done.people))


@dataclass(frozen=True, slots=True)
class DrillShown:
    """One escrow drill."""

    held_on: date
    copy: str
    result: str
    opened: bool
    id: UUID

    @classmethod
    def of(cls, drill: EscrowDrill) -> DrillShown:
        """Put it in words."""
        return cls(
            drill.held_on, drill.get_copy_display(), opened(drill.opened), drill.opened, drill.proposal
        )


def facts(found: Register) -> dict[str, object]:
    """Return the register as the page receives it."""
    return {
        "keks": [KekShown.of(line, found.custodians[line.version]) for line in found.keys.keks],
        "domains": found.keys.domains,
        "epochs": found.keys.epochs,
        "minimum": found.keys.minimum,
        "generation": found.keys.generation,
        "deployment": found.keys.deployment,
        "dues": [DueShown.of(due) for due in found.dues],
        "later": [LaterShown.of(step) for step in found.steps if step.refusal],
        "done": [DoneShown.of(one) for one in found.done],
        "drills": [DrillShown.of(one) for one in found.drills],
    }
