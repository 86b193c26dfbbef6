"""Kinds without a shape of their own: text, notes, choices, tags, member levels."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import ClassVar

from kinds.base import NOTHING, Invalid, Kind, given
from kinds.folding import fold, readable


class Text(Kind):
    """One line of text. `params`: `max_length`."""

    code = "text"
    detected = False
    longest = 200
    examples: ClassVar[tuple[str, ...]] = ("示例文本", "Example text")
    _lines = False

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        wanted = params.get("max_length")
        limit = wanted if isinstance(wanted, int) else self.longest
        value = readable(given(text, limit=limit), lines=self._lines)
        if not value:
            raise Invalid("empty")
        if len(value) > limit:
            raise Invalid("too_long", limit=limit)
        return value


class Note(Text):
    """Free text of several lines; may hold anything, so it is scanned. `params`: `max_length`."""

    code = "note"
    typical_level = 2
    longest = 2000
    examples = ("第一行\n第二行",)
    _lines = True


class Secret(Kind):
    """What is never held, in whatever field: a payment password, a verification code (S0-18)."""

    code = "secret"
    kept = False
    detected = False
    typical_level = 4

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        given(text, limit=self.longest)
        raise Invalid("never_held")


def _options(params: Mapping[str, object]) -> Mapping[str, str]:
    """Return folded spelling -> stored option. Options are a list of texts, or a mapping of code -> label or
    labels, where either may be typed and the code is stored."""
    options = params.get("options")
    if isinstance(options, Mapping):
        return _accepted(tuple((str(code), _labels(labels)) for code, labels in options.items()))
    if isinstance(options, Iterable) and not isinstance(options, str):
        return _accepted(tuple((str(option), ()) for option in options))
    return {}


def _labels(labels: object) -> tuple[str, ...]:
    if isinstance(labels, str):
        return (labels,)
    return tuple(map(str, labels)) if isinstance(labels, Iterable) else ()


@lru_cache(maxsize=256)
def _accepted(options: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, str]:
    # Kept, because an import asks for the same few options in each of a million rows.
    accepted: dict[str, str] = {}
    for code, labels in options:
        for label in labels:
            accepted.setdefault(fold(label).casefold(), code)
    return accepted | {fold(code).casefold(): code for code, _ in options}


class Choice(Kind):
    """One of the options that the field declares. `params`: `options`."""

    code = "choice"
    detected = False
    examples: ClassVar[tuple[str, ...]] = ("示例甲", "示例乙")
    example_params: ClassVar[Mapping[str, object]] = {"options": ["示例甲", "示例乙"]}

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        accepted = self._accepted(params)
        option = accepted.get(fold(given(text, limit=self.longest)).casefold())
        if option is None:
            raise Invalid("not_a_choice", choices=list(dict.fromkeys(accepted.values())))
        return option

    def _accepted(self, params: Mapping[str, object]) -> Mapping[str, str]:
        return _options(params)


class Tags(Kind):
    """Several short labels, stored in the order given, joined by commas. `params`: `options` (else free)."""

    code = "tags"
    detected = False
    typical_level = 2
    longest = 620
    examples = ("示例标签,另一标签",)
    most = 20
    longest_tag = 30
    _separator = re.compile("[,，;；、|\n]+")

    def _split(self, text: str) -> list[str]:
        return [tag for tag in (readable(part) for part in self._separator.split(text)) if tag]

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        tags = self._split(given(text, limit=self.longest))
        accepted = _options(params)
        if "options" in params:
            unknown = [tag for tag in tags if fold(tag).casefold() not in accepted]
            if unknown:
                raise Invalid("not_a_choice", choices=list(dict.fromkeys(accepted.values())))
            tags = [accepted[fold(tag).casefold()] for tag in tags]
        unique = list(dict.fromkeys(tags))
        if not unique:
            raise Invalid("empty")
        if len(unique) > self.most:
            raise Invalid("too_many_tags", limit=self.most)
        if any(len(tag) > self.longest_tag for tag in unique):
            raise Invalid("too_long", limit=self.longest_tag)
        return ",".join(unique)

    def normalise(self, text: str) -> str:
        return ",".join(dict.fromkeys(fold(tag).casefold() for tag in self._split(text)))


class MemberLevel(Choice):
    """The level of a membership. `params`: `options` instead of the usual five."""

    code = "member_level"
    detected = True
    weight = 35  # above names: several levels begin with a character that is a surname too
    named: ClassVar[Mapping[str, tuple[str, str]]] = {  # stored value -> Chinese and English words
        "普通会员": ("普通会员", "Standard member"),
        "银卡会员": ("银卡会员", "Silver member"),
        "金卡会员": ("金卡会员", "Gold member"),
        "白金会员": ("白金会员", "Platinum member"),
        "钻石会员": ("钻石会员", "Diamond member"),
    }
    levels = tuple(named)
    examples = levels
    example_params = NOTHING
    _looks = re.compile("(?:普通|银卡|金卡|白金|钻石|黑金|贵宾)(?:卡|会员|客户)?|(?:VIP|LV\\.?) ?[0-9]{0,2}")

    _usual = _options({"options": levels})

    def _accepted(self, params: Mapping[str, object]) -> Mapping[str, str]:
        return _options(params) if "options" in params else self._usual

    def detect(self, text: str) -> bool:
        return self._looks.fullmatch(fold(text).upper()) is not None
