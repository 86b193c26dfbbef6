"""Rows of a text file: comma, semicolon or tab, quoted line ends, true line numbers."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from documents.escaping import restored
from documents.limits import Limits
from documents.problems import Unreadable

_DELIMITERS = ",;\t"
_LONGEST_LINE = 1024 * 1024  # characters
_SAMPLE_LINES = 50


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) >= _LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise Unreadable("cell_too_long", limit=_LONGEST_LINE, line=number)
        yield line


def _opened(stream: BinaryIO, encoding: str, start: int) -> io.TextIOWrapper:
    stream.seek(start)
    return io.TextIOWrapper(
        io.BufferedReader(_Borrowed(stream)), encoding=encoding, errors="strict", newline=""
    )


class _Borrowed(io.RawIOBase):
    """A stream that stays open when the text layer above it is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _score(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how alike the rows are in width with this delimiter, and that width."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0, 0
    width, count = wide.most_common(1)[0]
    return count / len(widths), width


def _find_delimiter(stream: BinaryIO, encoding: str, start: int) -> tuple[str, bool]:
    """Return the delimiter, and whether the first line says so itself ("sep=;")."""
    with _opened(stream, encoding, start) as text:
        lines = [line for line, _ in zip(_lines(text), range(_SAMPLE_LINES), strict=False)]
    declared = lines[0].strip().strip('"') if lines else ""
    if declared[:4].lower() == "sep=" and len(declared) == 5:
        return declared[4], True
    if lines and lines[0].strip("\r\n").lower() == "sep=\t":
        return "\t", True
    return max(_DELIMITERS, key=lambda delimiter: _score(lines, delimiter)), False


def read_delimited(
    stream: BinaryIO, encoding: str, start: int, limits: Limits
) -> tuple[str, Iterator[tuple[int, list[str], list[int]]]]:
    """Return the delimiter and an iterator of line number, cells, and (always empty) rounded columns.

    The line number is that of the row's first line: quoted cells may hold line ends.

    :raises Unreadable: cell_too_long, bad_quotes; from the iterator too.
    """
    delimiter, declared = _find_delimiter(stream, encoding, start)
    return delimiter, _rows(stream, encoding, start, delimiter, declared)


def _rows(
    stream: BinaryIO, encoding: str, start: int, delimiter: str, declared: bool
) -> Iterator[tuple[int, list[str], list[int]]]:
    with _opened(stream, encoding, start) as text:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        line = 1
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field limit" in str(error):
                    raise Unreadable("cell_too_long", limit=csv.field_size_limit(), line=line) from None
                raise Unreadable("bad_quotes", line=line) from None
            if not (declared and line == 1):
                yield line, restored(row), []
            line = reader.line_num + 1
