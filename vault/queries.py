"""The key register: versions, ages and counts. No key, no subject."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Min

from vault.keyring import deployment_id
from vault.models import DataKey, Generation, KekUse
from vault.providers import provider

WRAPS_LIMIT = 2**32
"""Random nonces under one AES-GCM key stay safe up to here (NIST SP 800-38D §8.3); rotate long before."""


@dataclass(frozen=True, slots=True)
class KekLine:
    """One KEK version: whether it wraps new keys, what it holds now, and what it wrapped in its life."""

    version: int
    current: bool
    held: bool
    data_keys: int
    wraps: int
    first_used_at: datetime | None
    age: timedelta | None
    used_share: float


@dataclass(frozen=True, slots=True)
class DomainLine:
    """The data keys of one domain."""

    domain: str
    data_keys: int
    highest_version: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class KeyRegister:
    """Everything the custodian's page shows."""

    deployment: UUID
    generation: int
    keks: tuple[KekLine, ...]
    domains: tuple[DomainLine, ...]
    epochs: tuple[int, ...]


def key_register(at: datetime) -> KeyRegister:
    """Return the register of keys as it stands; `at` is the time that ages are reckoned to."""
    kek = provider()
    held = list(kek.versions())
    counts = dict(DataKey.objects.values_list("kek_version").annotate(Count("subject")).order_by())
    uses = {use.kek_version: use for use in KekUse.objects.all()}
    domains = DataKey.objects.values("domain").annotate(
        data_keys=Count("subject"), highest_version=Max("version"), oldest=Min("created_at")
    )
    return KeyRegister(
        deployment=deployment_id(),
        generation=Generation.objects.get().number,
        keks=tuple(
            _line(version, held, counts.get(version, 0), uses.get(version), at)
            for version in sorted({*held, *counts, *uses})
        ),
        domains=tuple(DomainLine(**row) for row in domains.order_by("domain")),
        epochs=tuple(kek.epochs()),
    )


def _line(version: int, held: list[int], data_keys: int, use: KekUse | None, at: datetime) -> KekLine:
    wraps = use.wraps if use else 0
    return KekLine(
        version=version,
        current=version == held[-1],
        held=version in held,
        data_keys=data_keys,
        wraps=wraps,
        first_used_at=use.first_used_at if use else None,
        age=at - use.first_used_at if use else None,
        used_share=wraps / WRAPS_LIMIT,
    )
