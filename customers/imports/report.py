"""What was refused, for people: line, column, reason in both languages. Never a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from customers.finding import numbers_of
from customers.models import ImportProblem
from customers.words import problem_words
from documents.sheets import write_csv, write_xlsx

WARNINGS = frozenset({"same_person", "same_person_in_file"})
"""Codes that do not keep a row out."""
CHUNK = 2000
HEADER = ("行 Line", "列 Column", "结果 Result", "原因", "Reason")


def problems_of(job: UUID) -> QuerySet[ImportProblem]:
    """Return the problems and warnings of an import or its dry run, by line."""
    return ImportProblem.objects.filter(job=job).order_by("line", "id")


def params_of(problems: Iterable[ImportProblem]) -> list[dict[str, object]]:
    """Return the parameters of problems, with the numbers of the customers that they name; a dash where one is gone."""
    rows = [dict(problem.params) for problem in problems]
    numbers = numbers_of({UUID(str(row["customer"])) for row in rows if "customer" in row})
    for row in rows:
        if "customer" in row:
            row["number"] = numbers.get(UUID(str(row["customer"])), "–")
    return rows


def report_rows(job: UUID) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the report."""
    rows = problems_of(job).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for problem, params in zip(chunk, params_of(chunk), strict=True):
            words = []
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    words.append(problem_words(problem.code, params))
            result = "提醒 warned" if problem.code in WARNINGS else "未导入 refused"
            yield (str(problem.line), problem.column, result, *words)


def write_report(job: UUID, path: Path) -> None:
    """Write the report as XLSX when the name ends so, else as CSV that spreadsheets read."""
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, HEADER, report_rows(job), properties={"title": "import"}, banner="")
    else:
        write_csv(path, HEADER, report_rows(job), banner="")
