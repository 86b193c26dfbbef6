"""Fonts of documents: one family that knows Chinese and Latin, and what to print for a character it lacks."""

import os
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Fonts:
    """The files of one family with TrueType outlines (others the writer cannot embed)."""

    regular: str | os.PathLike[str]
    bold: str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Face:
    """One font that is ready to print with."""

    name: str
    known: frozenset[int]

    def printable(self, text: str) -> str:
        """Return the text with whatever this font cannot show written as its code point: “[U+20BB7]”.

        Nothing falls silently away: a rare character of a name, a control character, a reversed direction.
        """
        if text.isascii() and text.isprintable():
            return text
        return "".join(self._shown(character) for character in text)

    def _shown(self, character: str) -> str:
        if character in "\n\t\r\u2028\u2029":
            return {"\r": "", "\t": " "}.get(character, "\n")
        group = unicodedata.category(character)
        if group[0] != "C" and ord(character) in self.known:
            return character
        return " " if group == "Zs" else f"[U+{ord(character):04X}]"


@cache
def _opened(path: str) -> Face:
    from reportlab.pdfbase import pdfmetrics  # here, because few processes write a document (`documents.pdf`)
    from reportlab.pdfbase.ttfonts import TTFont

    name = f"custinfo-{os.path.splitext(os.path.basename(path))[0]}"
    font = TTFont(name, path)
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph))


def faces(fonts: Fonts) -> tuple[Face, Face]:
    """Return the regular and the bold face; a file is read once per process.

    :raises OSError: a file is missing.
    :raises reportlab.pdfbase.ttfonts.TTFError: a file is no font with TrueType outlines.
    """
    with _lock:
        return _opened(os.fspath(fonts.regular)), _opened(os.fspath(fonts.bold))
