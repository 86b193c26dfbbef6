"""Runs as a process of its own: opens one workbook from standard input, writes its rows to standard output.

A workbook from a stranger may make its reader ask for any amount of memory, run for ever or abort. So the reader
lives in a process with bounds, without an environment, without the right to write a file, and without anything
else of this project. Frames: four bytes of length, then JSON.
"""

import datetime
import io
import json
import resource
import struct
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

EXACT = 10**15  # a spreadsheet keeps 15 digits
_BATCH = 500


def text_of(value: object) -> tuple[str, bool]:
    """Return a cell as text, and whether it is a number whose last digits a spreadsheet may have lost."""
    if isinstance(value, str):
        return value, False
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, int | float):
        if isinstance(value, float) and value != value:
            return "", False
        if float(value).is_integer():
            return str(int(value)), abs(value) >= EXACT
        return f"{Decimal(repr(value)):f}", False
    if isinstance(value, datetime.datetime):
        if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat(), False
        return value.isoformat(" ", "seconds"), False
    if isinstance(value, datetime.date):
        return value.isoformat(), False
    if isinstance(value, datetime.time):
        return value.isoformat("seconds"), False
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}", False
    return "", False


def _send(frame: dict[str, Any]) -> None:
    body = json.dumps(frame, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    sys.stdout.buffer.write(struct.pack(">I", len(body)) + body)


def _frames(sheet: Any) -> Iterator[dict[str, Any]]:
    batch: list[Any] = []
    for line, row in enumerate(sheet.iter_rows(), 1):  # empty rows above the first cell included
        cells: list[str] = []
        rounded: list[int] = []
        for column, value in enumerate(row):
            text, lost = text_of(value)
            cells.append(text)
            if lost:
                rounded.append(column)
        if any(cells):
            batch.append((line, cells, rounded))
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


def _chosen(book: Any, wanted: str) -> tuple[Any, str, list[str]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if wanted:
        return (book.get_sheet_by_name(wanted) if wanted in names else None), wanted, names
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            return sheet, name, names
    return None, "", names


def _serve(order: dict[str, Any], data: bytes) -> None:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return _send({"error": "encrypted"})
    sheet, name, names = _chosen(book, order["sheet"])
    if sheet is None:
        problem = {"error": "no_such_sheet", "params": {"sheets": names}}
        return _send(problem if order["sheet"] else {"error": "no_rows"})
    if sheet.width > order["columns"]:
        params = {"limit": order["columns"], "line": 1}
        return _send({"error": "too_many_columns", "params": params})
    if sheet.height > order["rows"] + 100:
        return _send({"error": "too_many_rows", "params": {"limit": order["rows"]}})
    _send({"sheets": names, "sheet": name})
    for frame in _frames(sheet):
        _send(frame)
    _send({"end": True})
    return None


def main() -> None:
    """Read one order and one workbook, answer, and end."""
    (length,) = struct.unpack(">I", sys.stdin.buffer.read(4))
    order = json.loads(sys.stdin.buffer.read(length))
    # SECURITY: bounds on memory and time, no core dump, no file in clear.
    for what, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["seconds"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        _serve(order, sys.stdin.buffer.read())
    except MemoryError:
        _send({"error": "too_complex"})
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, BrokenPipeError | KeyboardInterrupt | SystemExit):
            raise
        _send({"error": "damaged"})
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
