"""What one row of such a file says. Pure: no database, no clock; problems are codes with their column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from consent.models import CALL, CHECKBOX, GIVEN, PAPER, POPUP, REFUSED, WITHDRAWN
from documents.reading import Row
from kinds import registry
from kinds.base import Invalid
from kinds.folding import fold

NUMBER, PURPOSE, ANSWER, DATE, METHOD, SEPARATE, VALID = COLUMNS = (
    "number",
    "purpose",
    "answer",
    "date",
    "method",
    "separate",
    "valid",
)
NEEDED = (NUMBER, PURPOSE, ANSWER, DATE, METHOD)
LONGEST_NUMBER = 40
NAMES: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("客户编号", "客户号", "编号", "customer number", "customer", "number"),
    PURPOSE: ("处理目的", "目的", "授权目的", "purpose"),
    ANSWER: ("答复", "授权结果", "是否同意", "是否授权", "answer", "consent"),
    DATE: ("日期", "答复日期", "授权日期", "同意日期", "date"),
    METHOD: ("方式", "授权方式", "答复方式", "method"),
    SEPARATE: ("单独同意", "是否单独同意", "separate", "separate consent"),
    VALID: ("有效期", "有效期至", "到期日期", "valid", "valid until"),
}
"""How columns are called; case and spaces do not matter."""
YES = frozenset({"是", "有", "y", "yes", "true", "1", "√"})
NO = frozenset({"", "否", "无", "n", "no", "false", "0"})
ANSWERS: Mapping[str, str] = {
    **dict.fromkeys((*YES, "同意", "已同意", "授权", "已授权", "given", "agreed"), GIVEN),
    **dict.fromkeys((*(NO - {""}), "不同意", "拒绝", "已拒绝", "未授权", "refused"), REFUSED),
    **dict.fromkeys(("撤回", "已撤回", "撤销", "withdrawn"), WITHDRAWN),
}
METHODS: Mapping[str, str] = {
    **dict.fromkeys(("paper", "纸质", "签字", "书面", "签字纸质文件", "signed paper"), PAPER),
    **dict.fromkeys(("checkbox", "勾选", "网页勾选"), CHECKBOX),
    **dict.fromkeys(("popup", "pop-up", "pop-up window", "弹窗", "弹窗确认"), POPUP),
    **dict.fromkeys(("call", "电话", "录音", "录音通话", "电话录音", "recorded call"), CALL),
}


class ColumnsMissing(ValueError):
    """The file has no column for something that every row needs; `columns` names them."""

    code = "columns_missing"

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__("columns are missing")
        self.columns = tuple(columns)


@dataclass(slots=True)
class Read:
    """One row as it was understood; `problems` are pairs of a column and a code."""

    line: int
    number: str = ""
    purpose: str = ""
    answer: str = ""
    effective_at: datetime | None = None
    method: str = ""
    separate: bool = False
    valid_until: datetime | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)


def places(header: Sequence[str]) -> dict[str, int]:
    """Return which column holds what.

    :raises ColumnsMissing: naming what no column holds.
    """
    known = {_bare(name): column for column, names in NAMES.items() for name in (column, *names)}
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        column = known.get(_bare(name))
        if column is not None:
            found.setdefault(column, index)
    missing = [column for column in NEEDED if column not in found]
    if missing:
        raise ColumnsMissing(missing)
    return found


def names_of(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return how the purposes of a notice may be written: by code, or by name in either language."""
    return {_bare(name): code for code, one in asked.items() for name in (code, *dict(one["names"]).values())}


def read(row: Row, at: Mapping[str, int], purposes: Mapping[str, str]) -> Read:
    """Return what a row says, with everything that is wrong with it."""

    def cell(column: str) -> str:
        return row.cells[at[column]].strip() if column in at else ""

    found = Read(line=row.line, number=fold(cell(NUMBER)))
    if not found.number or len(found.number) > LONGEST_NUMBER:
        found.problems.append((NUMBER, "number_missing"))
    found.purpose = _known(purposes, cell(PURPOSE), found, PURPOSE, "unknown_purpose")
    found.answer = _known(ANSWERS, cell(ANSWER), found, ANSWER, "unknown_answer")
    found.method = _known(METHODS, cell(METHOD), found, METHOD, "unknown_method")
    found.separate = _yes(cell(SEPARATE), found)
    day = _day(cell(DATE), found, DATE)
    if day is not None:
        found.effective_at = _midnight(day)
    if cell(VALID):
        last = _day(cell(VALID), found, VALID)
        found.valid_until = _midnight(last + timedelta(days=1)) if last else None
    if found.answer != GIVEN:
        found.separate, found.valid_until = False, None
    elif found.valid_until and found.effective_at and found.valid_until <= found.effective_at:
        found.problems.append((VALID, "valid_before"))
    return found


def _known(names: Mapping[str, str], typed: str, found: Read, column: str, code: str) -> str:
    meant = names.get(_bare(typed), "")
    if not meant:
        found.problems.append((column, code))
    return meant


def _yes(typed: str, found: Read) -> bool:
    if _bare(typed) not in YES | NO:
        found.problems.append((SEPARATE, "unknown_separate"))
    return _bare(typed) in YES


def _day(typed: str, found: Read, column: str) -> date | None:
    try:
        return date.fromisoformat(registry.get("date").clean(typed))
    except Invalid as refused:
        code = refused.code if refused.code in {"ambiguous_date", "two_digit_year"} else "not_a_date"
        found.problems.append((column, code))
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _bare(name: str) -> str:
    return "".join(fold(name).lower().split())
