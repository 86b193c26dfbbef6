"""Files to read: ordinary ones, and such as nobody sends by mistake."""

import io
import zipfile

import openpyxl
import xlwt

HEADER = ["姓名", "手机", "备注"]
ROWS = [["张示例", "15400000018", "第一行\n第二行"], ["欧阳示例", "15400000026", 'a "b", c; d\te']]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows, *, title="Sheet1", hidden=()) -> bytes:
    """Return a workbook as Excel would write it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name in hidden:
        book.create_sheet(name).sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows) -> bytes:
    """Return a workbook in the old binary format."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """Return an ordinary workbook with one part replaced or added."""
    return packed(parts_of(xlsx([HEADER, *ROWS])) | {name: data})


def with_sheet(cells: str, before: str = "") -> bytes:
    """Return a workbook whose sheet data is written by hand."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{before}{sheet}'
    return with_part("xl/worksheets/sheet1.xml", xml.encode())
