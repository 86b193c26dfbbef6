"""The Merkle tree of RFC 6962: roots and proofs from the hashes of whole subtrees. Pure; nothing is stored here.

A hash is asked for by (level, index): the subtree over leaves [index, index + 1) * 2**level, whole and to the left of
everything that is not. Such a hash never changes, so it may be stored (`trail.sealing.store`). What verifies lies in
`trail.standalone.verify_trail`, which outsiders run without us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from trail.standalone.verify_trail import Fold, node_hash

Read = Callable[[int, int], bytes]
"""Return the hash of the whole subtree of this level and index."""


def root(size: int, read: Read) -> bytes:
    """Return the root of the tree over the first `size` leaves (RFC 6962 §2.1)."""
    return _hash(0, size, read) if size else sha256().digest()


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """Return the proof that leaf `index` lies in the tree of `size` leaves (RFC 6962 §2.1.1).

    :raises ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    return list(reversed(list(_path(index, 0, size, read))))


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with that of `old` leaves (RFC 6962 §2.1.2).

    :raises ValueError: the old tree is empty or larger than the new one.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not extend one of {old}")
    return list(reversed(list(_subproof(old, 0, new, True, read))))


def subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the largest whole subtrees that tile leaves [start, end), from the left, as (level, index)."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def extend(fold: Fold, digests: Sequence[bytes]) -> list[tuple[int, int, list[bytes]]]:
    """Add leaves to a tree; return the whole subtrees that they complete, by level: (level, first index, hashes).

    The same as `Fold.add` of each, a level at once.
    """
    level, first, row = 0, fold.end, list(digests)
    made, left = [], []
    fold.end += len(row)
    while row:
        if first % 2:
            row = [fold.nodes.pop()[2], *row]
        if len(row) % 2:
            left.append((level, first - first % 2 + len(row) - 1, row[-1]))
        level, first = level + 1, first // 2
        # `node_hash`, without a call for each.
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + one + two).digest() for one, two in pairs]
        made.append((level, first, row))
    fold.nodes += reversed(left)
    return made


def _hash(start: int, end: int, read: Read) -> bytes:
    pieces = [read(level, index) for level, index in subtrees(start, end)]
    digest = pieces.pop()
    for left in reversed(pieces):
        digest = node_hash(left, digest)
    return digest


def _half(start: int, end: int) -> int:
    """Return where the left part ends: the largest power of two smaller than the number of leaves."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _path(index: int, start: int, end: int, read: Read) -> Iterator[bytes]:
    """Yield the siblings on the way from the root down to a leaf."""
    while end - start > 1:
        half = _half(start, end)
        if index < half:
            yield _hash(half, end, read)
            end = half
        else:
            yield _hash(start, half, read)
            start = half


def _subproof(old: int, start: int, end: int, whole: bool, read: Read) -> Iterator[bytes]:
    """Yield the proof from the root down; `whole`: the verifier knows the old tree's root already."""
    while old < end:
        half = _half(start, end)
        if old <= half:
            yield _hash(half, end, read)
            end = half
        else:
            yield _hash(start, half, read)
            start, whole = half, False
    if not whole:
        yield _hash(start, end, read)
