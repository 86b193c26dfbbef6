"""Folding of typed text: what a keyboard, a phone or a spreadsheet adds without meaning anything by it.

`readable` gives the form that is stored: it keeps punctuation. `fold` gives the form that is compared and
indexed: NFKC, nothing invisible, single spaces. `compact` goes on to the bare characters of a number.
"""

import re
import unicodedata
from collections.abc import Callable

INPUT_LIMIT = 100_000  # characters; NFKC can make a text 18 times longer
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and marks that draw nothing: Hangul fillers, grapheme joiner, Khmer vowels, Braille blank.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))} | {
    code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)
}
_SPACES_AND_DASHES = re.compile("[\\s\\-\u2010-\u2015\u2043\u2212\ufe58\uff0d_]+")
_PLAIN = re.compile("[ -~\u4e00-\u9fef]*")
"""What no folding changes: ASCII and the common Chinese characters, which most texts are made of."""
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_TRAILING_ZERO = re.compile(r"([0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}")
_TOO_LONG_FOR_EXCEL = re.compile(r"[1-9][0-9]{15,}")


def _visible(text: str, *, keep: str = "") -> str:
    """Drop what cannot be seen; line ends and tabs become spaces unless kept."""
    if text.isprintable() and _BLANKS.isdisjoint(text):
        return text  # most texts: nothing invisible, no space but the plain one
    out: list[str] = []
    for character in text:
        if character in keep:
            out.append(character)
        elif character.isspace():
            out.append(" ")
        elif character not in _BLANKS and unicodedata.category(character) not in _INVISIBLE_CATEGORIES:
            out.append(character)
    return "".join(out)


def readable(text: str, *, lines: bool = False) -> str:
    """Return the text as it is stored: composed, half-width letters and digits, nothing invisible.

    `lines` keeps line ends (as a single newline character); otherwise the result is one line.
    """
    if _PLAIN.fullmatch(text):
        return text if " " not in text else " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _visible(text, keep="\n" if lines else "").translate(_FULL_WIDTH)
    text = unicodedata.normalize("NFC", text)
    if lines:
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, nothing invisible, single spaces."""
    if _PLAIN.fullmatch(text):
        return text if " " not in text else " ".join(text.split())
    text = _visible(unicodedata.normalize("NFKC", text))
    text = _VARIATION_SELECTORS.sub("", text)
    text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def compact(text: str) -> str:
    """Return the bare characters of a number: folded, upper case, without spaces and dashes.

    A leading apostrophe (how spreadsheets mark text) and a trailing ".0" (how programs print) go too.
    """
    if text.isascii() and text.isalnum():
        return text.upper()  # most numbers: nothing to take away
    return settled(_bare, text)


def _bare(text: str) -> str:
    bare = _SPACES_AND_DASHES.sub("", fold(text)).upper().lstrip("'’‘`")
    whole = _TRAILING_ZERO.fullmatch(bare)
    return whole[1] if whole else bare


def settled(step: Callable[[str], str], text: str) -> str:
    """Repeat a step until it changes nothing: taking characters away lets accents join their letters."""
    for _ in range(8):
        after = step(text)
        if after == text or after.isascii():
            return after
        text = after
    return text


def has_foreign_digits(text: str) -> bool:
    """Tell whether digits other than 0-9 are left after folding (Arabic-Indic, Devanagari and so on)."""
    return any(character.isdigit() and not character.isascii() for character in text)


def looks_rounded(text: str) -> bool:
    """Tell whether a spreadsheet has eaten digits: 1.2345E+17, or more than 15 digits that end in zeros.

    Spreadsheets keep 15 significant digits and fill the rest with zeros. One lost digit cannot be told from a
    true zero, so 16 digits never count.
    """
    bare = compact(text)
    if _SCIENTIFIC.fullmatch(bare):
        return True
    if not _TOO_LONG_FOR_EXCEL.fullmatch(bare):
        return False
    lost = len(bare) - 15
    return lost >= 2 and bare.endswith("0" * lost)
