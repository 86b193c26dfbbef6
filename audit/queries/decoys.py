"""The customers that were planted, so that touching one tells of whoever does."""

from uuid import UUID


def refs() -> frozenset[UUID]:
    """Return the decoy customers; none is planted yet."""
    return frozenset()
