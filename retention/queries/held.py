"""Whose data may not be destroyed now, whatever is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from retention.queries.listing import held_back


def kept(parts: Mapping[UUID, Collection[str]], at: datetime) -> set[UUID]:
    """Return which customers of a batch stay as they are for now: something of what is to go is held back.

    :param parts: the fields by customer; none named is all of them.
    """
    return {
        one.customer_ref
        for one in held_back(parts.keys(), at)
        if not one.field or not parts[one.customer_ref] or one.field in parts[one.customer_ref]
    }


def keeps(ref: UUID, field: str, at: datetime) -> bool:
    """Tell whether a hold or the floor of a law keeps one field of a customer now."""
    return bool(kept({ref: [field]}, at))
