"""What stands inside a text of no known kind: identifiers pasted into a note, a column, a field of a lower level."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kinds.base import Invalid, Kind
from kinds.contact import Address, Email, Landline, Mobile
from kinds.finance import BankCard, Uscc
from kinds.folding import fold
from kinds.identity import Passport, Permit, Plate, ResidentId
from kinds.names import FullName

_LOOKED_FOR: dict[str, Kind] = {
    kind.code: kind
    for kind in sorted(
        (
            *(ResidentId(), Uscc(), Mobile(), Email(), BankCard(), Permit(), Plate(), Landline(), Passport()),
            *(Address(), FullName()),
        ),
        key=lambda kind: -kind.weight,
    )
}
LOOKED_FOR = tuple(_LOOKED_FOR)
"""The codes of the kinds that are looked for, most specific first."""
_IN_DIGITS = tuple(_LOOKED_FOR[code] for code in ("resident_id", "mobile", "bank_card", "landline"))
_FEWEST_DIGITS, _MOST_DIGITS = 10, 22

# No \b: Chinese characters are word characters, so "手机138…" has no boundary there. Digits bound digits; a
# decimal point in front makes them a fraction, one with cents behind an amount (".0" is how programs print).
_RUN = re.compile(
    r"(?<![0-9])(?<![0-9]\.)\+?[0-9]{2,}(?:[ -]{1,2}[0-9]{2,}){0,24}[Xx]?(?![0-9])"
    r"(?!\.(?!00?(?![0-9]))[0-9]{1,2}(?![0-9]))"
)
_AREA_IN_BRACKETS = re.compile(r"\((0[0-9]{2,3})\) ?(?=[0-9])")
_DIGIT = re.compile("[0-9]")
_MOST_GROUPS = 6
_GROUPS = re.compile(r"\+?[0-9]+[Xx]?")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LETTERED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[0-9]{7,10}(?![A-Za-z0-9])")
# The first two characters name who registered the organisation; any other 18 characters are an order number.
_CREDIT_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:1[1239]|5[1239]|9[123]|[AaEeFfGgJjNnYy][1-9])[A-Za-z0-9]{16}(?![A-Za-z0-9])"
)
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Za-z][ ·•]?[A-Za-z0-9]{4,6}[警学挂港澳领试超]?(?![A-Za-z0-9])")
# Without one of these characters there is no address, and no word that announces a name: sooner seen than tried.
_ADDRESS_WORD = re.compile("[市区县旗镇乡]")
_ADDRESS_END = re.compile("[号弄栋幢座元室楼层组]")
_NAME_WORD = re.compile("[名人生士姐太A-Z]")
# A name in running text is told only by the word beside it.
_HAN_NAME = "[\u4e00-\u9fff]{1,12}(?:·[\u4e00-\u9fff]{1,12})+|[\u4e00-\u9fff]{2,4}"
_CALLED = re.compile(
    "(?:姓名|联系人|收件人|收货人|户名|持卡人|客户名称?|本人|名叫)(?:[是为叫])? ?:? ?"
    f"({_HAN_NAME})(?![\u4e00-\u9fff·])"
)
_TITLED = re.compile(
    f"(?:(?<![\u4e00-\u9fff])|联系|致电|转告|客户|请|找|给)(?!联系|致电|转告|客户|请|找|给)({_HAN_NAME})"
    "(?:先生|女士|小姐|太太)"
)
_NOBODY = frozenset({"家属", "家人", "家长", "同事", "同上"})
_NAMED = re.compile(
    r"(?i:\b(?:full name|name|contact|attn|mr|mrs|ms))\.? ?:? ?"
    r"([A-Z][a-z'-]{1,20}(?: [A-Z][a-z'-]{1,20}){1,2})(?![A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One identifier inside a text; `passed` tells whether its check digit is right, None where the kind has none."""

    kind: str
    value: str = field(repr=False)
    passed: bool | None

    @property
    def level(self) -> int:
        """The level that such a value usually has."""
        return _LOOKED_FOR[self.kind].typical_level

    @property
    def masked(self) -> str:
        """The value under the mask of its kind."""
        return _LOOKED_FOR[self.kind].mask(self.value)


def hits(text: str) -> list[Hit]:
    """Return the identifiers that occur inside a text, in any order, one for each place.

    Finds ID numbers, mobile, landline and card numbers (with spaces and hyphens too), e-mail addresses, credit
    codes, passports, permits, plates, postal addresses, and names that a word such as 姓名 or 先生 announces.
    Other names and short or unformatted numbers go unnoticed.
    """
    folded = fold(text)
    found = list(_numbered(folded)) if _DIGIT.search(folded) else []
    if "@" in folded:
        found += _matching(_MAIL, folded, "email")
    if _ADDRESS_WORD.search(folded) and _ADDRESS_END.search(folded):
        found += [Hit("address", place[0], None) for place in Address.pattern.finditer(folded)]
    if _NAME_WORD.search(folded):
        found += _names(folded)
    return found


def scan(text: str) -> list[str]:
    """Return the codes of the kinds of L3 and above that occur inside a free text (see `hits`), most specific first."""
    found = {hit.kind for hit in hits(text) if hit.level >= 3}
    return [code for code in LOOKED_FOR if code in found] if found else []


def _hit(kind: Kind, text: str) -> Hit:
    try:
        return Hit(kind.code, kind.clean(text), True if kind.checksum else None)
    except Invalid:
        return Hit(kind.code, kind.normalise(text), False if kind.checksum else None)


def _matching(shape: re.Pattern[str], text: str, *codes: str) -> Iterator[Hit]:
    kinds = [_LOOKED_FOR[code] for code in codes]
    for place in shape.finditer(text):
        yield from (_hit(kind, place[0]) for kind in kinds if kind.detect(place[0]))


def _numbered(folded: str) -> Iterator[Hit]:
    """Find everything of which digits are a part."""
    found = [
        *_numbers(_AREA_IN_BRACKETS.sub(r"\1-", folded)),
        *_matching(_LETTERED, folded, "passport", "permit"),
    ]
    taken = {hit.value for hit in found}
    yield from found
    yield from (hit for hit in _matching(_CREDIT_CODE, folded, "uscc") if hit.value not in taken)
    yield from _matching(_PLATE, folded, "plate")


def _numbers(text: str) -> Iterator[Hit]:
    for run in _RUN.finditer(text):
        if run.end() - run.start() < _FEWEST_DIGITS:
            continue
        yield from _settled(list(_windows(_GROUPS.findall(run[0]))))


def _windows(groups: list[str]) -> Iterator[tuple[int, int, Kind, str]]:
    for first in range(len(groups)):
        digits = 0
        for last in range(first, min(first + _MOST_GROUPS, len(groups))):
            digits += len(groups[last])
            if digits > _MOST_DIGITS:
                break
            if digits >= _FEWEST_DIGITS:
                number = "-".join(groups[first : last + 1])
                yield from ((first, last, kind, number) for kind in _IN_DIGITS if kind.detect(number))


def _settled(windows: list[tuple[int, int, Kind, str]]) -> Iterator[Hit]:
    """Give every group of digits to one number: the most specific kind first, then the shortest."""
    taken: set[int] = set()
    for first, last, kind, number in sorted(
        windows, key=lambda one: (-one[2].weight, one[1] - one[0], one[0])
    ):
        places = set(range(first, last + 1))
        if not places & taken:
            taken |= places
            yield _hit(kind, number)


def _names(text: str) -> Iterator[Hit]:
    name = _LOOKED_FOR["full_name"]
    for shape in (_CALLED, _TITLED, _NAMED):
        for called in shape.findall(text):
            if called not in _NOBODY and name.detect(called):
                yield _hit(name, called)
