"""The life of KEK versions: facts in the keyring, only ever added; what is so now is computed from them.

A version is made, rolled out to every process, promoted (from then on it wraps, and the one before only unwraps),
takes over what older ones wrapped (`vault.rewrapping`); then the minimum is raised above the older ones, and those are
destroyed. Of version 1, which `make_keys` made, nothing need be told: without facts it is the current one.

The material lies in the provider. Each act is done once for its proposal, however often it is begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Count

from vault.away import KeysAway
from vault.models import (
    COMPROMISED,
    CREATED,
    DESTROYED,
    MINIMUM,
    PROMOTED,
    RETIRED,
    DataKey,
    Deployment,
    KekFact,
)
from vault.noticing import ALIAS, catch_up
from vault.providers import provider

WAITING, ACTIVE, DECRYPT_ONLY, GONE = "waiting", "active", "decrypt_only", "destroyed"
FIRST = 1


class Stated(Protocol):
    """A fact of a version, wherever it is kept: what came true, when, by whose proposal."""

    fact: str
    at: datetime

    @property
    def proposal(self) -> UUID:
        """The number of the proposal that two custodians agreed on."""


class KekRefused(Exception):
    """The act cannot be done as things stand; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Kek:
    """One version: what it does now, how many data keys lie under it, and when and by whose proposal it got there."""

    version: int
    state: str
    held: bool
    data_keys: int
    facts: Mapping[str, Stated] = field(default_factory=dict)

    @property
    def compromised(self) -> bool:
        """Whether two custodians said that others may know it."""
        return COMPROMISED in self.facts

    def at(self, fact: str) -> datetime | None:
        """Return when a fact came true."""
        stated = self.facts.get(fact)
        return stated.at if stated else None


@dataclass(frozen=True, slots=True)
class Life:
    """All versions that ever were, which one wraps, and the lowest that unwraps."""

    current: int
    minimum: int
    keks: Sequence[Kek]

    def get(self, version: int) -> Kek | None:
        """Return a version that is known."""
        return next((one for one in self.keks if one.version == version), None)

    @property
    def following(self) -> int:
        """The version that the next KEK gets."""
        return max(one.version for one in self.keks) + 1

    @property
    def under_older(self) -> int:
        """How many data keys lie under versions before the current one."""
        return sum(one.data_keys for one in self.keks if one.version < self.current)


def now() -> tuple[int, int]:
    """Return the version that wraps, and the lowest that unwraps."""
    catch_up(now=True)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("select current, minimum from vault_keknow")
        current, minimum = cursor.fetchone()
    return current, minimum


def life() -> Life:
    """Return every KEK version with its state; three queries."""
    current, minimum = now()
    facts: dict[int, dict[str, KekFact]] = {FIRST: {}}
    for one in KekFact.objects.all():
        facts.setdefault(one.version, {})[one.fact] = one
    counts = dict(DataKey.objects.values_list("kek_version").annotate(Count("subject")).order_by())
    try:
        held = set(provider().versions())
    except KeysAway:
        held = set()  # the register is read while the site is sealed, too
    return Life(
        current,
        minimum,
        [
            Kek(
                version,
                state_of(version, current, facts.get(version, {})),
                version in held,
                counts.get(version, 0),
                facts.get(version, {}),
            )
            for version in sorted(facts.keys() | counts.keys())
        ],
    )


def state_of(version: int, current: int, stated: Mapping[str, Stated]) -> str:
    """Return what a version does now. Pure."""
    if DESTROYED in stated:
        return GONE
    if version == current:
        return ACTIVE
    return DECRYPT_ONLY if version < current or RETIRED in stated else WAITING


def first_made_at() -> datetime:
    """Return when version 1 was made: with the keyring."""
    return Deployment.objects.get().created_at


def refusal(act: str, version: int, life: Life) -> str:
    """Return why a fact cannot be made true of a version as things stand, or nothing. Pure.

    kek_waiting, kek_changed, kek_unknown, kek_destroyed, kek_not_held, kek_not_waiting, kek_current, kek_so_already,
    kek_in_use, kek_unwraps.
    """
    if act == CREATED:
        if any(one.state == WAITING for one in life.keks):
            return "kek_waiting"
        return "" if version == life.following else "kek_changed"
    kek = life.get(version)
    if kek is None:
        return "kek_unknown"
    if kek.state == GONE:
        return "kek_destroyed"
    return _RULES[act](kek, life)


def _promotable(kek: Kek, life: Life) -> str:
    if kek.state != WAITING or kek.compromised:
        return "kek_not_waiting"
    return "" if kek.held else "kek_not_held"


def _retirable(kek: Kek, life: Life) -> str:
    if kek.state == ACTIVE:
        return "kek_current"
    return "kek_so_already" if kek.state == DECRYPT_ONLY else ""


def _compromisable(kek: Kek, life: Life) -> str:
    return "kek_so_already" if kek.compromised else ""


def _minimal(kek: Kek, life: Life) -> str:
    if kek.version <= life.minimum:
        return "kek_so_already"
    if kek.version > life.current:
        return "kek_not_current"
    # SECURITY: a data key below the minimum opens no more.
    return "kek_in_use" if any(one.data_keys for one in life.keks if one.version < kek.version) else ""


def _destroyable(kek: Kek, life: Life) -> str:
    if kek.state == ACTIVE:
        return "kek_current"
    # SECURITY: nothing may lie under a KEK that dies, and only below the minimum can nothing come under it meanwhile.
    if kek.data_keys:
        return "kek_in_use"
    return "kek_unwraps" if kek.version >= life.minimum else ""


_RULES = {
    PROMOTED: _promotable,
    RETIRED: _retirable,
    COMPROMISED: _compromisable,
    MINIMUM: _minimal,
    DESTROYED: _destroyable,
}


def create(version: int, *, proposal: UUID, at: datetime) -> None:
    """Make a KEK; it waits for its promotion, so that every process has it before anything lies under it.

    :raises KekRefused: kek_waiting, kek_changed.
    """
    if _is_done(CREATED, version, proposal):
        return
    _insist(CREATED, version)
    # One that is held and of which nothing is told was made by a process that was killed before it could.
    if version not in provider().versions() and provider().create_kek() != version:
        raise KekRefused("kek_changed")
    _state_it(CREATED, version, proposal=proposal, at=at)


def promote(version: int, *, proposal: UUID, at: datetime) -> None:
    """Let a waiting KEK wrap from now on; the one before only unwraps.

    :raises KekRefused: kek_not_waiting, kek_not_held and those of every act.
    """
    _state_it(PROMOTED, version, proposal=proposal, at=at)


def retire(version: int, *, proposal: UUID, at: datetime) -> None:
    """Say that a waiting KEK will never wrap.

    :raises KekRefused: kek_current, kek_so_already and those of every act.
    """
    _state_it(RETIRED, version, proposal=proposal, at=at)


def compromise(version: int, *, proposal: UUID, at: datetime) -> None:
    """Say that others may know a KEK; one that waits is never promoted then.

    :raises KekRefused: kek_so_already and those of every act.
    """
    _state_it(COMPROMISED, version, proposal=proposal, at=at)


def raise_minimum(version: int, *, proposal: UUID, at: datetime) -> None:
    """Let no version below this one unwrap any more; the database then takes no data key under one either.

    :raises KekRefused: kek_in_use: data keys lie under lower versions; kek_so_already, kek_not_current.
    """
    _state_it(MINIMUM, version, proposal=proposal, at=at)


def destroy(version: int, *, proposal: UUID, at: datetime) -> None:
    """Destroy a KEK: what it wrapped in any older copy of the keyring opens no more.

    :raises KekRefused: kek_current, kek_in_use, kek_unwraps: the minimum is not above it.
    """
    if _is_done(DESTROYED, version, proposal):
        return
    _insist(DESTROYED, version)
    provider().destroy_kek(version)
    _state_it(DESTROYED, version, proposal=proposal, at=at)


def _state_it(fact: str, version: int, *, proposal: UUID, at: datetime) -> None:
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        # SECURITY: one act at a time, and none while a data key is being written: its KEK would be counted as empty.
        cursor.execute("lock table vault_datakey in share row exclusive mode")
        if _is_done(fact, version, proposal):
            return
        _insist(fact, version)
        KekFact.objects.create(fact=fact, version=version, proposal=proposal, at=at)
        # Other processes look at their keys anew.
        cursor.execute("update vault_generation set number = number + 1")


def _is_done(fact: str, version: int, proposal: UUID) -> bool:
    return KekFact.objects.filter(fact=fact, version=version, proposal=proposal).exists()


def _insist(fact: str, version: int) -> None:
    code = refusal(fact, version, life())
    if code:
        raise KekRefused(code)
