"""Whose data may not be destroyed now, whatever is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What may not be destroyed before a time: one field, or with "" everything of a customer.

    `basis`: floor or hold.
    """

    customer_ref: UUID
    field: str
    until: datetime
    basis: str


def held_back(refs: Collection[UUID], at: datetime) -> list[HeldBack]:
    """Return what of these customers may not be destroyed at a time: by a hold, or by the floor of a law."""
    return []


def kept(parts: Mapping[UUID, Collection[str]], at: datetime) -> set[UUID]:
    """Return which customers of a batch stay as they are for now: something of what is to go is held back.

    :param parts: the fields by customer; none named is all of them.
    """
    return {
        one.customer_ref
        for one in held_back(parts.keys(), at)
        if not one.field or not parts[one.customer_ref] or one.field in parts[one.customer_ref]
    }
