"""The key register: versions with their custodians, what is due when, what was done and what can be done next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from approvals.models import Proposal
from custody import acts
from custody.factor import PREFIX
from custody.models.drills import EscrowDrill
from lawbook.queries import fact
from vault import epochs, keks
from vault.keks import Life
from vault.queries import KeyRegister, key_register

KEK_TERM, DRILL_TERM = "kek_rotation_interval", "escrow_drill_interval"
LATEST = 50


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to be done again by a time: "kek" (the next rotation) or "drill"."""

    code: str
    last: datetime | None
    until: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A key act that two custodians signed."""

    id: UUID
    kind: str
    content: Mapping[str, object]
    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """An act that could come next, on a version, epoch or suite; `refusal` is the code of why it cannot yet."""

    kind: str
    number: int
    refusal: str

    @property
    def content(self) -> dict[str, int]:
        """What is proposed."""
        return {acts.NUMBERED[self.kind]: self.number}


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that the page and the report show."""

    keys: KeyRegister
    custodians: Mapping[int, tuple[str, ...]]
    dues: tuple[Due, ...]
    done: tuple[Done, ...]
    drills: tuple[EscrowDrill, ...]
    steps: tuple[Step, ...]

    @property
    def overdue(self) -> tuple[Due, ...]:
        """What should have been done already."""
        return tuple(one for one in self.dues if one.overdue)


def register(at: datetime) -> Register:
    """Return the register as it stands; what is due is reckoned to `at`."""
    keys, life = key_register(), keks.life()
    drills = tuple(EscrowDrill.objects.all()[:LATEST])
    people = _people({one.proposal for line in keys.keks for one in line.acts})
    return Register(
        keys=keys,
        custodians={
            line.version: _together(people.get(one.proposal, ()) for one in line.acts) for line in keys.keks
        },
        dues=(_due("kek", KEK_TERM, keys.wraps_since, at), _drill_due(drills, keys, at)),
        done=_done(),
        drills=drills,
        steps=tuple(_steps(life, keys)),
    )


def _steps(life: Life, keys: KeyRegister) -> Iterable[Step]:
    """Return the acts that make sense, those that cannot be done yet with the reason."""
    wanted = _on_keks(life)
    if keys.epochs:
        wanted.append((acts.REINDEX, epochs.epoch_to_begin()))
    wanted += [(acts.RESEAL, suite) for suite in keys.suites]
    order = {kind: place for place, kind in enumerate(acts.ALL)}
    for kind, number in sorted(wanted, key=lambda one: (order[one[0]], one[1])):
        step = Step(kind, number, acts.refusal(kind, {acts.NUMBERED[kind]: number}, life))
        if step.refusal != "key_job_unknown":
            yield step


def _on_keks(life: Life) -> list[tuple[str, int]]:
    wanted: list[tuple[str, int]] = [(acts.CREATE, life.following), (acts.REWRAP, life.current)]
    for kek in life.keks:
        if kek.state == keks.WAITING:
            wanted += [(acts.PROMOTE, kek.version), (acts.RETIRE, kek.version)]
        if kek.state == keks.DECRYPT_ONLY:
            wanted.append((acts.DESTROY, kek.version))
        if kek.state != keks.GONE and not kek.compromised:
            wanted.append((acts.COMPROMISE, kek.version))
    if life.minimum < life.current:
        wanted.append((acts.RAISE_MINIMUM, life.current))
    return wanted


def _due(code: str, term: str, last: datetime | None, at: datetime) -> Due:
    until = fact(term, at).term.after(last) if last else None
    return Due(code, last, until, until is None or until <= at)


def _drill_due(drills: Sequence[EscrowDrill], keys: KeyRegister, at: datetime) -> Due:
    held = next((one.held_on for one in drills if one.opened), None)
    if held is None:
        # None was held yet: the first is due as long after the keys were made as later ones after each other.
        due = _due("drill", DRILL_TERM, keys.keks[0].made_at, at)
        return Due("drill", None, due.until, due.overdue)
    day = timezone.make_aware(datetime.combine(held, datetime.min.time()))
    return _due("drill", DRILL_TERM, day, at)


def _done() -> tuple[Done, ...]:
    rows = (
        Proposal.objects.filter(kind__startswith=PREFIX, applied_at__isnull=False)
        .prefetch_related("signatures")
        .order_by("-applied_at")[:LATEST]
    )
    return tuple(
        Done(row.pk, row.kind, row.content, row.applied_at, _signers(row)) for row in rows if row.applied_at
    )


def _people(proposals: set[UUID]) -> dict[UUID, tuple[str, ...]]:
    rows = Proposal.objects.filter(pk__in=proposals).prefetch_related("signatures")
    return {row.pk: _signers(row) for row in rows}


def _signers(row: Proposal) -> tuple[str, ...]:
    return (row.proposer_number, *(one.signer_number for one in row.signatures.all()))


def _together(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for group in groups for number in group))
