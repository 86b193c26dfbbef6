"""Why a file cannot be read: the one error, its stable codes and their English templates (message ids higher up)."""

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "empty_file": "The file is empty.",
        "no_rows": "The file has no row with column names.",
        "too_big": "The file is larger than {limit} bytes.",
        "too_many_rows": "The file has more than {limit} rows.",
        "too_many_columns": "The file has more than {limit} columns (line {line}).",
        "too_many_cells": "The sheet spans more than {limit} cells.",
        "cell_too_long": "A cell holds more than {limit} characters (line {line}); perhaps a quote is missing.",
        "inflates_too_much": "The file unpacks to far more than its size; such files are refused.",
        "too_complex": "The file takes more memory or time to read than is allowed.",
        "unsupported_format": "This is a file of type {format}; only CSV, XLSX and XLS are read.",
        "encrypted": "The file is protected by a password.",
        "damaged": "The file is damaged or incomplete.",
        "forbidden_xml": "The file contains document type definitions or entities; such files are refused.",
        "unsafe_archive": "The file contains parts with forbidden or repeated names; such files are refused.",
        "wrong_encoding": "The text is neither UTF-8, UTF-16 nor GB18030 (line {line}).",
        "nul_bytes": "The text contains NUL bytes (line {line}).",
        "bad_quotes": "A quotation mark is missing or misplaced (line {line}).",
        "no_such_sheet": "There is no sheet of that name; there are: {sheets}.",
    }
)


class Unreadable(Exception):
    """A file that is refused. Carries a code of `PROBLEMS` and never the content."""

    def __init__(self, code: str, **params: object) -> None:
        if code not in PROBLEMS:
            raise KeyError(code)
        super().__init__(code)
        self.code = code
        self.params: dict[str, object] = params
