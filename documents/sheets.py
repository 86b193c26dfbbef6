"""Writers of tables, XLSX and CSV, row by row.

The XLSX is written part by part straight into the archive: openpyxl, in both of its modes, first puts the sheet
into a temporary file in clear. Strings are text cells, so nothing rounds an identifier and nothing runs.
"""

import csv
import datetime
import io
import os
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import IO, BinaryIO
from xml.sax.saxutils import escape as xml_escape

from documents.escaping import escape, mark_number

Cell = str | int | Decimal | datetime.date | None
Target = str | os.PathLike[str] | BinaryIO
LONGEST_CELL = 32_767
_MOST_DIGITS = 15
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROPERTIES = {
    "title": "dc:title",
    "subject": "dc:subject",
    "creator": "dc:creator",
    "description": "dc:description",
    "keywords": "cp:keywords",
    "category": "cp:category",
    "identifier": "dc:identifier",
}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    ),
    # Cell styles: 0 plain, 1 text, 2 bold text.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat(*([" "] if isinstance(value, datetime.datetime) else []))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _cell(value: Cell, style: int, at: str) -> str:
    if value is None or value == "":
        return ""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = _text(value)
    if is_number and len(text.replace(".", "").lstrip("-0")) <= _MOST_DIGITS:
        return f'<c r="{at}"><v>{text}</v></c>'
    text = escape(_UNPRINTABLE.sub("", text))
    if len(text) > LONGEST_CELL:
        raise ValueError(f"a cell holds at most {LONGEST_CELL} characters")
    held = xml_escape(text, {"\r": "&#13;"})
    return f'<c r="{at}" t="inlineStr" s="{style}"><is><t xml:space="preserve">{held}</t></is></c>'


@cache
def _letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(65 + last)


def _row(values: Sequence[Cell], style: int, line: int) -> bytes:
    cells = (_cell(value, style, f"{_letters(column)}{line}") for column, value in enumerate(values))
    return f'<row r="{line}">{"".join(cells)}</row>'.encode()


def _core(properties: Mapping[str, str], at: datetime.datetime | None) -> str:
    elements = [
        f"<{_PROPERTIES[name]}>{xml_escape(_UNPRINTABLE.sub('', value))}</{_PROPERTIES[name]}>"
        for name, value in properties.items()
    ]
    if at is not None:
        stamp = at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        elements.append(f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>')
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{"".join(elements)}</cp:coreProperties>'
    )


def _write_sheet(part: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], banner: str) -> int:
    frozen = 2 if banner else 1
    part.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="{max(len(header), 1)}" width="20" customWidth="1"/></cols>'
        "<sheetData>".encode()
    )
    if banner:
        part.write(_row([banner], 2, 1))
    part.write(_row(header, 2, frozen))
    written = 0
    for written, row in enumerate(rows, 1):
        part.write(_row(row, 1, frozen + written))
    part.write(b"</sheetData></worksheet>")
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_xlsx(
    target: Target,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    properties: Mapping[str, str],
    banner: str,
    at: datetime.datetime | None = None,
    sheet: str = "Sheet1",
) -> int:
    """Write a workbook of one sheet and return the number of rows.

    :param target: a path, or a binary file that need not be seekable.
    :param properties: title, subject, creator, description, keywords, category, identifier.
    :param banner: the watermark row above the header; empty for none.
    :param at: the time of writing, kept as a file property.
    :raises ValueError: a cell is longer than a spreadsheet holds.
    """
    only = Sheet(name=sheet, header=header, rows=rows)
    return write_workbook(target, [only], properties=properties, banner=banner, at=at)[0]


def write_workbook(
    target: Target,
    sheets: Sequence[Sheet],
    *,
    properties: Mapping[str, str],
    banner: str,
    at: datetime.datetime | None = None,
) -> list[int]:
    """Write a workbook of several sheets and return the number of rows of each; see `write_xlsx`.

    :param banner: the watermark row above the header of every sheet.
    """
    names = _sheet_names([one.name for one in sheets])
    parts = {**_PARTS, **_book(names), "docProps/core.xml": _core(properties, at)}
    written = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, xml in parts.items():
            archive.writestr(zipfile.ZipInfo(path), _HEAD + xml, zipfile.ZIP_DEFLATED)
        for number, one in enumerate(sheets, 1):
            part = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            part.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(part, "w", force_zip64=True) as opened:
                written.append(_write_sheet(opened, one.header, one.rows, banner))
    return written


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    """Return names that a spreadsheet takes: without its own signs, 31 characters at most, each once."""
    names: list[str] = []
    for number, name in enumerate(wanted, 1):
        plain = re.sub(r"[\\/*?:\[\]'\x00-\x1f]", " ", name).strip()[:31] or f"Sheet{number}"
        names.append(plain if plain not in names else f"{plain[:27]} {number}")
    return names


def _book(names: Sequence[str]) -> dict[str, str]:
    """Return the parts that say which sheets there are."""
    numbers = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/relationships/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    listed = "".join(
        f'<sheet name="{xml_escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    styles = len(names) + 1
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{overrides}'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
            '<Override PartName="/docProps/core.xml"'
            ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{styles}" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><sheets>{listed}</sheets></workbook>'
        ),
    }


def write_csv(
    target: Target,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    banner: str,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> int:
    """Write a CSV file that spreadsheets open well, and return the number of rows.

    :param banner: the watermark row above the header; empty for none.
    """

    def line(values: Sequence[Cell]) -> list[str]:
        return [mark_number(escape(_text(value).replace("\x00", ""))) for value in values]

    with ExitStack() as held:
        stream = held.enter_context(open(target, "wb")) if isinstance(target, str | os.PathLike) else target
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        try:
            writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
            if banner:
                writer.writerow(line([banner]))
            writer.writerow(line(header))
            written = 0
            for row in rows:
                writer.writerow(line(row))
                written += 1
        finally:
            text.detach()
        return written
