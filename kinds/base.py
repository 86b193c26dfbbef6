"""What every kind of value offers, and the one error that refuses a value."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from kinds.folding import INPUT_LIMIT, fold, has_foreign_digits, looks_rounded, settled
from kinds.problems import PROBLEMS

NOTHING: Mapping[str, object] = MappingProxyType({})
HIDDEN = "***"


class Invalid(ValueError):
    """A value that its kind refuses. Carries a code of `kinds.problems` and never the value."""

    def __init__(self, code: str, **params: object) -> None:
        if code not in PROBLEMS:
            raise KeyError(code)
        super().__init__(code)
        self.code = code
        self.params: dict[str, object] = params


class UnknownView(LookupError):
    """The kind has no view of this name."""


class Kind:
    """One kind of value. Instances hold nothing; `kinds.registry.get(code)` gives the one there is.

    `mask`, `view` and `derive` take stored values, that is results of `clean`; given anything else they hide
    it whole instead of guessing. The view `last_four` also takes the four characters that somebody typed.
    """

    code: ClassVar[str]
    comparable: ClassVar[bool] = False  # may be compared with what a caller says
    indexable: ClassVar[bool] = False  # range large enough for a blind index
    last_four: ClassVar[bool] = False  # last four characters make a useful second index
    checksum: ClassVar[bool] = False  # carries a check digit, so that a typing error shows
    detected: ClassVar[bool] = True  # can be told from other text by its looks
    weight: ClassVar[int] = 0  # the heavier kind wins when a column fits several
    kept: ClassVar[bool] = True  # False: no value of this kind is ever held, anywhere
    typical_level: ClassVar[int] = 1  # 1..4: what such a value usually is
    views: ClassVar[Mapping[str, int]] = MappingProxyType({})  # name -> level that the view may carry
    derives: ClassVar[tuple[str, ...]] = ()
    shows: ClassVar[tuple[int, int]] = (0, 0)  # most characters that the mask leaves at the head and the tail
    longest: ClassVar[int] = 200  # characters of a stored value
    examples: ClassVar[tuple[str, ...]] = ()  # synthetic: belong to nobody
    example_params: ClassVar[Mapping[str, object]] = NOTHING

    def clean(self, text: str, params: Mapping[str, object] = NOTHING) -> str:
        """Return the canonical stored text.

        :raises Invalid: the text is not a value of this kind.
        """
        raise NotImplementedError

    def normalise(self, text: str) -> str:
        """Return the form that is indexed and compared. Total: takes any text, refuses none."""
        return settled(lambda spelt: fold(spelt).casefold(), text)

    def mask(self, value: str) -> str:
        """Return the value with everything hidden that its kind does not declare in `shows`."""
        return HIDDEN

    def view(self, value: str, name: str) -> str:
        """Return a named part of the value, which carries the level of `views[name]`.

        :raises UnknownView: this kind has no such view.
        """
        if name not in self.views:
            raise UnknownView(name)
        if name == "last_four":
            return self.normalise(value)[-4:]
        return self._view(value, name)

    def _view(self, value: str, name: str) -> str:
        raise UnknownView(name)

    def derive(self, value: str) -> dict[str, str]:
        """Return the derived values by name, those of `derives`; unknown ones are left out."""
        return {}

    def detect(self, text: str) -> bool:
        """Tell whether the text looks like a value of this kind."""
        return False


def given(text: str, *, limit: int) -> str:
    """Return the text unless it is empty or far too long to be looked at.

    :raises Invalid: empty, too_long.
    """
    if not text or text.isspace():
        raise Invalid("empty")
    if len(text) > min(INPUT_LIMIT, limit * 4 + 64):
        raise Invalid("too_long", limit=limit)
    return text


def refuse_number(text: str, otherwise: str, **params: object) -> Invalid:
    """Return the error that says best why this text is not the number it should be."""
    folded = fold(text)
    if not folded:
        return Invalid("empty")
    if looks_rounded(text):
        return Invalid("rounded_by_excel")
    if has_foreign_digits(folded):
        return Invalid("foreign_digits")
    return Invalid(otherwise, **params)


def covered(value: str, head: int, tail: int, *, stars: int | None = None, at_least: int = 3) -> str:
    """Hide the middle of a value; hide all of it when fewer than `at_least` characters would be hidden."""
    hidden = len(value) - head - tail
    if hidden < at_least:
        return HIDDEN
    return value[:head] + "*" * (hidden if stars is None else stars) + value[len(value) - tail :]
