"""A leaked list as it came: CSV, workbook or text, any separators, any encoding; read in memory and forgotten.

A row becomes its cells and whatever stands inside them (`kinds.inside`): "王伟(154 0000 0018)" names a mobile.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from documents.encodings import find_encoding
from documents.limits import Limits
from documents.problems import Unreadable
from documents.reading import read_table
from kinds.folding import fold
from kinds.inside import hits

MIB = 1024 * 1024
MOST_BYTES = 8 * MIB
MOST_ROWS = 10_000
"""What one request answers within a few seconds; a longer list is cut into several by whoever has it."""
LIMITS = Limits(size=MOST_BYTES, workbook_size=MOST_BYTES, rows=MOST_ROWS, columns=100, inflated=128 * MIB)
_WORKBOOK = (b"PK", b"\xd0\xcf\x11\xe0")
_SEPARATORS = re.compile('[,;:|\t，；：、。|/()（）\\[\\]【】<>《》"“”]+')
_LONGEST_LINE = 10_000

Rows = list[tuple[str, ...]]


class TooLong(ValueError):
    """The list has more than 10,000 rows, or more than 8 MiB."""


class Empty(ValueError):
    """There is nothing in the list."""


def read(content: bytes) -> Rows:
    """Return the rows of a list, each as its distinct texts.

    :raises TooLong, Empty: see there.
    :raises Unreadable: it is no text, CSV or workbook.
    """
    if len(content) > MOST_BYTES:
        raise TooLong
    cells = _workbook(content) if content.startswith(_WORKBOOK) else _lines(content)
    rows = [tokens for row in cells if (tokens := _tokens(row))]
    if not rows:
        raise Empty
    if len(rows) > MOST_ROWS:
        raise TooLong
    return rows


def _workbook(content: bytes) -> Iterable[tuple[str, ...]]:
    try:
        with read_table(content, limits=LIMITS) as table:
            return [table.header, *(row.cells for row in table.rows)]
    except Unreadable as refused:
        if refused.code in ("too_many_rows", "too_big"):
            raise TooLong from None
        raise


def _lines(content: bytes) -> Iterable[tuple[str, ...]]:
    """Take text line by line, whatever separates its cells: a missing quote must not swallow the rest."""
    if not content:
        raise Empty
    encoding, start = find_encoding(io.BytesIO(content))
    lines = content[start:].decode(encoding).splitlines()
    if len(lines) > 2 * MOST_ROWS:
        raise TooLong
    return [(line[:_LONGEST_LINE],) for line in lines]


def _tokens(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of a row: each cell, its parts, and the identifiers inside it."""
    found: dict[str, None] = {}
    for cell in cells:
        text = fold(cell)
        if not text:
            continue
        found[text] = None
        for part in _SEPARATORS.split(text):
            found[part.strip(" '’")] = None
            if " " in part:
                found.update(dict.fromkeys(part.split()))
        found.update(dict.fromkeys(hit.value for hit in hits(text)))
    return tuple(text for text in found if any(map(str.isalnum, text)))
