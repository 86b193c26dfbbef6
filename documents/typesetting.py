"""How parts become pages (`documents.pdf`): texts, pairs and tables in type, and a foot on every page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from reportlab import platypus
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas

from documents.drawing import drawing
from documents.fonts import Face, Fonts, faces
from documents.grids import SIDE, Grid, Layout
from documents.pdf import LONGEST_TEXT, Chart, Heading, KeyValues, Paragraph, Part, Table

MARGIN, FOOT = 42.0, 30.0
_INK, _SOFT = HexColor("#1d2733"), HexColor("#5b6675")
_FROM_HERE_CJK = "\u2e80"


def write(
    target: str | os.PathLike[str] | BinaryIO,
    parts: Iterable[Part],
    *,
    fonts: Fonts,
    title: str,
    author: str,
    language: str,
    at: datetime,
    foot: str,
    page_words: str,
    wide: bool,
) -> int:
    """Write a document as `documents.pdf.write_pdf` says."""
    size = landscape(A4) if wide else A4
    setter = _Setter(*faces(fonts), page=size[1] - 2 * MARGIN - FOOT, width=size[0] - 2 * MARGIN)
    drawn: list[_Pages] = []

    def canvas(*given: Any, **more: Any) -> _Pages:
        drawn.append(_Pages(*given, at=at, foot=setter.foot(foot, page_words), **more))
        return drawn[0]

    template = platypus.SimpleDocTemplate(
        target if hasattr(target, "write") else os.fspath(target),
        pagesize=size,
        leftMargin=MARGIN - 6,  # the frame adds 6 points of its own
        rightMargin=MARGIN - 6,
        topMargin=MARGIN - 6,
        bottomMargin=MARGIN + FOOT - 6,
        title=setter.plain(title),
        author=setter.plain(author),
        creator="custinfo",
        producer="custinfo",
        lang=language,
        invariant=1,
    )
    template.build(list(setter.flow(parts)), canvasmaker=canvas)
    return drawn[0].count


class _Setter:
    """Sets parts in type."""

    def __init__(self, regular: Face, bold: Face, *, page: float, width: float) -> None:
        self._regular, self._bold, self._page, self._width = regular, bold, page, width
        self._faces = {face.name: face for face in (regular, bold)}
        cell = self._style(regular, 8.5)
        self._cells = {False: cell, True: ParagraphStyle("right", cell, alignment=TA_RIGHT)}
        head = self._style(bold, 8.5)
        self._heads = {False: head, True: ParagraphStyle("right head", head, alignment=TA_RIGHT)}
        self._key = self._style(regular, 9, soft=True)
        self._value = self._style(regular, 9.5)
        self._texts = {
            False: self._style(regular, 10, after=6),
            True: self._style(regular, 8.5, True, after=6),
        }
        self._headings = [self._style(bold, size, after=size / 2) for size in (17, 13, 11)]

    def plain(self, text: str) -> str:
        """Return text that stands outside the pages, on one line."""
        return self._regular.printable(text).replace("\n", " ")

    def foot(self, text: str, page_words: str) -> _Foot:
        return _Foot(self._regular.name, self.plain(text), self.plain(page_words))

    def flow(self, parts: Iterable[Part]) -> Iterator[Any]:
        for part in parts:
            match part:
                case Heading():
                    # A heading does not stand alone at the foot of a page.
                    yield platypus.CondPageBreak(90)
                    yield self._set(part.text, self._headings[min(max(part.level, 1), 3) - 1])
                case Paragraph():
                    yield self._set(part.text, self._texts[part.quiet])
                case KeyValues():
                    yield self._pairs(part)
                    yield platypus.Spacer(0, 10)
                case Table():
                    yield self._table(part)
                    yield platypus.Spacer(0, 10)
                case Chart():
                    yield drawing(part, self._regular, self._width)
                    yield platypus.Spacer(0, 6)

    def _pairs(self, part: KeyValues) -> Grid:
        rows = ((self._set(name, self._key), self._set(text, self._value)) for name, text in part.pairs)
        return Grid(Layout((), (3, 7), self._page), rows)

    def _table(self, part: Table) -> Grid:
        columns = part.columns
        head = [self._set(column.name, self._heads[column.right]) for column in columns]
        styles = [self._cells[column.right] for column in columns]
        rows = (
            [self._set(text, style) for text, style in zip(row, styles, strict=True)] for row in part.rows
        )
        return Grid(Layout(head, [column.width for column in columns], self._page), rows)

    def _set(self, text: str, style: ParagraphStyle) -> platypus.Paragraph:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"a paragraph holds at most {LONGEST_TEXT} characters")
        shown = self._faces[style.fontName].printable(text)
        if max(shown, default="") >= _FROM_HERE_CJK:
            style = ParagraphStyle("cjk", style, wordWrap="CJK")
        # SECURITY: the paragraphs of reportlab know markup that fetches files.
        return platypus.Paragraph(escape(shown).replace("\n", "<br/>"), style)

    @staticmethod
    def _style(face: Face, size: float, soft: bool = False, after: float = 0) -> ParagraphStyle:
        return ParagraphStyle(
            "text",
            fontName=face.name,
            fontSize=size,
            leading=size * 1.45,
            spaceAfter=after,
            textColor=_SOFT if soft else _INK,
        )


@dataclass(frozen=True, slots=True)
class _Foot:
    """What stands below every page."""

    font: str
    text: str
    page_words: str

    def draw(self, canvas: Canvas, width: float, page: int, pages: int) -> None:
        canvas.setFillColor(_SOFT)
        canvas.setFont(self.font, 7.5)
        words = self.page_words.replace("{page}", str(page)).replace("{pages}", str(pages))
        canvas.drawRightString(width - MARGIN, MARGIN - 4, words)
        style = ParagraphStyle("foot", fontName=self.font, fontSize=7.5, leading=10, wordWrap="CJK")
        style.textColor = _SOFT
        text = platypus.Paragraph(escape(self.text), style)
        room = width - 2 * MARGIN - canvas.stringWidth(words, self.font, 7.5) - 4 * SIDE
        text.wrap(room, FOOT)
        text.drawOn(canvas, MARGIN, MARGIN + 4 - text.height)


class _Pages(Canvas):
    """A canvas that draws the feet last, when it knows how many pages there are."""

    def __init__(self, *given: Any, at: datetime, foot: _Foot, **more: Any) -> None:
        super().__init__(*given, **more)
        self._foot, self._held = foot, list[dict[str, Any]]()
        # Without this the file would say that it was written in the year 2000.
        self._doc._timeStamp.YMDhms = tuple(at.astimezone(UTC).timetuple())[:6]

    @property
    def count(self) -> int:
        """How many pages were drawn."""
        return len(self._held)

    def showPage(self) -> None:
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._held, 1):
            self.__dict__.update(page)
            self._foot.draw(self, self._pagesize[0], number, self.count)
            super().showPage()
        super().save()
