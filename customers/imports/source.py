"""The uploaded file, opened again from its sealed chunks."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from itertools import islice
from uuid import UUID

from documents.reading import Row, Table, Unreadable, read_table
from files.services import read_file
from trail.receipts import Receipt

HEAD_BYTES = 1024 * 1024
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")


def open_whole(file: UUID, *, job: UUID, at: datetime) -> BytesIO:
    """Return the whole upload in memory, for its own job.

    :raises files.services.NotReadable: past its term.
    """
    held = BytesIO()
    for part in read_file(file, at=at, job=job):
        held.write(part)
    return held


def look_into(file: UUID, *, receipt: Receipt, at: datetime, rows: int) -> tuple[Table, list[Row]]:
    """Return the table of an upload with its first rows, reading no more of the file than that takes.

    :raises documents.reading.Unreadable: the file is refused.
    """
    held = bytearray()
    whole = True
    for part in read_file(file, at=at, receipt=receipt):
        if held and len(held) >= HEAD_BYTES and not held.startswith(_WORKBOOKS):
            whole = False
            break
        held += part
    data = bytes(held) if whole else bytes(held[: _last_line_end(held)])
    with read_table(data) as table:
        return table, list(_first(table, rows, whole=whole))


def _first(table: Table, rows: int, *, whole: bool) -> list[Row]:
    found: list[Row] = []
    try:
        found.extend(islice(table.rows, rows))
    except Unreadable:
        # The end of a piece may cut a quoted cell in two; a whole file that ends so is damaged.
        if whole or not found:
            raise
    return found


def _last_line_end(data: bytearray) -> int:
    """Return where the last whole line of a piece ends, in whatever encoding it is."""
    if b"\x00" not in data[:4096]:
        return max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 or len(data)
    at = len(data)
    while (at := data.rfind(b"\n", 0, at)) > 0:
        if at % 2 == 0 and data[at + 1 : at + 2] == b"\x00":
            return at + 2  # UTF-16, little end first
        if at % 2 == 1 and data[at - 1] == 0:
            return at + 1  # big end first
    return len(data) - len(data) % 2
