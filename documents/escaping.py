"""Escaping of cells that a spreadsheet would take for formulas, and undoing it on the way in."""

import re

# OWASP "CSV injection": the first character decides; the full-width forms count too, spaces in front do not help.
_DANGEROUS = re.compile(
    "'*[\\s\ufeff\u200b]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b]"
)
_LONG_NUMBER = re.compile("0[0-9]+|[0-9]{12,}[Xx]?")
_MARKED_NUMBER = re.compile("(0[0-9]+|[0-9]{12,}[Xx]?)\t")
_FORMULA_TEXT = re.compile('="([^"]*)"')


def escape(text: str) -> str:
    """Return the text with an apostrophe in front when a spreadsheet might run it."""
    # SECURITY: without this an exported cell runs as a formula on the reader's machine.
    return "'" + text if _DANGEROUS.match(text) else text


def unescape(text: str) -> str:
    """Undo `escape`; also unwrap ="0123", as other systems write numbers that must stay text."""
    if text.startswith("'") and _DANGEROUS.match(text, 1):
        return text[1:]
    wrapped = _FORMULA_TEXT.fullmatch(text) if text.startswith("=") else None
    return wrapped[1] if wrapped else text


def mark_number(text: str) -> str:
    """Return a long number, or one with a leading zero, with a tab behind it, so that a spreadsheet which opens
    the CSV keeps it as text."""
    return text + "\t" if _LONG_NUMBER.fullmatch(text) else text


def unmark_number(text: str) -> str:
    """Undo `mark_number`."""
    marked = _MARKED_NUMBER.fullmatch(text) if text.endswith("\t") else None
    return marked[1] if marked else text


def restored(cells: list[str]) -> list[str]:
    """Undo `mark_number` and `escape` in the cells of a row; most need neither."""
    return [
        unescape(unmark_number(cell)) if cell[:1] in _FIRST or cell[-1:] == "\t" else cell for cell in cells
    ]


_FIRST = frozenset({"'", "="})
