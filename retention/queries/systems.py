"""Downstream systems: which hold what is destroyed, and who of them was told of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from classification.queries import Catalogue
from retention.models import DestructionRecord, DownstreamSystem, SystemTold


def codes_held(system: DownstreamSystem, known: Catalogue) -> set[str]:
    """Return the fields that a system holds: those named, and those of the categories named."""
    return {*system.fields, *(spec.code for spec in known.fields if spec.category in system.categories)}


def holding(fields: Collection[str], known: Catalogue) -> list[dict[str, Any]]:
    """Return the systems that hold one of these fields, as a record keeps them; no fields named is all of them."""
    rows = DownstreamSystem.objects.filter(ended_at=None)
    return [
        {"system": str(row.pk), "name": row.name, "owner": row.owner, "how": row.how}
        for row in rows
        if not fields or codes_held(row, known) & set(fields)
    ]


def told_systems(record: DestructionRecord) -> list[tuple[Mapping[str, Any], SystemTold | None]]:
    """Return the systems that a record names, each with what was said to their owners, if they were told."""
    rows = {str(row.system_id): row for row in SystemTold.objects.filter(batch=record.batch_id)}
    return [(one, rows.get(one["system"])) for one in record.content.get("systems", ())]


def contacts(systems: Collection[str]) -> dict[str, str]:
    """Return the contacts of systems as the register has them today."""
    rows = DownstreamSystem.objects.filter(pk__in=[UUID(one) for one in systems])
    return {str(pk): contact for pk, contact in rows.values_list("pk", "contact")}
