"""Tables from strangers: CSV, XLSX and XLS, told apart by their content and never by their name.

    with read_table(upload) as table:
        table.header                 # the column names
        for row in table.rows: ...   # Row(line, cells, rounded)

Every file that cannot be read gives one `Unreadable` with a code. Memory is bounded by `Limits`, nothing touches a
disk, macros and formulas are never run (a formula counts as its last result).
"""

import io
from collections.abc import Iterator
from itertools import chain, islice
from types import TracebackType
from typing import BinaryIO, NamedTuple

from documents.archives import check_xlsx
from documents.delimited import read_delimited
from documents.encodings import find_encoding
from documents.limits import STANDARD, Limits
from documents.problems import PROBLEMS, Unreadable
from documents.workbooks import Workbook

__all__ = ["PROBLEMS", "STANDARD", "Limits", "Row", "Table", "Unreadable", "read_table"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_TITLE_ROWS = 5
_NONE: frozenset[int] = frozenset()
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"SQLite format 3", "sqlite"),
    (b"{\\rtf", "rtf"),
    (b"\x09\x00\x04\x00", "xls (before Excel 5)"),
    (b"\x09\x02\x06\x00", "xls (before Excel 5)"),
    (b"\x09\x04\x06\x00", "xls (before Excel 5)"),
)
Raw = tuple[int, list[str], list[int]]


class Row(NamedTuple):
    """One row: its first line (or sheet row) counted from 1, its cells, at least as many as the header has."""

    line: int
    cells: tuple[str, ...]
    rounded: frozenset[int] = frozenset()  # columns from 0 whose number a spreadsheet has rounded


class Table:
    """A file while it is read; a context manager. `rows` can be gone through once."""

    def __init__(
        self,
        raw: Iterator[Raw],
        limits: Limits,
        *,
        format: str,
        encoding: str = "",
        delimiter: str = "",
        workbook: Workbook | None = None,
    ) -> None:
        self.format = format  # "csv", "xlsx" or "xls"
        self.encoding = encoding
        self.delimiter = delimiter
        self.sheets: tuple[str, ...] = workbook.sheets if workbook else ()
        self.sheet: str = workbook.sheet if workbook else ""
        self._workbook = workbook
        self._limits = limits
        kept = (row for row in raw if any(cell.strip() for cell in row[1]))
        first = list(islice(kept, _TITLE_ROWS))
        if not first:
            raise Unreadable("no_rows")
        at = _header_at(first)
        self.header_line = first[at][0]
        self.header: tuple[str, ...] = tuple(cell.strip() for cell in self._fit(first[at], 0).cells)
        self.rows: Iterator[Row] = self._fitted(chain(first[at + 1 :], kept))

    def _fit(self, raw: Raw, width: int) -> Row:
        line, cells, rounded = raw
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > self._limits.columns:
            raise Unreadable("too_many_columns", limit=self._limits.columns, line=line)
        if max(map(len, cells), default=0) > self._limits.cell_length:
            raise Unreadable("cell_too_long", limit=self._limits.cell_length, line=line)
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        return Row(line, tuple(cells), frozenset(rounded) if rounded else _NONE)

    def _fitted(self, raw: Iterator[Raw]) -> Iterator[Row]:
        width = len(self.header)
        for count, row in enumerate(raw, 1):
            if count > self._limits.rows:
                raise Unreadable("too_many_rows", limit=self._limits.rows)
            yield self._fit(row, width)

    def close(self) -> None:
        """Let go of the file. The stream that was handed in stays open."""
        if self._workbook:
            self._workbook.close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _header_at(first: list[Raw]) -> int:
    """Return which row holds the column names: lines of one cell above a wider row are titles or watermarks."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells, _ in first]
    at = 0
    while at + 1 < len(filled) and filled[at] == 1 and max(filled[at + 1 :]) > 1:
        at += 1
    return at


def _format(head: bytes) -> str:
    """Return "zip", "ole" or "text" by the first bytes.

    :raises Unreadable: unsupported_format.
    """
    if head.startswith(b"PK"):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise Unreadable("unsupported_format", format=name)
    beginning = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:64].lower()
    if beginning.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")):
        raise Unreadable("unsupported_format", format="xml" if beginning.startswith(b"<?xml") else "html")
    return "text"


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, io.SEEK_END)


def _seekable(source: bytes | BinaryIO, limits: Limits) -> BinaryIO:
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    if source.seekable():
        return source
    held = source.read(limits.size + 1)
    return io.BytesIO(held)


def read_table(source: bytes | BinaryIO, *, sheet: str = "", limits: Limits = STANDARD) -> Table:
    """Open a table from bytes or a binary file. Use it as a context manager.

    :param sheet: name of the sheet of a workbook; the first visible one that holds something by default.
    :raises Unreadable: the file is refused; `Table.rows` raises it too.
    """
    stream = _seekable(source, limits)
    size = _size(stream)
    if size == 0:
        raise Unreadable("empty_file")
    stream.seek(0)
    form = _format(stream.read(4096))
    most = limits.size if form == "text" else min(limits.size, limits.workbook_size)
    if size > most:
        raise Unreadable("too_big", limit=most)
    if form == "text":
        encoding, start = find_encoding(stream)
        delimiter, raw = read_delimited(stream, encoding, start, limits)
        return Table(raw, limits, format="csv", encoding=encoding, delimiter=delimiter)
    if form == "zip":
        stream.seek(0)
        check_xlsx(stream, size, limits)
    stream.seek(0)
    data = stream.read()
    if form == "ole" and _ENCRYPTED_PACKAGE in data:
        raise Unreadable("encrypted")
    workbook = Workbook(data, sheet=sheet, limits=limits)
    try:
        return Table(workbook.rows(), limits, format="xlsx" if form == "zip" else "xls", workbook=workbook)
    except BaseException:
        workbook.close()
        raise
