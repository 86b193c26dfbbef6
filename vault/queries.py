"""The key register: versions, states, ages and counts. No key, no subject."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min

from vault import keks
from vault.away import KeysAway
from vault.envelope import SUITE, SUITES
from vault.keyring import deployment_id
from vault.models import CREATED, DESTROYED, PROMOTED, DataKey, Generation, KekUse
from vault.providers import provider

WRAPS_LIMIT = 2**32
"""Random nonces under one AES-GCM key stay safe up to here (NIST SP 800-38D §8.3); rotate long before."""
ALGORITHM = "AES-256-GCM"


@dataclass(frozen=True, slots=True)
class KekLine:
    """One KEK version: what it does, what lies under it now, and what it wrapped in its life."""

    version: int
    state: str
    compromised: bool
    unwraps: bool
    held: bool
    data_keys: int
    wraps: int
    made_at: datetime
    promoted_at: datetime | None
    destroyed_at: datetime | None
    used_share: float
    acts: tuple[keks.Stated, ...]


@dataclass(frozen=True, slots=True)
class DomainLine:
    """The data keys of one domain."""

    domain: str
    data_keys: int
    highest_version: int
    oldest: datetime
    versions: tuple[tuple[int, int], ...] = ()
    """(version, how many data keys): a value may lie under each that is there."""


@dataclass(frozen=True, slots=True)
class KeyRegister:
    """What the keyring and the provider of this process tell of keys."""

    deployment: UUID
    generation: int
    current: int
    minimum: int
    wraps_since: datetime
    keks: tuple[KekLine, ...]
    domains: tuple[DomainLine, ...]
    epochs: tuple[int, ...]
    """None while the site is sealed: they lie with the keys."""
    suites: tuple[int, ...]
    """Suites that values can be sealed in, besides the one that new values are."""


def key_register() -> KeyRegister:
    """Return the register of keys as it stands."""
    life, first = keks.life(), keks.first_made_at()
    uses = {use.kek_version: use.wraps for use in KekUse.objects.all()}
    domains = DataKey.objects.values("domain").annotate(
        data_keys=Count("subject"), highest_version=Max("version"), oldest=Min("created_at")
    )
    versions: dict[str, list[tuple[int, int]]] = {}
    counted = DataKey.objects.values_list("domain", "version").annotate(Count("subject"))
    for domain, version, count in counted.order_by("domain", "version"):
        versions.setdefault(domain, []).append((version, count))
    lines = tuple(_line(kek, life.minimum, uses.get(kek.version, 0), first) for kek in life.keks)
    active = next(line for line in lines if line.version == life.current)
    return KeyRegister(
        deployment=deployment_id(),
        generation=Generation.objects.get().number,
        current=life.current,
        minimum=life.minimum,
        wraps_since=active.promoted_at or active.made_at,
        keks=lines,
        domains=tuple(
            DomainLine(**row, versions=tuple(versions[row["domain"]])) for row in domains.order_by("domain")
        ),
        epochs=_epochs(),
        suites=tuple(suite for suite in sorted(SUITES) if suite != SUITE),
    )


def _epochs() -> tuple[int, ...]:
    try:
        return tuple(provider().epochs())
    except KeysAway:
        return ()


def _line(kek: keks.Kek, minimum: int, wraps: int, first: datetime) -> KekLine:
    return KekLine(
        version=kek.version,
        state=kek.state,
        compromised=kek.compromised,
        unwraps=kek.version >= minimum and kek.state != keks.GONE,
        held=kek.held,
        data_keys=kek.data_keys,
        wraps=wraps,
        made_at=kek.at(CREATED) or first,
        promoted_at=kek.at(PROMOTED),
        destroyed_at=kek.at(DESTROYED),
        used_share=wraps / WRAPS_LIMIT,
        acts=tuple(kek.facts.values()),
    )
