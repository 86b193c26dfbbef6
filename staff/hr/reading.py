"""Read a personnel file: staff number, state, department. Pure: problems are codes with line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from documents.reading import Limits, Row, read_table

NUMBER, STATE, DEPARTMENT = COLUMNS = ("number", "state", "department")
WORKS, GONE = "works", "gone"
LIMITS = Limits(size=8 * 1024 * 1024, workbook_size=8 * 1024 * 1024, rows=50_000, columns=60)
LONGEST = 80
NAMES: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("工号", "员工编号", "员工号", "人员编号", "staff number", "employee number", "employee id"),
    STATE: ("状态", "在职状态", "员工状态", "人员状态", "status", "employment status"),
    DEPARTMENT: ("部门", "所属部门", "部门编码", "部门代码", "部门名称", "dept", "department code"),
}
"""How columns are called; case and spaces do not matter."""
STATES: Mapping[str, str] = {
    **dict.fromkeys(("在职", "在岗", "试用", "正式", "working", "active", "employed"), WORKS),
    **dict.fromkeys(("离职", "已离职", "退休", "辞退", "解聘", "left", "gone", "resigned", "retired"), GONE),
}


class ColumnsMissing(ValueError):
    """The file has no column for something that every row needs; `columns` names them."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__("columns are missing")
        self.columns = tuple(columns)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file as it was written."""

    line: int
    number: str
    state: str
    department: str


def read(content: bytes) -> list[Line]:
    """Return the rows of a file.

    :raises documents.reading.Unreadable: the file is refused.
    :raises ColumnsMissing: naming what no column holds.
    """
    with read_table(content, limits=LIMITS) as table:
        return list(_lines(table.rows, _places(table.header)))


def _places(header: Sequence[str]) -> dict[str, int]:
    known = {_bare(name): column for column, names in NAMES.items() for name in (column, *names)}
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        if (column := known.get(_bare(name))) is not None:
            found.setdefault(column, index)
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise ColumnsMissing(missing)
    return found


def _lines(rows: Iterator[Row], places: Mapping[str, int]) -> Iterator[Line]:
    for row in rows:
        number, state, department = (row.cells[places[column]].strip()[:LONGEST] for column in COLUMNS)
        yield Line(row.line, number, state, department)


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()
