"""Charts as pictures: drawn from numbers, in colours that any eye tells apart, with their words.

Drawn from plain shapes, so that the same numbers give the same bytes and no text is taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

from documents.charts import BAR, STEPS, Chart, top_of
from documents.fonts import Face

# Okabe and Ito's colours, told apart with any colour vision; lines have a dash of their own besides.
COLOURS = tuple(HexColor(colour) for colour in ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"))
DASHES = (None, (6, 2), (2, 2), (8, 2, 2, 2), (1, 2))
HEIGHT = 150.0
_INK, _SOFT, _RULE = HexColor("#1d2733"), HexColor("#5b6675"), HexColor("#dde1e6")
_LEFT, _BELOW, _ABOVE, _SIZE = 44.0, 18.0, 22.0, 7.5


def drawing(chart: Chart, face: Face, width: float) -> Drawing:
    """Return the chart as a picture of this width in points."""
    made = Drawing(width, HEIGHT)
    for shape in _Picture(chart, face, width).shapes():
        made.add(shape)
    return made


class _Picture:
    """One chart, measured once."""

    def __init__(self, chart: Chart, face: Face, width: float) -> None:
        self.chart, self.face, self.width = chart, face, width
        self.top = top_of(max((number for _name, of in chart.series for number in of), default=0))
        self.high = HEIGHT - _BELOW - _ABOVE
        self.place = (width - _LEFT) / max(len(chart.labels), 1)

    def shapes(self) -> Iterator[Shape]:
        yield from self._grid()
        yield from self._labels()
        yield from self._bars() if self.chart.kind == BAR else self._lines()
        yield from self._key()

    def _y(self, number: float) -> float:
        return _BELOW + self.high * number / self.top

    def _text(self, x: float, y: float, text: str, *, anchor: str = "start", colour: Color = _SOFT) -> String:
        shown = self.face.printable(text).replace("\n", " ")
        return String(
            x, y, shown, fontName=self.face.name, fontSize=_SIZE, textAnchor=anchor, fillColor=colour
        )

    def _grid(self) -> Iterator[Shape]:
        for step in range(STEPS + 1):
            number = self.top * step // STEPS
            y = self._y(number)
            yield Line(_LEFT, y, self.width, y, strokeColor=_RULE, strokeWidth=0.5)
            yield self._text(_LEFT - 5, y - 2.5, f"{number:,}", anchor="end")

    def _labels(self) -> Iterator[Shape]:
        widest = max((stringWidth(text, self.face.name, _SIZE) for text in self.chart.labels), default=0)
        # Labels that would run into each other are left out evenly; the table holds all of them.
        every = max(1, -(-int(widest + 6) // max(int(self.place), 1)))
        for number, text in enumerate(self.chart.labels):
            if number % every == 0:
                yield self._text(_LEFT + self.place * (number + 0.5), 5, text, anchor="middle")

    def _bars(self) -> Iterator[Shape]:
        bar = min(26.0, self.place * 0.72 / len(self.chart.series))
        for place, (_name, numbers) in enumerate(self.chart.series):
            for number, value in enumerate(numbers):
                middle = _LEFT + self.place * (number + 0.5)
                x = middle + (place - len(self.chart.series) / 2) * bar
                height = self._y(value) - _BELOW
                yield Rect(x, _BELOW, bar * 0.92, height, fillColor=COLOURS[place], strokeColor=None)

    def _lines(self) -> Iterator[Shape]:
        for place, (_name, numbers) in enumerate(self.chart.series):
            points = [
                (_LEFT + self.place * (number + 0.5), self._y(value)) for number, value in enumerate(numbers)
            ]
            yield PolyLine(
                [part for point in points for part in point],
                strokeColor=COLOURS[place],
                strokeWidth=1.5,
                strokeDashArray=DASHES[place],
            )
            for x, y in points:
                yield Circle(x, y, 1.8, fillColor=COLOURS[place], strokeColor=None)

    def _key(self) -> Iterator[Shape]:
        x, y = _LEFT, HEIGHT - 9
        for place, (name, _numbers) in enumerate(self.chart.series):
            if self.chart.kind == BAR:
                yield Rect(x, y - 1, 8, 7, fillColor=COLOURS[place], strokeColor=None)
            else:
                yield Line(
                    x, y + 2, x + 14, y + 2,
                    strokeColor=COLOURS[place], strokeWidth=1.5, strokeDashArray=DASHES[place],
                )  # fmt: skip
            text = self._text(x + 18, y, name, colour=_INK)
            yield text
            x += 18 + stringWidth(text.text, self.face.name, _SIZE) + 16
