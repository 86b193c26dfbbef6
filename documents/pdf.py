"""A writer of PDFs in Chinese and English: headings, paragraphs, pairs, tables, charts, a foot on every page.

The same input gives the same bytes, so that hashes can be compared. Text is text: nothing in it is markup, and
nothing is fetched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from documents.charts import Chart
from documents.fonts import Fonts

__all__ = ["Chart", "Column", "Fonts", "Heading", "KeyValues", "Paragraph", "Part", "Table", "write_pdf"]

LONGEST_TEXT = 20_000
"""Characters of one paragraph or cell: laying it out takes a bounded time."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names what follows; level 1 is the title of the document."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line end starts a new line. `quiet` is smaller and lighter."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Pairs of a name and what it is, one below the other."""

    pairs: Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. Widths are relative to each other."""

    name: str
    width: float = 1
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that comes again on every page; rows may be an iterator of any length."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]


Part = Heading | Paragraph | KeyValues | Table | Chart


def write_pdf(
    target: str | os.PathLike[str] | BinaryIO,
    parts: Iterable[Part],
    *,
    fonts: Fonts,
    title: str,
    author: str,
    language: str,
    at: datetime,
    foot: str,
    page_words: str = "{page} / {pages}",
    wide: bool = False,
) -> int:
    """Write a document on A4 and return the number of pages.

    :param target: a path, or a binary file that need not be seekable.
    :param language: of the text, "zh-CN" or "en".
    :param at: the time of writing, kept as a file property.
    :param foot: the watermark at the foot of every page: who, when, which event.
    :param page_words: with `{page}` and `{pages}`, at the foot too.
    :param wide: whether the pages lie on their long side.
    :raises ValueError: a paragraph or a cell has more than `LONGEST_TEXT` characters.
    """
    # It loads reportlab: a tenth of each start, and few processes write a document.
    from documents import typesetting

    return typesetting.write(
        target,
        parts,
        fonts=fonts,
        title=title,
        author=author,
        language=language,
        at=at,
        foot=foot,
        page_words=page_words,
        wide=wide,
    )
