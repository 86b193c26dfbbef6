"""The files of exports: XLSX or CSV with a watermark, and the AES archive for clear values (S0-35, S4-58)."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

from django.utils.translation import gettext as _

from documents import sheets

XLSX, CSV, ZIP = "xlsx", "csv", "zip"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
    ZIP: "application/zip",
}
EASY_TO_READ = "23456789abcdefghjkmnpqrstuvwxyz"
LETTERS = 20
"""Nearly 100 bits: the archive may be attacked at leisure by whoever gets it."""

Rows = Iterable[Sequence[str]]


def write(format: str, header: Sequence[str], rows: Rows, *, title: str, watermark: str) -> BytesIO:
    """Write a table with its watermark as properties and as the first row."""
    content = BytesIO()
    WRITERS[format](content, header, rows, title, watermark)
    content.seek(0)
    return content


def archive(content: BytesIO, *, name: str, password: str) -> BytesIO:
    """Put a file into a ZIP archive under AES-256 (WinZip AE-2)."""
    import pyzipper  # with a parser of C below it: a twentieth of each start, and few processes make an archive

    packed = BytesIO()
    with pyzipper.AESZipFile(
        packed, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as opened:
        opened.setpassword(password.encode())
        opened.writestr(name, content.getvalue())
    packed.seek(0)
    return packed


def new_password() -> str:
    """Return a password that can be read out on the phone."""
    letters = [secrets.choice(EASY_TO_READ) for _unused in range(LETTERS)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, LETTERS, 5))


def header(labels: Iterable[str]) -> list[str]:
    """Return the header of an export: what is open of a customer, then the labels of the fields."""
    return [_("Customer number"), _("Portfolio"), _("Customer tier"), *labels]


def _write_xlsx(content: BytesIO, head: Sequence[str], rows: Rows, title: str, watermark: str) -> None:
    sheets.write_xlsx(
        content,
        head,
        rows,
        properties={"title": title, "creator": watermark, "description": watermark},
        banner=watermark,
    )


def _write_csv(content: BytesIO, head: Sequence[str], rows: Rows, title: str, watermark: str) -> None:
    sheets.write_csv(content, head, rows, banner=watermark)


WRITERS: dict[str, Callable[[BytesIO, Sequence[str], Rows, str, str], None]] = {
    XLSX: _write_xlsx,
    CSV: _write_csv,
}
