"""Which encoding a text file is in: decided over the whole file, so that nothing is read half."""

import codecs
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from documents.problems import Unreadable

_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024
# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SURE_OF_UTF8 = (
    4  # characters of three bytes and more; in GB18030 text so many in a row do not happen by chance
)
_SEPARATORS = "\n\r,;\t"
_STRANGE = frozenset({"Co", "Cn", "Cs"})


def _chunks(stream: BinaryIO, start: int) -> Iterator[bytes]:
    stream.seek(start)
    while chunk := stream.read(_CHUNK):
        yield chunk


class _Scan:
    """One pass over the file in one encoding."""

    def __init__(self, stream: BinaryIO, encoding: str, start: int) -> None:
        self.line = 1
        self.wide = self.nul_line = 0
        self.failed = False
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        for chunk in _chunks(stream, start):
            if not self._take(decoder, chunk, encoding):
                return
        try:
            self._count(decoder.decode(b"", True))
        except UnicodeDecodeError:
            self.failed = True

    def _take(self, decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str) -> bool:
        try:
            self._count(decoder.decode(chunk))
        except UnicodeDecodeError as error:
            self._count(error.object[: error.start].decode(encoding, "ignore"))
            self.failed = True
        return not self.failed

    def _count(self, text: str) -> None:
        if "\x00" in text and not self.nul_line:
            self.nul_line = self.line + text[: text.index("\x00")].count("\n")
        self.line += text.count("\n")
        if self.wide < _SURE_OF_UTF8 and not text.isascii():
            wide = (character for character in text if character >= "\u0800")
            self.wide += sum(1 for _ in islice(wide, _SURE_OF_UTF8))


def _plausible(text: str) -> bool:
    """Tell whether a decoded sample reads like text: no controls, hardly a character that nobody writes."""
    strange = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc" and character not in "\t\r\n":
            return False
        strange += category in _STRANGE
    return strange * 100 <= len(text)


def _sample(stream: BinaryIO, encoding: str, start: int) -> str:
    stream.seek(start)
    return codecs.getincrementaldecoder(encoding)("replace").decode(stream.read(_SAMPLE))


def _utf16_without_mark(stream: BinaryIO) -> str:
    """Return the byte order whose line ends and separators make sense, or an empty text."""
    stream.seek(0)
    head = stream.read(_SAMPLE)
    bytes_like_separators = sum(head.count(mark.encode()) for mark in _SEPARATORS)
    likely: list[tuple[int, str]] = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _sample(stream, encoding, 0)
        separators = sum(text.count(mark) for mark in _SEPARATORS)
        if (
            separators
            and separators * 2 >= bytes_like_separators
            and "\ufffd" not in text
            and _plausible(text)
        ):
            likely.append((separators, encoding))
    return max(likely)[1] if likely else ""


def find_encoding(stream: BinaryIO) -> tuple[str, int]:
    """Return the encoding of a whole text file and the length of its byte order mark.

    :raises Unreadable: wrong_encoding, nul_bytes.
    """
    stream.seek(0)
    head = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if not encoding:
                raise Unreadable("wrong_encoding", line=1)
            return _checked(stream, encoding, len(mark))
    if b"\x00" in head:
        encoding = _utf16_without_mark(stream)
        if not encoding:
            raise Unreadable("nul_bytes", line=head[: head.index(b"\x00")].count(b"\n") + 1)
        return _checked(stream, encoding, 0)
    scan = _Scan(stream, "utf-8", 0)
    if not scan.failed:
        if scan.nul_line:
            raise Unreadable("nul_bytes", line=scan.nul_line)
        return "utf-8", 0
    if scan.wide >= _SURE_OF_UTF8:
        raise Unreadable("wrong_encoding", line=scan.line)
    return _checked(stream, "gb18030", 0)


def _checked(stream: BinaryIO, encoding: str, start: int) -> tuple[str, int]:
    scan = _Scan(stream, encoding, start)
    if scan.failed:
        raise Unreadable("wrong_encoding", line=scan.line)
    if scan.nul_line:
        raise Unreadable("nul_bytes", line=scan.nul_line)
    if not _plausible(_sample(stream, encoding, start)):
        raise Unreadable("wrong_encoding", line=1)
    return encoding, start
