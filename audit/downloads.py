"""Files that are handed to the person who asked at once: what they are called and how their words are set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents import pdf

PDF_TYPE = "application/pdf"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file for the person who asked."""

    name: str
    content_type: str
    content: bytes


def document(
    parts: Iterable[pdf.Part], *, title: str, author: str, foot: str, at: datetime, wide: bool = False
) -> bytes:
    """Set parts as a PDF in the active language."""
    content = BytesIO()
    pdf.write_pdf(
        content,
        parts,
        fonts=pdf.Fonts(**settings.PDF_FONTS),
        title=title,
        author=author,
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
        at=at,
        foot=foot,
        page_words=_("page {page} of {pages}"),
        wide=wide,
    )
    return content.getvalue()


def stamp(at: datetime | None) -> str:
    """Write a time as pages do, to the minute; a dash where there is none."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–"


def day(at: datetime) -> str:
    """Write the local day of a time."""
    return timezone.localtime(at).strftime("%Y-%m-%d")
