"""Files to import: tables written in every encoding and format that people bring."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence

import openpyxl
import xlwt

TEXT_FORMATS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-bom", "utf-16-be-bom")
DELIMITERS = (",", ";", "\t")


def text_file(
    header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, delimiter: str = ","
) -> bytes:
    """Return a CSV file as bytes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    if encoding == "utf-16-le-bom":
        return codecs.BOM_UTF16_LE + out.getvalue().encode("utf-16-le")
    if encoding == "utf-16-be-bom":
        return codecs.BOM_UTF16_BE + out.getvalue().encode("utf-16-be")
    return out.getvalue().encode(encoding)


def xlsx_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook as Excel writes it today."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook as Excel wrote it in 2003."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for line, row in enumerate([header, *rows]):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def any_file(form: str, header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    """Return a table in one of the formats: an encoding of CSV, "xlsx" or "xls"."""
    if form == "xlsx":
        return xlsx_file(header, rows)
    if form == "xls":
        return xls_file(header, rows)
    return text_file(header, rows, form, delimiter)
