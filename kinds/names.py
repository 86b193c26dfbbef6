"""Names of people, in Chinese and in other scripts."""

import re
import unicodedata
from collections.abc import Mapping

from kinds.base import HIDDEN, NOTHING, Invalid, Kind, given
from kinds.folding import fold, settled
from kinds.surnames import COMPOUND, SINGLE, surname_of

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_MIDDLE_DOT = re.compile("\\s*[\u00b7\u2022\u2027\u2219\u22c5\u30fb\u318d\uff65]\\s*")
_DOT_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s*[.．]\\s*(?=[{_HAN}])")
_SPACE_BESIDE_HAN = re.compile(f"(?<=[{_HAN}]) +(?=[{_HAN}])")
_COMMON = re.compile("[\u4e00-\u9fef]{2,}")
"""Common Chinese characters and nothing else: most names, in which there is nothing to tidy or to doubt."""
_CHINESE = re.compile(f"[{_HAN}]{{2,}}(?:·[{_HAN}]+)*|[{_HAN}]+(?:·[{_HAN}]+)+")
_LOOKS_CHINESE = re.compile(f"[{_HAN}]{{2,4}}|[{_HAN}]{{1,12}}(?:·[{_HAN}]{{1,12}})+")
_LOOKS_LATIN = re.compile("[A-Z][a-z'-]{1,20}(?: [A-Z][a-z'-]{1,20}){1,3}")


def _tidy(text: str) -> str:
    if _COMMON.fullmatch(text):
        return text
    text = _MIDDLE_DOT.sub("·", fold(text))
    return _SPACE_BESIDE_HAN.sub("", _DOT_BETWEEN_HAN.sub("·", text)).strip("· ")


def _is_name_character(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character in " ·'’.-\u3007"


def _is_name(text: str) -> bool:
    letters = sum(unicodedata.category(character)[0] == "L" or character == "〇" for character in text)
    return letters >= 2 and all(map(_is_name_character, text))


class FullName(Kind):
    """The name of a person (S0-16); its surname alone is open (S0-15)."""

    code = "full_name"
    comparable = True
    indexable = True
    weight = 30
    typical_level = 2
    views = {"surname": 1}
    shows = (2, 0)
    longest = 100
    # Names that nobody carries: "example", "test" and "nobody" as given names.
    examples = ("张示例", "欧阳示例", "阿卜杜拉·示例", "Example Nobody")

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        name = settled(_tidy, given(text, limit=self.longest))
        if len(name) > self.longest:
            raise Invalid("too_long", limit=self.longest)
        if not _COMMON.fullmatch(name) and not _is_name(name):
            raise Invalid("not_a_name")
        return name

    def normalise(self, text: str) -> str:
        return settled(lambda name: _tidy(name).casefold().replace("’", "'"), text)

    def mask(self, value: str) -> str:
        surname = self._shown(value)
        return surname + "*" if surname else HIDDEN

    def _shown(self, value: str) -> str:
        name = _tidy(value)
        if len(name) < 2:
            return ""
        if "·" not in name and _CHINESE.fullmatch(name):
            return surname_of(name)
        return name[:1] + "**"

    def _view(self, value: str, name: str) -> str:
        held = _tidy(value)
        if _CHINESE.fullmatch(held):
            return self._shown(value)
        words = held.split()
        return words[-1] if len(words) > 1 else HIDDEN

    def detect(self, text: str) -> bool:
        name = _tidy(text)
        if _LOOKS_CHINESE.fullmatch(name):
            return "·" in name or name[0] in SINGLE or name[:2] in COMPOUND
        return _LOOKS_LATIN.fullmatch(name) is not None
