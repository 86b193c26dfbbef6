"""What an XLSX file is made of, looked at before anything opens it: names, sizes, XML without definitions."""

import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from documents.limits import MIB, Limits
from documents.problems import Unreadable

_CHUNK = 256 * 1024
_RATIO_COUNTS_FROM = 8 * MIB
_ENCRYPTED = 0x1
_REFERENCE = re.compile("([A-Za-z]{1,4})([0-9]{1,8})")
_OTHERS = {
    "xl/workbook.bin": "xlsb",
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "content.xml": "ods",
}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _Sheet:
    """Follows the cells of one sheet. The reader fills the rectangle from A1 to the last that holds something."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._row = self._at = self._bottom = self._right = 0
        self.is_sheet: bool | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self.is_sheet is None:
            self.is_sheet = local == "worksheet"
        if local == "c":
            self._at += 1
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            if found:
                self._at, self._row = _column(found[1]), int(found[2])
        elif local == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._at = 0
        elif local in ("v", "is", "f", "t"):
            self._grow(self._row, self._at)

    def _grow(self, row: int, column: int) -> None:
        if row <= self._bottom and column <= self._right:
            return
        self._bottom, self._right = max(self._bottom, row), max(self._right, column)
        if self._bottom * self._right > self._limit:
            raise Unreadable("too_many_cells", limit=self._limit)


def _forbidden(*_: object) -> int:
    raise Unreadable("forbidden_xml")


def _xml_reader(limits: Limits) -> expat.XMLParserType:
    # UTF-8 whatever the part declares: the workbook reader takes it for UTF-8 too.
    parser = expat.ParserCreate("utf-8")
    sheet = _Sheet(limits.cells)

    def first(name: str, attributes: dict[str, str]) -> None:
        sheet.start(name, attributes)
        parser.StartElementHandler = sheet.start if sheet.is_sheet else None

    # SECURITY: no document type, so no entities that expand and none that fetch.
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    parser.ExternalEntityRefHandler = _forbidden
    parser.StartElementHandler = first
    return parser


def _check_names(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise Unreadable("unsafe_archive")
    seen: set[str] = set()
    for part in parts:
        name = part.orig_filename
        path = PurePosixPath(name)
        folded = name.casefold()
        if path.is_absolute() or ".." in path.parts or folded in seen or re.search(r"[\\:\x00-\x1f]", name):
            raise Unreadable("unsafe_archive")
        seen.add(folded)


def _check_sizes(parts: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    _check_inflated(sum(part.file_size for part in parts), size, limits)


def _check_inflated(total: int, size: int, limits: Limits) -> None:
    if total > limits.inflated or (total > _RATIO_COUNTS_FROM and total > size * limits.inflate_ratio):
        raise Unreadable("inflates_too_much")


def _check_format(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    for name, kind in _OTHERS.items():
        if name in names:
            raise Unreadable("unsupported_format", format=kind)
    raise Unreadable("unsupported_format", format="zip")


def _read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> int:
    """Read one part to its end (its checksum is compared there); return its true size."""
    read, parser = 0, None
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            if read == 0 and chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                parser = _xml_reader(limits)
            elif read == 0 and part.filename.lower().endswith((".xml", ".rels")):
                raise Unreadable("damaged")
            read += len(chunk)
            if read > limits.inflated:
                raise Unreadable("inflates_too_much")
            if parser:
                parser.Parse(chunk, False)
        if parser:
            parser.Parse(b"", True)
    return read


def check_xlsx(stream: BinaryIO, size: int, limits: Limits) -> None:
    """Look through an XLSX file of `size` bytes without opening it as one.

    :raises Unreadable: damaged, encrypted, unsafe_archive, inflates_too_much, forbidden_xml, too_many_cells,
        unsupported_format.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_names(parts, limits)
            _check_sizes(parts, size, limits)
            _check_format({part.filename.casefold() for part in parts})
            if any(part.flag_bits & _ENCRYPTED for part in parts):
                raise Unreadable("encrypted")
            total = 0
            for part in parts:
                total += _read_part(archive, part, limits)
                _check_inflated(total, size, limits)
    except _BROKEN:
        raise Unreadable("damaged") from None
    except (expat.ExpatError, RuntimeError):
        raise Unreadable("damaged") from None
