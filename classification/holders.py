"""Who holds values of the fields. Packages above say so when they load, so that a signed change reaches them.

A signed version is a fact of this package; whoever holds values applies it to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Follow(Protocol):
    """Begin to apply a signed change, inside the transaction of its last signature."""

    def __call__(self, field: str, *, proposal: UUID, at: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Holder:
    """One place where values lie. `count` tells how many subjects have a value in a field."""

    count: Callable[[str], int]
    follow: Follow


_holders: list[Holder] = []


def register(holder: Holder) -> None:
    """Add a holder of values."""
    _holders.append(holder)


def count(field: str) -> int:
    """Return how many subjects have a value in a field."""
    return sum(holder.count(field) for holder in _holders)


def follow(field: str, *, proposal: UUID, at: datetime) -> None:
    """Let every holder begin to apply the version of a field that was just signed."""
    for holder in _holders:
        holder.follow(field, proposal=proposal, at=at)
