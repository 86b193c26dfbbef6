"""The master keys of the restricted host as its pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from restricted import keks
from restricted.models import KeyAct
from restricted.words import act_state_words, key_act_words, key_refusal_words, key_state_words
from trail.actor import Actor
from vault.keks import Kek, Life, refusal
from vault.models import CREATED, DESTROYED, PROMOTED


@dataclass(frozen=True, slots=True, kw_only=True)
class KekShown:
    """One version. `people`: who proposed and who approved that it was made."""

    version: int
    state: str
    state_words: str
    data_keys: int
    compromised: bool
    created_at: datetime | None
    promoted_at: datetime | None
    destroyed_at: datetime | None
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActShown:
    """One proposed act. `answers` where the reader may answer it; `why_not` where it was approved but cannot be done
    as things stand."""

    id: UUID
    fact: str
    version: int
    title: str
    proposer: str
    at: datetime
    ends_at: datetime
    answered: str
    state: str
    state_words: str
    open: bool
    answers: bool
    hash: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """An act that could be proposed, or why it cannot yet."""

    fact: str
    version: int
    title: str
    why_not: str


def kek_shown(kek: Kek, known: Life) -> KekShown:
    """Return a version as the page shows it."""
    made = kek.facts.get(CREATED)
    act: KeyAct | None = getattr(made, "act", None)
    return KekShown(
        version=kek.version,
        state=kek.state,
        state_words=key_state_words(kek.state),
        data_keys=kek.data_keys,
        compromised=kek.compromised,
        created_at=kek.at(CREATED),
        promoted_at=kek.at(PROMOTED),
        destroyed_at=kek.at(DESTROYED),
        people=f"{act.name} {act.number}, {act.answer.name} {act.answer.number}" if act else "",
    )


def act_shown(act: KeyAct, known: Life, reader: Actor, at: datetime) -> ActShown:
    """Return an act as its reader sees it."""
    state = keks.state(act, at)
    answer = getattr(act, "answer", None)
    why_not = refusal(act.fact, act.version, known) if state == keks.APPROVED else ""
    return ActShown(
        id=act.pk,
        fact=act.fact,
        version=act.version,
        title=f"{key_act_words(act.fact)} · {act.version}",
        proposer=f"{act.name} {act.number}",
        at=act.at,
        ends_at=act.at + keks.TERM,
        answered=f"{answer.name} {answer.number}" if answer else "",
        state=state,
        state_words=act_state_words(state),
        open=state in (keks.WAITING, keks.APPROVED),
        answers=state == keks.WAITING and act.person != reader.id,
        hash=keks.content_hash(act).hex(),
        why_not=key_refusal_words(why_not) if why_not else "",
    )


def step_shown(fact: str, version: int, why_not: str) -> StepShown:
    """Return an act that could come next."""
    return StepShown(
        fact=fact,
        version=version,
        title=f"{key_act_words(fact)} · {version}",
        why_not=key_refusal_words(why_not) if why_not else "",
    )
